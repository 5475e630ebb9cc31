import type { Audit, Caller } from "../access/access.ts";
import type { Owner } from "../domain/tenant.ts";
import type { PsuContext } from "../domain/update.ts";
import type { Loaders } from "../loaders/loaders.ts";
import { callerError, type CallerErrorOptions } from "./errors.ts";
import type { Sources } from "./subscription/sources.ts";

export interface ContextParts {
  readonly caller: Caller;
  readonly psu: PsuContext | null;
  readonly signal: AbortSignal;
  readonly sources: Sources;
  readonly audit: Audit;
  readonly createLoaders: (owner: () => Owner) => Loaders;
}

/**
 * What one request (or one event of a subscription) knows: who asks, and what was read for it already. No private fields and no own
 * getters: Apollo Server works on a copy of the object with the same prototype.
 */
export class Context {
  readonly caller: Caller;
  /** The caller's own address and browser: the user's, where a user token calls. */
  readonly psu: PsuContext | null;
  /** Aborted when the caller has gone or the hub stops. */
  readonly signal: AbortSignal;
  /** What subscriptions follow. */
  readonly sources: Sources;
  readonly audit: Audit;
  /** The id of what the running mutation is about, for the audit log, where neither input nor payload have it. */
  subject: string | null = null;
  readonly createLoaders: (owner: () => Owner) => Loaders;
  loaders: Loaders;

  constructor(parts: ContextParts) {
    this.caller = parts.caller;
    this.psu = parts.psu;
    this.signal = parts.signal;
    this.sources = parts.sources;
    this.audit = parts.audit;
    this.createLoaders = parts.createLoaders;
    this.loaders = parts.createLoaders(() => this.owner);
  }

  /** Part of every read. Throws for an anonymous caller and for an operator, whatever the access rules let through. */
  get owner(): Owner {
    if (this.caller.kind === "anonymous") throw unauthenticated();
    if (this.caller.kind === "operator") throw callerError("FORBIDDEN", "Operators read no data of tenants.");
    return this.caller.owner;
  }

  /** Forgets what was read: before each event of a subscription. */
  refresh(): void {
    this.loaders = this.createLoaders(() => this.owner);
  }
}

export function unauthenticated(options: CallerErrorOptions = {}): ReturnType<typeof callerError> {
  return callerError("UNAUTHENTICATED", "Send Authorization: Bearer <API key or user token>.", options);
}
