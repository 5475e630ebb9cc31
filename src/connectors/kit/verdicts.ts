import type { BankErrorCode, FailureClass } from "../../domain/failure.ts";

export const FAILURE_CLASSES = [
  "CONSENT_INVALID",
  "TOKEN_EXPIRED",
  "SCA_REQUIRED",
  "RATE_LIMITED",
  "ACCOUNT_UNAVAILABLE",
  "NOT_SUPPORTED",
  "BAD_REQUEST",
  "TPP_NOT_ACCEPTED",
  "BANK_TEMPORARY",
  "PROTOCOL",
] as const satisfies readonly FailureClass[];

/** What an error means to the engine (`failure`, standards.md 2.6) and to a client (`code`). */
export interface Verdict {
  readonly failure: FailureClass;
  readonly code: BankErrorCode;
}

export const CONSENT_INVALID: Verdict = { failure: "CONSENT_INVALID", code: "CONSENT_INVALID" };
export const CONSENT_EXPIRED: Verdict = { failure: "CONSENT_INVALID", code: "CONSENT_EXPIRED" };
export const TOKEN_EXPIRED: Verdict = { failure: "TOKEN_EXPIRED", code: "CONSENT_INVALID" };
export const PERIOD_REFUSED: Verdict = { failure: "SCA_REQUIRED", code: "PERIOD_NOT_AVAILABLE" };
export const QUOTA_SPENT: Verdict = { failure: "RATE_LIMITED", code: "QUOTA_EXCEEDED" };
export const ACCOUNT_UNAVAILABLE: Verdict = { failure: "ACCOUNT_UNAVAILABLE", code: "ACCOUNT_NOT_ACCESSIBLE" };
export const NOT_SUPPORTED: Verdict = { failure: "NOT_SUPPORTED", code: "UNKNOWN" };
export const BAD_REQUEST: Verdict = { failure: "BAD_REQUEST", code: "UNKNOWN" };
export const TPP_REFUSED: Verdict = { failure: "TPP_NOT_ACCEPTED", code: "UNKNOWN" };
export const BANK_DOWN: Verdict = { failure: "BANK_TEMPORARY", code: "BANK_UNAVAILABLE" };
export const BANK_SLOW: Verdict = { failure: "BANK_TEMPORARY", code: "BANK_TIMEOUT" };
export const UNREADABLE: Verdict = { failure: "PROTOCOL", code: "BANK_BAD_RESPONSE" };
