import { BankError, bankErrorInfo, type BankErrorCode, type BankErrorInfo } from "../domain/failure.ts";
import { DAY, HOUR, MINUTE, SECOND, type Instant } from "../domain/time.ts";
import type { StepKind, UpdateStep } from "../domain/update.ts";
import { fullJitter } from "../jobs/retry.ts";
import type { Outcome } from "./machine.ts";

/** What the engine does about a failed call (engine.md section 2). */
export type Reaction =
  | { readonly do: "waitForQuota"; readonly until: Instant | null }
  | { readonly do: "waitForBank"; readonly notBefore: Instant | null }
  | { readonly do: "shorten"; readonly servedDays: number | null }
  | { readonly do: "again" }
  | { readonly do: "skip" }
  | { readonly do: "fail" }
  | { readonly do: "endConsent" };

/** `repeated` = the same call has just failed the same way once. */
export function reactionTo(error: unknown, step: StepKind, repeated: boolean): Reaction {
  if (!(error instanceof BankError)) return { do: "fail" };
  if (error.code === "CONSENT_EXPIRED" || error.code === "CONSENT_REVOKED") return { do: "endConsent" };
  const paged = step === "RECENT" || step === "HISTORY";
  switch (error.failure) {
    case "CONSENT_INVALID":
      // Grants.call has asked the bank: an end that it could not confirm is this account's trouble alone.
      return { do: error.code === "CONSENT_INVALID" ? "endConsent" : "fail" };
    case "RATE_LIMITED":
      return { do: "waitForQuota", until: error.retryAt };
    case "BANK_TEMPORARY":
      return { do: "waitForBank", notBefore: error.retryAt };
    case "SCA_REQUIRED":
      return paged ? { do: "shorten", servedDays: error.servedDays } : { do: "fail" };
    case "BAD_REQUEST":
    case "ACCOUNT_UNAVAILABLE":
      return paged && error.code === "PERIOD_NOT_AVAILABLE" ? { do: "shorten", servedDays: error.servedDays } : { do: "fail" };
    case "NOT_SUPPORTED":
      if (paged && error.code === "PERIOD_NOT_AVAILABLE") return { do: "shorten", servedDays: error.servedDays };
      return { do: paged || step === "ACCOUNTS" ? "fail" : "skip" };
    case "PROTOCOL":
      return { do: repeated ? "fail" : "again" };
    case "TOKEN_EXPIRED":
    case "TPP_NOT_ACCEPTED":
      return { do: "fail" };
  }
}

/** Waits for a bank that is down, in a row, before the update gives up. */
export const MAX_RETRIES = 5;
const BACKOFF = { first: 2 * SECOND, longest: 5 * MINUTE };

/** Full jitter over 2 s · 2^retries, at most 5 min; never before what the bank said, nor hours after. */
export function backOff(now: Instant, retries: number, notBefore: Instant | null, random: () => number): Instant {
  const ours = now + fullJitter(retries + 1, BACKOFF, random);
  return notBefore === null ? ours : Math.max(ours, Math.min(notBefore, now + HOUR));
}

/** An empty page that promises more: 1 s, 2 s, 4 s … one minute. */
export function preparingUntil(now: Instant, empties: number): Instant {
  return now + Math.min(MINUTE, SECOND * 2 ** empties);
}

/** When the bank's window is open again: its own word within reason, else when our oldest counted call falls out of the 24 hours. */
export function quotaUntil(now: Instant, said: Instant | null, oldestCall: Instant | null, attended: boolean): Instant {
  if (said !== null) return Math.min(Math.max(said, now + SECOND), now + DAY);
  if (attended) return now + 15 * MINUTE; // not the daily allowance, that is not counted: too many calls at once
  return Math.max(oldestCall === null ? now + DAY : oldestCall + DAY, now + MINUTE);
}

/** A failure of our own making, in the words of a bank's. */
export function ourError(code: BankErrorCode): BankErrorInfo {
  return bankErrorInfo(new BankError("PROTOCOL", code, code));
}

/** What an update's steps came to. Something is usable where any asked-for step is done, or some rows of it went in. */
export function outcomeOf(steps: readonly UpdateStep[]): Outcome {
  const failed = steps.filter((step) => step.status === "FAILED");
  const asked = steps.filter((step) => step.kind !== "ACCOUNTS");
  const usable = (asked.length === 0 ? steps : asked).some((step) => step.status === "DONE" || step.seen > 0);
  return { failed: failed.length > 0, usable, error: mostTelling(failed) };
}

const RANK: readonly BankErrorCode[] = ["CONSENT_REVOKED", "CONSENT_EXPIRED", "CONSENT_INVALID", "QUOTA_EXCEEDED"];

/** An ended consent explains everything else; otherwise the first error does. */
function mostTelling(failed: readonly UpdateStep[]): BankErrorInfo | null {
  for (const code of RANK) {
    const found = failed.find((step) => step.error?.code === code);
    if (found?.error) return found.error;
  }
  return failed.find((step) => step.error !== null)?.error ?? null;
}
