import type { Environment } from "./bank.ts";
import type { TenantId, UserId } from "./ids.ts";
import type { Instant } from "./time.ts";

export interface Tenant {
  readonly id: TenantId;
  readonly name: string;
  readonly environment: Environment;
  readonly redirectUrls: readonly string[];
  readonly updateCallbackUrls: readonly string[];
  /** Bytes of the Standard Webhooks secret, sealed under the master key. */
  readonly callbackSecretSealed: string;
  readonly createdAt: Instant;
}

export interface User {
  readonly id: UserId;
  readonly tenantId: TenantId;
  readonly clientId: string | null;
  readonly createdAt: Instant;
  /** The newest `seq` of the user's change log; 0 = nothing yet. */
  readonly changeSeq: number;
}

export const TokenScope = { READ: "READ", WRITE: "WRITE", IDENTITY: "IDENTITY" } as const;
export type TokenScope = keyof typeof TokenScope;

/**
 * Whose data a read may touch: part of every `where`. A tenant credential owns all its users; a user token only one.
 * A foreign id and a missing one are therefore the same to every caller.
 */
export interface Owner {
  readonly tenantId: TenantId;
  readonly userId: UserId | null;
}
