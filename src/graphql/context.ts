import type { Caller } from "../access/access.ts";
import type { Owner } from "../domain/tenant.ts";
import type { PsuContext } from "../domain/update.ts";
import type { Loaders } from "../loaders/loaders.ts";
import { callerError } from "./errors.ts";
import type { Sources } from "./subscription/sources.ts";

/** What one request (or one event of a subscription) knows: who asks, and what was read for it already. */
export interface Context {
  readonly caller: Caller;
  /** Part of every read. Throws UNAUTHENTICATED for an anonymous caller, whatever the access rules let through. */
  readonly owner: Owner;
  loaders: Loaders;
  /** The caller's own address and browser: the user's, where a user token calls. */
  readonly psu: PsuContext | null;
  /** What subscriptions follow. */
  readonly sources: Sources;
  /** Aborted when the caller has gone or the hub stops. */
  readonly signal: AbortSignal;
  /** Forgets what was read: before each event of a subscription. */
  refresh(): void;
}

export interface ContextParts {
  readonly caller: Caller;
  readonly psu: PsuContext | null;
  readonly signal: AbortSignal;
  readonly sources: Sources;
  readonly createLoaders: (owner: () => Owner) => Loaders;
}

export function createContext(parts: ContextParts): Context {
  const { caller, psu, signal, sources } = parts;
  const owner = (): Owner => {
    if (caller.kind === "anonymous") throw unauthenticated();
    return caller.owner;
  };
  return {
    caller,
    psu,
    signal,
    sources,
    get owner() {
      return owner();
    },
    loaders: parts.createLoaders(owner),
    refresh() {
      this.loaders = parts.createLoaders(owner);
    },
  };
}

export function unauthenticated(): ReturnType<typeof callerError> {
  return callerError("UNAUTHENTICATED", "Send Authorization: Bearer <API key or user token>.");
}
