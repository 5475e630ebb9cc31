import type { Access, Caller } from "../access/access.ts";

/** How often open sockets' credentials are looked at: an end acts within a second. In ms. */
const CHECK_EVERY = 500;

export interface CredentialWatch {
  /** Calls `ended` once when the caller's credential is no longer good. Returns the unsubscriber. */
  add(caller: Caller, ended: () => void): () => void;
  close(): void;
}

/** One look per credential, however many sockets it has open. */
export function createCredentialWatch(access: Pick<Access, "stillValid">): CredentialWatch {
  const groups = new Map<string, { readonly caller: Caller; readonly ended: Set<() => void> }>();
  const timer = setInterval(() => {
    for (const { caller, ended } of groups.values())
      access.stillValid(caller).then(
        (valid) => void (valid || [...ended].forEach((end) => end())),
        () => undefined, // the database is away for a moment: the next round asks again
      );
  }, CHECK_EVERY);
  timer.unref();
  return {
    add(caller, ended) {
      const key = keyOf(caller);
      const group = groups.get(key) ?? { caller, ended: new Set() };
      groups.set(key, group);
      group.ended.add(ended);
      return () => {
        group.ended.delete(ended);
        if (group.ended.size === 0 && groups.get(key) === group) groups.delete(key);
      };
    },
    close: () => clearInterval(timer),
  };
}

function keyOf(caller: Caller): string {
  switch (caller.kind) {
    case "anonymous":
      return "";
    case "operator":
      return caller.operator.keyId;
    case "tenant":
      // In production one key may have lost its certificate or address here and still be good there.
      return [
        caller.keyId,
        caller.peer.address,
        caller.peer.certificate ? Buffer.from(caller.peer.certificate).toString("base64") : "",
      ].join(" ");
    case "user":
      return `${caller.user.id} ${String(caller.expiresAt)}`;
  }
}
