import type { Environment } from "../domain/bank.ts";
import type { OperatorId, TenantId, UserId } from "../domain/ids.ts";
import type { Outcome } from "../domain/refusal.ts";
import type { Owner, Product, Tenant, TokenScope, User } from "../domain/tenant.ts";
import type { Instant } from "../domain/time.ts";
import type { ApiKey, ClientCertificate, Operator } from "../store/reads.ts";

/** Who calls. `anonymous` may see the schema and nothing else. */
export type Caller =
  | { readonly kind: "anonymous" }
  | {
      readonly kind: "tenant";
      readonly owner: Owner;
      readonly tenant: Tenant;
      readonly keyId: string;
      /** Where the key was used from: in production it is good from there alone. */
      readonly peer: Peer;
    }
  | { readonly kind: "operator"; readonly operator: Operator; readonly peer: Peer }
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

/** The far side of a connection. */
export interface Peer {
  /** Empty = not known. */
  readonly address: string;
  /** DER; null without one. */
  readonly certificate: Uint8Array | null;
}

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
   * In production a tenant's key is good only together with its certificate and from its addresses.
   * @param address - the far side's, for the limit on guesses; none = not counted
   * @param certificate - the far side's, DER
   */
  authenticate(
    authorization: string | undefined,
    origin: string | undefined,
    address?: string,
    certificate?: Uint8Array | null,
  ): Promise<Caller | Refused>;
  /** Whether a caller from before still holds: for open sockets. */
  stillValid(caller: Caller): Promise<boolean>;
  createUserToken(
    tenant: Tenant,
    user: User,
    options: { scopes: readonly TokenScope[]; origin: string | null; ttlSeconds: number },
  ): Promise<{ token: string; expiresAt: Instant }>;
}

/** What operators and tenants do with tenants. What is refused is an answer, not an exception. */
export interface TenantAdmin {
  create(tenant: {
    name: string;
    environment: Environment;
    redirectUrls: readonly string[];
    callbackUrls: readonly string[];
    allowedAddresses?: readonly string[];
  }): Promise<{ tenantId: TenantId; apiKey: string; callbackSecret: string }>;
  list(): Promise<readonly (Tenant & { readonly keys: readonly KeyFacts[]; readonly certificates: readonly ClientCertificate[] })[]>;
  /** A new key beside the first, or in the place of one; at most two live at a time. */
  rotateKey(tenant: TenantId, replaces?: string | null): Promise<Outcome<{ tenantId: TenantId; keyId: string; apiKey: string }>>;
  /** @param tenant - null = whoever has it */
  revokeKey(keyId: string, tenant?: TenantId | null): Promise<boolean>;
  /** A sandbox tenant that waits for an operator's word. Its key is good for reading how it stands until then. */
  register(wish: NewTenant): Promise<Outcome<{ tenant: Tenant; apiKey: string }>>;
  subscribe(tenant: TenantId, products: readonly Product[]): Promise<Outcome<Tenant>>;
  /** The production side of a verified sandbox tenant, waiting for an operator's word. Its key is good from then on. */
  requestProduction(sandbox: Tenant, wish: ProductionWish): Promise<Outcome<{ tenant: Tenant; apiKey: string }>>;
  /** An operator's word. A yes grants what was asked for, and issues the certificate where a request for one waits. */
  decide(tenant: TenantId, approve: boolean): Promise<Outcome<Tenant>>;
  /** Replaces the list of addresses that the tenant's keys are good from in production. */
  setAddresses(tenant: TenantId, addresses: readonly string[]): Promise<Outcome<Tenant>>;
  issueCertificate(tenant: TenantId, request: string): Promise<Outcome<ClientCertificate>>;
  revokeCertificate(fingerprint: string): Promise<Outcome<ClientCertificate>>;
  createOperator(name: string): Promise<{ operatorId: OperatorId; apiKey: string }>;
  revokeOperator(id: OperatorId): Promise<boolean>;
  /** PEM of the authority that issues the certificates. */
  authorityCertificate(): Promise<string>;
}

/** Tenants' logs of who did what. */
export interface Audit {
  record(
    tenant: TenantId,
    actor: string,
    deed: { readonly action: string; readonly subject: string | null; readonly outcome: string },
  ): Promise<void>;
}

export type KeyFacts = Pick<ApiKey, "keyId" | "createdAt" | "revokedAt">;

export interface NewTenant {
  readonly name: string;
  readonly email: string;
  readonly products: readonly Product[];
  readonly redirectUrls: readonly string[];
}

export interface ProductionWish {
  /** PKCS#10, PEM. */
  readonly certificateRequest: string;
  readonly addresses: readonly string[];
  readonly redirectUrls: readonly string[];
  readonly updateCallbackUrls: readonly string[];
}
