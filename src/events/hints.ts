import type { ConsentId, UpdateId, UserId } from "../domain/ids.ts";

/** "Something about this id is newer: read it again." Sent after commit; may be lost or doubled; carries ids only. */
export type Hint =
  | { readonly topic: "update"; readonly id: UpdateId }
  | { readonly topic: "consent"; readonly id: ConsentId }
  | { readonly topic: "user"; readonly id: UserId }
  | { readonly topic: "jobs" }
  | { readonly topic: "clock" }
  | { readonly topic: "credentials" };

export interface Hints extends AsyncDisposable {
  /** Never throws, never waits: a lost hint costs a reader its backstop interval, nothing else. */
  send(hint: Hint): void;
  /** Calls back for every hint of any process, own ones included. Returns the unsubscriber. `onLost` = hints may have been lost: re-read all. */
  listen(listener: (hint: Hint) => void, onLost?: () => void): () => void;
}
