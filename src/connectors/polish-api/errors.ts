import { BankError } from "../../domain/failure.ts";
import type { Instant } from "../../domain/time.ts";
import type { HttpResponse } from "../../http/bank-http.ts";
import { retryAfter } from "../../http/retry-after.ts";
import { bankWords, type BankWords } from "../kit/error-words.ts";
import { servedDaysIn } from "../kit/failures.ts";
import type { ErrorPatterns } from "../kit/profile-parts.ts";
import {
  ACCOUNT_UNAVAILABLE,
  BAD_REQUEST,
  BANK_DOWN,
  BANK_SLOW,
  CONSENT_EXPIRED,
  CONSENT_INVALID,
  NOT_SUPPORTED,
  PERIOD_REFUSED,
  QUOTA_SPENT,
  TOKEN_EXPIRED,
  TPP_REFUSED,
  UNREADABLE,
  type Verdict,
} from "../kit/verdicts.ts";
import { CODE_WORDS } from "./error-classes.ts";
import type { Operation } from "./profile.ts";

export interface RefusalContext {
  readonly operation: Operation;
  readonly requestId: string;
  readonly hadToken: boolean;
  readonly now: Instant;
  readonly patterns: ErrorPatterns;
  /** The consent gives this many days and the call asked for more. */
  readonly grantedDays?: number | null;
  /** Of /token: what a refused code or token means, and the bank's own words for it. */
  readonly refusedGrant?: { readonly as: "CODE" | "REFRESH"; readonly patterns: readonly string[] };
}

/** What a refusal means (standards.md 5.4): a code that speaks for itself, else the status; the text only where the standard leaves nothing else. */
export function refusal(response: HttpResponse, context: RefusalContext): BankError {
  const words = bankWords(response.text);
  const verdict = verdictOf(response.status, words, context);
  const later = verdict.failure === "RATE_LIMITED" || verdict.failure === "BANK_TEMPORARY";
  return new BankError(verdict.failure, verdict.code, `the bank refused ${context.operation} with ${String(response.status)}`, {
    bankCode: words.shown || String(response.status),
    supportReference: context.requestId,
    retryAt: later ? retryAfter(response.headers, context.now) : null,
    servedDays: verdict === PERIOD_REFUSED ? (servedDaysIn(words.text) ?? context.grantedDays ?? null) : null,
  });
}

function verdictOf(status: number, words: BankWords, context: RefusalContext): Verdict {
  for (const { match, status: only, failure, code } of context.patterns) {
    const said = [...words.codes, words.text].some((text) => new RegExp(match, "i").test(text));
    if (said && (only === undefined || only === status)) return { failure, code };
  }
  if (context.operation === "token" && status < 500) {
    const verdict = grantVerdict(words, context);
    if (verdict !== null) return verdict;
  }
  for (const code of words.codes) {
    const verdict = verdictOfCode(code, status, context);
    if (verdict !== null) return verdict;
  }
  return verdictOfStatus(status, words, context);
}

const GONE = /invalid grant|(refresh|access|exchange) ?token.*(expired|invalid|used|revoked)|(invalid|expired).*(refresh|exchange) ?token/i;

/** A code or token that is good no more; `GONE` are OAuth's words, and what banks make of them. */
function grantVerdict({ codes, text }: BankWords, { refusedGrant }: RefusalContext): Verdict | null {
  const said = [...codes, text].join(" ").replaceAll("_", " ");
  if (/invalid client|unauthori[sz]ed client/i.test(said)) return TPP_REFUSED;
  const own = (refusedGrant?.patterns ?? []).map((pattern) => new RegExp(pattern, "i"));
  const isOwn = own.some((pattern) => [...codes, text].some((words) => pattern.test(words)));
  if (!isOwn && !GONE.test(said)) return null;
  return refusedGrant?.as === "REFRESH" ? CONSENT_EXPIRED : CONSENT_INVALID;
}

function verdictOfCode(code: string, status: number, context: RefusalContext): Verdict | null {
  const plain = code.replace(/[^A-Z0-9]+/g, "_");
  const verdict = CODE_WORDS.find(({ match }) => match.test(plain))?.verdict ?? null;
  if (verdict === PERIOD_REFUSED && !isList(context.operation)) return BAD_REQUEST;
  if (verdict === ACCOUNT_UNAVAILABLE && !onAccount(context.operation)) return null;
  // Words of the bank's own trouble beside a 4xx say nothing.
  return verdict === BANK_DOWN && status < 500 ? null : verdict;
}

function verdictOfStatus(status: number, words: BankWords, context: RefusalContext): Verdict {
  const { operation, hadToken } = context;
  if (status === 429) return QUOTA_SPENT;
  if (status === 408 || status === 504) return BANK_SLOW;
  if (status === 501) return NOT_SUPPORTED;
  if (status >= 500) return BANK_DOWN;
  if (status < 400) return UNREADABLE;
  // Firewalls in front of a bank that is down answer 403 in HTML: never a reason to ask the user again.
  if (!words.json && status !== 401) return status === 403 ? BANK_DOWN : status === 404 || status === 400 ? UNREADABLE : BAD_REQUEST;
  if (operation === "deleteConsent" && ([403, 404, 410, 422].includes(status) || /consent|zgod/i.test(words.text))) return CONSENT_INVALID;
  if (operation === "token" && (status === 401 || status === 403)) return context.refusedGrant?.as === "REFRESH" ? CONSENT_EXPIRED : CONSENT_INVALID; // prettier-ignore
  if (status === 401) return hadToken ? TOKEN_EXPIRED : TPP_REFUSED;
  if (status === 403) return hadToken ? CONSENT_INVALID : TPP_REFUSED;
  if (status === 404) return onAccount(operation) ? ACCOUNT_UNAVAILABLE : NOT_SUPPORTED;
  const tooFarBack = isList(operation) && context.grantedDays != null && (status === 422 || status === 400);
  if (tooFarBack) return PERIOD_REFUSED;
  return status === 422 && isList(operation) ? NOT_SUPPORTED : BAD_REQUEST;
}

function isList(operation: Operation): boolean {
  return operation.startsWith("getTransactions") || operation === "getHolds";
}

function onAccount(operation: Operation): boolean {
  return operation === "getAccount" || isList(operation);
}
