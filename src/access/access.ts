import type { Owner, Tenant, TokenScope, User } from "../domain/tenant.ts";
import type { Instant } from "../domain/time.ts";
import type { TenantId, UserId } from "../domain/ids.ts";
import type { Environment } from "../domain/bank.ts";

/** Who calls. `anonymous` may see the schema and nothing else. */
export type Caller =
  | { readonly kind: "anonymous" }
  | { readonly kind: "tenant"; readonly owner: Owner; readonly tenant: Tenant; readonly keyId: string }
  | {
      readonly kind: "user";
      readonly owner: Owner & { readonly userId: UserId };
      readonly tenant: Tenant;
      readonly user: User;
      readonly scopes: readonly TokenScope[];
      readonly expiresAt: Instant;
      /** The browser origin the token is bound to; null = any. */
      readonly origin: string | null;
    };

/** Why nobody stands behind a credential, for people. `retryAt` = its address has guessed too often: it is not looked at before then. */
export interface Refused {
  readonly kind: "refused";
  readonly message: string;
  readonly retryAt?: Instant;
}

/** How much a caller may ask for in a minute, in cost points (graphql/cost.ts). */
export interface Budget {
  /**
   * Takes the points from the caller's minute, and from its tenant's: null where both had them, else when to come back. What an
   * operation costs is known before it runs, so nothing is given back. Answers at once where this process holds points enough.
   * @param address - whose minute it is where nobody says who they are
   */
  take(caller: Caller, address: string, points: number): Instant | null | Promise<Instant | null>;
}

export interface Access {
  /**
   * Who stands behind an `Authorization` value (`Bearer <api key or user token>`). Absent = anonymous. A value that is wrong, expired,
   * revoked or used from another origin answers "refused" with a reason for people, never which part was wrong.
   * @param address - the far side's, for the limit on guesses; none = not counted
   */
  authenticate(authorization: string | undefined, origin: string | undefined, address?: string): Promise<Caller | Refused>;
  /** Whether a caller from before still holds: for open sockets. */
  stillValid(caller: Caller): Promise<boolean>;
  createUserToken(
    tenant: Tenant,
    user: User,
    options: { scopes: readonly TokenScope[]; origin: string | null; ttlSeconds: number },
  ): Promise<{ token: string; expiresAt: Instant }>;
}

/** What the command line does with tenants. */
export interface TenantAdmin {
  create(tenant: {
    name: string;
    environment: Environment;
    redirectUrls: readonly string[];
    callbackUrls: readonly string[];
  }): Promise<{ tenantId: TenantId; apiKey: string; callbackSecret: string }>;
  list(): Promise<readonly (Tenant & { readonly keys: readonly { keyId: string; createdAt: Instant; revokedAt: Instant | null }[] })[]>;
  /** A second key beside the first; at most two live at a time. */
  rotateKey(tenant: TenantId): Promise<{ tenantId: TenantId; apiKey: string }>;
  revokeKey(keyId: string): Promise<boolean>;
}
