import type { Instant } from "./time.ts";

export const BankErrorCode = {
  CONSENT_EXPIRED: "CONSENT_EXPIRED",
  CONSENT_REVOKED: "CONSENT_REVOKED",
  CONSENT_INVALID: "CONSENT_INVALID",
  QUOTA_EXCEEDED: "QUOTA_EXCEEDED",
  ACCOUNT_NOT_ACCESSIBLE: "ACCOUNT_NOT_ACCESSIBLE",
  PERIOD_NOT_AVAILABLE: "PERIOD_NOT_AVAILABLE",
  BANK_UNAVAILABLE: "BANK_UNAVAILABLE",
  BANK_TIMEOUT: "BANK_TIMEOUT",
  BANK_BAD_RESPONSE: "BANK_BAD_RESPONSE",
  UNKNOWN: "UNKNOWN",
} as const;
export type BankErrorCode = keyof typeof BankErrorCode;

/** What a client sees of a bank's failure; stored as JSON on the update and its steps. */
export interface BankErrorInfo {
  readonly code: BankErrorCode;
  /** Safe to show to the user: ours, never the bank's text. */
  readonly message: string;
  readonly retryable: boolean;
  readonly userActionRequired: boolean;
  /** The bank's own code or words, for support. At most 500 characters, no tokens. */
  readonly bankCode: string | null;
  /** The X-Request-ID (or its like) sent to the bank. */
  readonly supportReference: string | null;
}

/** What the engine does next about a failure (standards.md 2.6). */
export type FailureClass =
  | "CONSENT_INVALID" // the grant may be gone: ask `grantState` before believing it
  | "TOKEN_EXPIRED" // refresh once, repeat once
  | "SCA_REQUIRED" // the grant lives, this data needs the user: shrink the window
  | "RATE_LIMITED" // wait until `retryAt`
  | "ACCOUNT_UNAVAILABLE" // skip this account, keep the others
  | "NOT_SUPPORTED" // the request form is not offered: fall back
  | "BAD_REQUEST" // our fault
  | "TPP_NOT_ACCEPTED" // certificate, signature, registration: operators must act
  | "BANK_TEMPORARY" // network, 408, 5xx
  | "PROTOCOL"; // an answer nobody can read

/** Every failure that a connector lets out. Translated from the bank's words by that connector's `errors.ts` and nowhere else. */
export class BankError extends Error {
  override readonly name = "BankError";
  readonly failure: FailureClass;
  readonly code: BankErrorCode;
  readonly bankCode: string | null;
  readonly supportReference: string | null;
  /** When the bank said to come back; null = it did not say. */
  readonly retryAt: Instant | null;
  /** Days of history that the bank says it serves, where it said so with a refused period. */
  readonly servedDays: number | null;
  /** True where the request may have changed something at the bank although the answer was lost. */
  readonly outcomeUnknown: boolean;

  constructor(
    failure: FailureClass,
    code: BankErrorCode,
    message: string,
    details: {
      bankCode?: string | null;
      supportReference?: string | null;
      retryAt?: Instant | null;
      servedDays?: number | null;
      outcomeUnknown?: boolean;
      cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.failure = failure;
    this.code = code;
    this.bankCode = details.bankCode ?? null;
    this.supportReference = details.supportReference ?? null;
    this.retryAt = details.retryAt ?? null;
    this.servedDays = details.servedDays ?? null;
    this.outcomeUnknown = details.outcomeUnknown ?? false;
  }
}

const SHOWN: Readonly<Record<BankErrorCode, { message: string; retryable: boolean; userActionRequired: boolean }>> = {
  CONSENT_EXPIRED: { message: "The access to this bank has ended. Renew the consent.", retryable: false, userActionRequired: true },
  CONSENT_REVOKED: { message: "The access was withdrawn at the bank. Renew the consent.", retryable: false, userActionRequired: true },
  CONSENT_INVALID: { message: "The bank no longer accepts this access. Renew the consent.", retryable: false, userActionRequired: true },
  QUOTA_EXCEEDED: {
    message: "The bank allows no more calls for now. It goes on by itself later.",
    retryable: true,
    userActionRequired: false,
  },
  ACCOUNT_NOT_ACCESSIBLE: { message: "The bank does not give access to this account.", retryable: false, userActionRequired: false },
  PERIOD_NOT_AVAILABLE: { message: "The bank does not serve this period.", retryable: false, userActionRequired: false },
  BANK_UNAVAILABLE: { message: "The bank cannot be reached right now.", retryable: true, userActionRequired: false },
  BANK_TIMEOUT: { message: "The bank did not answer in time.", retryable: true, userActionRequired: false },
  BANK_BAD_RESPONSE: { message: "The bank gave an answer that cannot be read.", retryable: true, userActionRequired: false },
  UNKNOWN: { message: "The bank refused the request for an unknown reason.", retryable: false, userActionRequired: false },
};

/** The client's view of any failure; what is no BankError becomes UNKNOWN without its text. */
export function bankErrorInfo(error: unknown): BankErrorInfo {
  if (!(error instanceof BankError)) return { code: "UNKNOWN", ...SHOWN.UNKNOWN, bankCode: null, supportReference: null };
  return { code: error.code, ...SHOWN[error.code], bankCode: error.bankCode, supportReference: error.supportReference };
}
