import { BankError } from "../../domain/failure.ts";
import type { Instant } from "../../domain/time.ts";
import { retryAfter } from "../../http/retry-after.ts";
import type { HttpResponse } from "../../http/bank-http.ts";
import { bankWords, type BankWords } from "../kit/error-words.ts";
import { servedDaysIn } from "../kit/failures.ts";
import type { ErrorPatterns } from "../kit/profile-parts.ts";
import {
  ACCOUNT_UNAVAILABLE,
  BAD_REQUEST,
  BANK_DOWN,
  BANK_SLOW,
  CONSENT_INVALID,
  NOT_SUPPORTED,
  PERIOD_REFUSED,
  QUOTA_SPENT,
  TOKEN_EXPIRED,
  UNREADABLE,
  type Verdict,
} from "../kit/verdicts.ts";
import { VERDICTS } from "./error-classes.ts";
import type { Operation } from "./profile.ts";

export interface ErrorContext {
  readonly operation: Operation;
  readonly requestId: string;
  readonly hadToken: boolean;
  readonly now: Instant;
  readonly patterns: ErrorPatterns;
}

/** What a refusal means: the code in the body decides, the status only where no code is known, the text never against either. */
export function refusal(response: HttpResponse, context: ErrorContext): BankError {
  const words = bankWords(response.text);
  const verdict = verdictOf(response.status, words, context);
  const later = verdict.failure === "RATE_LIMITED" || verdict.failure === "BANK_TEMPORARY";
  return new BankError(verdict.failure, verdict.code, `the bank refused ${context.operation} with ${response.status}`, {
    bankCode: words.shown || String(response.status),
    supportReference: context.requestId,
    retryAt: later ? retryAfter(response.headers, context.now) : null,
    servedDays: verdict === PERIOD_REFUSED ? servedDaysIn(words.text) : null,
  });
}

function verdictOf(status: number, words: BankWords, context: ErrorContext): Verdict {
  for (const { match, status: only, failure, code } of context.patterns) {
    const said = [...words.codes, words.text].some((text) => new RegExp(match, "i").test(text));
    if (said && (only === undefined || only === status)) return { failure, code };
  }
  for (const code of words.codes) {
    const verdict = verdictOfCode(code, status, context);
    if (verdict) return verdict;
  }
  return verdictOfStatus(status, words, context);
}

function verdictOfCode(code: string, status: number, { operation }: ErrorContext): Verdict | null {
  const onAccount = operation === "balances" || operation === "transactions";
  if (code === "RESOURCE_UNKNOWN") return onAccount ? ACCOUNT_UNAVAILABLE : operation === "accounts" ? NOT_SUPPORTED : CONSENT_INVALID;
  if (code === "SERVICE_BLOCKED") return onAccount ? ACCOUNT_UNAVAILABLE : (VERDICTS["ROLE_INVALID"] ?? null);
  // A validUntil in the past, not a range of history.
  if (code === "PERIOD_INVALID" && !onAccount) return BAD_REQUEST;
  if (code === "SERVICE_INVALID" && status >= 500) return BANK_DOWN;
  return VERDICTS[code] ?? null;
}

const QUOTA_WORDS = /HUB046|consented multiplicity|access[_ ]exceeded|too many (requests|accesses)/i;

function verdictOfStatus(status: number, words: BankWords, { operation, hadToken }: ErrorContext): Verdict {
  if (status === 429 || QUOTA_WORDS.test(words.text)) return QUOTA_SPENT;
  if (status === 408 || status === 504) return BANK_SLOW;
  if (status >= 500) return BANK_DOWN;
  if (status < 400) return UNREADABLE;
  // Firewalls in front of a bank that is down answer 403 in HTML: never a reason to ask the user again.
  if (!words.json && status !== 401) return status === 403 ? BANK_DOWN : status === 404 || status === 400 ? UNREADABLE : BAD_REQUEST;
  if (status === 401) return hadToken ? TOKEN_EXPIRED : CONSENT_INVALID;
  if (operation === "consent" && [400, 404, 410].includes(status)) return CONSENT_INVALID;
  if (status === 403 || status === 404)
    return operation === "balances" || operation === "transactions"
      ? ACCOUNT_UNAVAILABLE
      : operation === "accounts" && status === 404
        ? NOT_SUPPORTED
        : CONSENT_INVALID;
  return [405, 406, 415, 422].includes(status) ? NOT_SUPPORTED : BAD_REQUEST;
}
