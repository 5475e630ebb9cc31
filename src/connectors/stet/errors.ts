import { BankError } from "../../domain/failure.ts";
import { SECOND, type Instant } from "../../domain/time.ts";
import type { HttpResponse } from "../../http/bank-http.ts";
import { parseJson } from "../../http/json.ts";
import { retryAfter } from "../../http/retry-after.ts";
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
import { rowOf, textOf } from "../kit/wire.ts";
import { SUSPENDED, VERDICTS } from "./error-texts.ts";
import type { Operation } from "./profile.ts";

export interface ErrorContext {
  readonly operation: Operation;
  readonly requestId: string;
  readonly hadToken: boolean;
  readonly attended: boolean;
  readonly longHistory?: boolean;
  readonly now: Instant;
  readonly patterns: ErrorPatterns;
  readonly unattendedForbiddenIsQuota: boolean;
}

/** What a refusal means. STET has no error codes: `message` is a text or a bank's own code, and the status decides where neither is known. */
export function refusal(response: HttpResponse, context: ErrorContext): BankError {
  const words = bankWords(response.text);
  const message = messageOf(response.text);
  const verdict = verdictOf(response.status, words, message, context);
  const later = verdict.failure === "RATE_LIMITED" || verdict.failure === "BANK_TEMPORARY";
  const said = later ? retryAfter(response.headers, context.now) : null;
  return new BankError(verdict.failure, verdict.code, `the bank refused ${context.operation} with ${response.status}`, {
    bankCode: codeOf(message) ?? (words.shown || String(response.status)),
    supportReference: context.requestId,
    retryAt: said ?? (isSuspended(response.status, message) ? context.now + 3 * SECOND : null),
    servedDays: verdict === PERIOD_REFUSED ? servedDaysIn(words.text) : null,
  });
}

/** Refusals of the account list that mean "none": an empty list in the body, or the code for "no eligible account". */
export function isEmptyList({ status, text }: HttpResponse, operation: Operation): boolean {
  if (operation !== "accounts" || (status !== 403 && status !== 404)) return false;
  const accounts = bodyOf(text)?.["accounts"];
  return (Array.isArray(accounts) && accounts.length === 0) || (status === 404 && /\bNAAC\b/.test(messageOf(text)));
}

function verdictOf(status: number, words: BankWords, message: string, context: ErrorContext): Verdict {
  const { operation, attended, longHistory = false } = context;
  const said = [...words.codes, words.text].join(" ");
  for (const { match, status: only, failure, code } of context.patterns) {
    if ((only === undefined || only === status) && new RegExp(match, "i").test(said)) return { failure, code };
  }
  if (status === 429) return QUOTA_SPENT;
  if (status === 408 || status === 504) return BANK_SLOW;
  // By 1.5: the entry point is there, but has no result in this context.
  if (status === 501) return NOT_SUPPORTED;
  if (status >= 500 || isSuspended(status, message)) return BANK_DOWN;
  if (status < 400) return UNREADABLE;
  // Firewalls in front of a bank that is down answer 403 in HTML: never a reason to ask the user again.
  if (!words.json && status !== 401) return status === 403 ? BANK_DOWN : status === 404 || status === 400 ? UNREADABLE : BAD_REQUEST;
  const onAccount = ["balances", "transactions", "owners"].includes(operation);
  for (const { text, verdict, where } of VERDICTS) {
    if (where === "account" && !onAccount) continue;
    if (where === "transactions" && operation !== "transactions") continue;
    if (text.test(said)) return verdict;
  }
  return verdictOfStatus(status, { ...context, attended, longHistory }, onAccount);
}

function verdictOfStatus(status: number, context: ErrorContext, onAccount: boolean): Verdict {
  const { operation, hadToken, attended, longHistory, unattendedForbiddenIsQuota } = context;
  if (status === 401) return hadToken ? TOKEN_EXPIRED : CONSENT_INVALID;
  if (status === 403 && !attended && unattendedForbiddenIsQuota) return QUOTA_SPENT;
  // Without a word about it: what reaches further back than 90 days needs the person, so that is the likeliest reason.
  if (operation === "transactions" && longHistory === true && (status === 400 || status === 403)) return PERIOD_REFUSED;
  if (status === 403) return onAccount ? ACCOUNT_UNAVAILABLE : operation === "identity" ? NOT_SUPPORTED : CONSENT_INVALID;
  if (status === 404) return onAccount ? ACCOUNT_UNAVAILABLE : NOT_SUPPORTED;
  return [405, 406, 415, 422].includes(status) ? NOT_SUPPORTED : BAD_REQUEST;
}

function isSuspended(status: number, message: string): boolean {
  return status === 500 && SUSPENDED.test(message);
}

function messageOf(text: string): string {
  const body = bodyOf(text);
  return [body?.["message"], body?.["code"]]
    .map((value) => textOf(value) ?? "")
    .join(" ")
    .trim();
}

/** `NAAC`, `NO_CONSENTS`, `303001`: a message that is one word is a code, fit for support. */
function codeOf(message: string): string | null {
  return /^[\w.-]{2,40}$/.test(message) ? message : null;
}

function bodyOf(text: string) {
  try {
    return rowOf(parseJson(text));
  } catch {
    return null;
  }
}
