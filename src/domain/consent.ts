import type { ConsentScope, PsuType } from "./bank.ts";
import type { AuthorizationId, BankId, ConsentId, GrantId, TenantId, UserId } from "./ids.ts";
import type { Instant } from "./time.ts";

export const ConsentStatus = {
  REQUESTED: "REQUESTED",
  GIVEN: "GIVEN",
  REJECTED: "REJECTED",
  FAILED: "FAILED",
  EXPIRED: "EXPIRED",
  REVOKED: "REVOKED",
} as const;
export type ConsentStatus = keyof typeof ConsentStatus;

export const ConsentStatusReason = {
  USER_DENIED: "USER_DENIED",
  BANK_REJECTED: "BANK_REJECTED",
  AUTHORIZATION_TIMED_OUT: "AUTHORIZATION_TIMED_OUT",
  CODE_EXCHANGE_FAILED: "CODE_EXCHANGE_FAILED",
  STATE_MISMATCH: "STATE_MISMATCH",
  BANK_UNAVAILABLE: "BANK_UNAVAILABLE",
  VALIDITY_ENDED: "VALIDITY_ENDED",
  REVOKED_AT_BANK: "REVOKED_AT_BANK",
  SUPERSEDED: "SUPERSEDED",
} as const;
export type ConsentStatusReason = keyof typeof ConsentStatusReason;

export const ConsentAttention = { NONE: "NONE", EXPIRING_SOON: "EXPIRING_SOON", RENEWAL_REQUIRED: "RENEWAL_REQUIRED" } as const;
export type ConsentAttention = keyof typeof ConsentAttention;

export interface Consent {
  readonly id: ConsentId;
  readonly userId: UserId;
  readonly tenantId: TenantId;
  readonly bankId: BankId;
  readonly status: ConsentStatus;
  readonly statusReason: ConsentStatusReason | null;
  readonly statusChangedAt: Instant;
  readonly attention: ConsentAttention;
  readonly scopes: readonly ConsentScope[];
  readonly psuType: PsuType;
  /** The tenant's URL where the user lands after the bank. */
  readonly redirectUrl: string;
  readonly givenAt: Instant | null;
  readonly validUntil: Instant | null;
  readonly currentGrantId: GrantId | null;
  /** Start the first update by itself once given. */
  readonly startUpdate: boolean;
  /** Background updates a day; 0 = off. */
  readonly timesPerDay: number;
  readonly nextRunAt: Instant | null;
  readonly idempotencyKey: string | null;
  readonly createdAt: Instant;
  /** Grows with every visible change: what `consentStatus` subscribers compare. */
  readonly version: number;
}

/** OPENING: asked at the bank, the user is on the way. CURRENT: in use, at most one per consent. ENDED: kept until erased, without tokens. */
export type GrantStatus = "OPENING" | "CURRENT" | "ENDED";

/** One consent at the bank. `sealedHandle` is the connector's own state (bank consent id, tokens) encrypted under the consent's key. */
export interface Grant {
  readonly id: GrantId;
  readonly userId: UserId;
  readonly consentId: ConsentId;
  readonly status: GrantStatus;
  readonly sealedHandle: string | null;
  /** When the access token dies; null = it does not say or there is none. */
  readonly accessExpiresAt: Instant | null;
  readonly validUntil: Instant | null;
  /** When the user last authenticated: the window for long history starts here. */
  readonly authorizedAt: Instant | null;
  /** Token refresh lease: who holds it, until when. */
  readonly refreshOwner: string | null;
  readonly refreshUntil: Instant | null;
  readonly createdAt: Instant;
  readonly endedAt: Instant | null;
}

/** OPEN: waits for the user. TAKEN: a callback was accepted, the exchange runs. The rest is final. */
export type AuthorizationStatus = "OPEN" | "TAKEN" | "SUCCEEDED" | "DENIED" | "FAILED" | "TIMED_OUT";

/** One attempt of the user. `sealed` holds authorization URL, PKCE verifier, nonce and the connector's memory, encrypted. */
export interface Authorization {
  readonly id: AuthorizationId;
  readonly userId: UserId;
  readonly consentId: ConsentId;
  readonly grantId: GrantId;
  readonly bankId: BankId;
  /** SHA-256 of `state`, base64url. */
  readonly stateHash: string;
  readonly sealed: string;
  readonly redirectUrl: string;
  readonly status: AuthorizationStatus;
  readonly expiresAt: Instant;
  readonly createdAt: Instant;
  readonly returnedAt: Instant | null;
  readonly finishedAt: Instant | null;
}

export const BankRevocation = { DONE: "DONE", ALREADY_ENDED: "ALREADY_ENDED", NOT_GIVEN: "NOT_GIVEN", RETRYING: "RETRYING" } as const;
export type BankRevocation = keyof typeof BankRevocation;

export interface DeletionReceipt {
  readonly id: `rec_${string}`;
  readonly bankRevocation: BankRevocation;
  readonly consents: number;
  readonly accounts: number;
  readonly transactions: number;
  readonly completedAt: Instant;
}
