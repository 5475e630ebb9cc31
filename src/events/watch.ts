import type { Change, ChangeKind } from "../domain/change.ts";
import type { Consent } from "../domain/consent.ts";
import type { ConsentId, UpdateId, UserId } from "../domain/ids.ts";
import type { Owner } from "../domain/tenant.ts";
import { isFinal, type Update } from "../domain/update.ts";
import type { Store } from "../store/store.ts";
import type { Hint, Hints } from "./hints.ts";
import { createWakers, type Waker } from "./wakers.ts";

/**
 * Level-triggered watching (design.md 4.3): a subscriber registers, reads the stored state, yields what is newer than it has
 * yielded, and ends at a final state. Hints only say when to look; a lost one costs the backstop's interval and nothing else.
 */
export interface Watch extends AsyncDisposable {
  /** The stored state first, then every newer `sequence` that a read meets; ends after a final status, or when the update is gone. */
  update(id: UpdateId, signal: AbortSignal): AsyncGenerator<Update, void>;
  /** The stored state first, then newer `version`s; ends when the consent is gone. */
  consent(id: ConsentId, signal: AbortSignal): AsyncGenerator<Consent, void>;
  /** The user's log after `after`, without gap or double, then live. */
  changes(
    owner: Owner,
    user: UserId,
    query: { after: number; kinds: readonly ChangeKind[] | null },
    signal: AbortSignal,
  ): AsyncGenerator<Change, void>;
}

const PAGE = 500;

export function createWatch({ store, hints }: { readonly store: Store; readonly hints: Hints }): Watch {
  const updates = createWakers<UpdateId, Update>((ids) => store.updatesForWatch(ids));
  const consents = createWakers<ConsentId, Consent>((ids) => store.consentsForWatch(ids));
  const users = createWakers<UserId, number>((ids) => store.changeSeqs(ids));
  const unlisten = hints.listen(
    (hint: Hint) => {
      if (hint.topic === "update") updates.hinted(hint.id);
      else if (hint.topic === "consent") consents.hinted(hint.id);
      else if (hint.topic === "user") users.hinted(hint.id);
    },
    () => [updates, consents, users].forEach((wakers) => wakers.hintedAll()),
  );
  return {
    update: (id, signal) =>
      versions(
        updates.join(id),
        (row) => row.sequence,
        (row) => isFinal(row.status),
        signal,
      ),
    consent: (id, signal) =>
      versions(
        consents.join(id),
        (row) => row.version,
        () => false,
        signal,
      ),
    async *changes(owner, user, query, signal) {
      const waker = users.join(user);
      let after = query.after;
      try {
        for (;;) {
          const newest = await waker.next(signal);
          if (newest === null) return;
          while (after < newest && !signal.aborted) {
            const rows = await store.changesOfUser(owner, user, { after, kinds: query.kinds, limit: PAGE });
            yield* rows;
            // Without a full page everything up to `newest` was looked at, whether or not its kind was asked for.
            after = rows.length < PAGE ? Math.max(newest, rows.at(-1)?.seq ?? 0) : (rows.at(-1)?.seq ?? newest);
          }
          if (signal.aborted) return;
        }
      } finally {
        waker.leave();
      }
    },
    async [Symbol.asyncDispose]() {
      unlisten();
      await Promise.all([updates.close(), consents.close(), users.close()]);
    },
  };
}

async function* versions<Row>(
  waker: Waker<Row>,
  versionOf: (row: Row) => number,
  ends: (row: Row) => boolean,
  signal: AbortSignal,
): AsyncGenerator<Row, void> {
  let seen = -1;
  try {
    for (;;) {
      const row = await waker.next(signal);
      if (row === null || signal.aborted) return;
      if (versionOf(row) <= seen) continue;
      seen = versionOf(row);
      yield row;
      if (ends(row)) return;
    }
  } finally {
    waker.leave();
  }
}
