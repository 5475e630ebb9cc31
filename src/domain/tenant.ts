import type { Environment } from "./bank.ts";
import type { TenantId, UserId } from "./ids.ts";
import type { Instant } from "./time.ts";

/** What a tenant may ask banks for: accounts and what is on them, or who their holder is. */
export const Product = { AIS: "AIS", KYC: "KYC" } as const;
export type Product = keyof typeof Product;

/** REGISTERED waits for an operator; only VERIFIED may use the hub. */
export const TenantStatus = { REGISTERED: "REGISTERED", VERIFIED: "VERIFIED", REFUSED: "REFUSED" } as const;
export type TenantStatus = keyof typeof TenantStatus;

export interface Tenant extends Onboarding {
  readonly id: TenantId;
  readonly name: string;
  readonly environment: Environment;
  readonly redirectUrls: readonly string[];
  readonly updateCallbackUrls: readonly string[];
  /** Bytes of the Standard Webhooks secret, sealed under the master key. */
  readonly callbackSecretSealed: string;
  readonly createdAt: Instant;
}

/** How a tenant came here and what an operator has granted it. */
export interface Onboarding {
  readonly status: TenantStatus;
  /** Null for a tenant that an operator made. */
  readonly email: string | null;
  /** Granted by an operator. */
  readonly products: readonly Product[];
  /** What the tenant has subscribed to; becomes `products` at the operator's next yes. */
  readonly requestedProducts: readonly Product[];
  /** The sandbox tenant that asked for this production one; null for all others. */
  readonly sandboxTenantId: TenantId | null;
  /** The PEM text that the certificate is to be made from; null once it was issued. */
  readonly certificateRequest: string | null;
  /** Addresses and networks (CIDR) that the tenant's keys are good from in production; empty = none. */
  readonly allowedAddresses: readonly string[];
}

/** A tenant that an operator makes needs no further word. */
export const MADE_BY_OPERATOR: Onboarding = {
  status: "VERIFIED",
  email: null,
  products: ["AIS", "KYC"],
  requestedProducts: ["AIS", "KYC"],
  sandboxTenantId: null,
  certificateRequest: null,
  allowedAddresses: [],
};

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
