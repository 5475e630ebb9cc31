import { BankError } from "../../domain/failure.ts";
import type { Instant } from "../../domain/time.ts";
import type { HttpResponse } from "../../http/bank-http.ts";
import { parseJson } from "../../http/json.ts";
import { retryAfter } from "../../http/retry-after.ts";
import { bankWords, type BankWords } from "../kit/error-words.ts";
import { servedDaysIn } from "../kit/failures.ts";
import { linkOf } from "../kit/links.ts";
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
  TPP_REFUSED,
  UNREADABLE,
  type Verdict,
} from "../kit/verdicts.ts";
import { at, rowOf, textOf } from "../kit/wire.ts";
import { VERDICTS } from "./error-classes.ts";
import type { Operation } from "./profile.ts";

export interface ErrorContext {
  readonly operation: Operation;
  readonly requestId: string;
  readonly hadToken: boolean;
  readonly now: Instant;
  readonly patterns: ErrorPatterns;
  /** Path in the body of the login page's URL, where the profile knows one. */
  readonly authUrlFromError: string | null;
}

/** Where a bank's 401 to a consent sends the user to log in first. */
export interface LoginLink {
  /** `metadata`: of the OAuth server (`scaOAuth`); `page`: the page itself. */
  readonly kind: "metadata" | "page";
  readonly url: string;
}

/** Beside the error, not in it: such a URL may hold a session, and errors are logged. */
const logins = new WeakMap<BankError, LoginLink>();

export function loginLinkOf(error: unknown): LoginLink | null {
  return error instanceof BankError ? (logins.get(error) ?? null) : null;
}

/** What a refusal means: the code in the body decides, the status only where no code is known, the text never against either. */
export function refusal(response: HttpResponse, context: ErrorContext): BankError {
  const words = bankWords(response.text);
  const verdict = verdictOf(response, words, context);
  const later = verdict.failure === "RATE_LIMITED" || verdict.failure === "BANK_TEMPORARY";
  const error = new BankError(verdict.failure, verdict.code, `the bank refused ${context.operation} with ${response.status}`, {
    bankCode: words.shown || String(response.status),
    supportReference: context.requestId,
    retryAt: later ? retryAfter(response.headers, context.now) : null,
    servedDays: verdict === PERIOD_REFUSED ? servedDaysIn(words.text) : null,
  });
  const login = context.operation === "consent-create" && response.status === 401 ? loginLinkIn(response.text, context) : null;
  if (login !== null) logins.set(error, login);
  return error;
}

function loginLinkIn(text: string, { authUrlFromError }: ErrorContext): LoginLink | null {
  const body = rowOf(parsedOrNull(text));
  const page = authUrlFromError === null ? null : textOf(at(body, ...authUrlFromError.split(".")));
  const redirect = page ?? linkOf(body, "authorizationRedirect");
  if (redirect !== null) return { kind: "page", url: redirect };
  const metadata = linkOf(body, "scaOAuth");
  return metadata === null ? null : { kind: "metadata", url: metadata };
}

function parsedOrNull(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}

function verdictOf({ status, text }: HttpResponse, words: BankWords, context: ErrorContext): Verdict {
  for (const { match, status: only, failure, code } of context.patterns) {
    const said = [...words.codes, words.text].some((text) => new RegExp(match, "i").test(text));
    if (said && (only === undefined || only === status)) return { failure, code };
  }
  for (const code of words.codes) {
    const verdict = verdictOfCode(code, status, context);
    if (verdict) return verdict;
  }
  // The server in front of the bank, not the bank: our certificate did not reach it.
  if (/no required ssl certificate|ssl certificate error|client certificate (is )?(required|missing)/i.test(text)) return TPP_REFUSED;
  return verdictOfStatus(status, words, context);
}

function verdictOfCode(code: string, status: number, { operation }: ErrorContext): Verdict | null {
  const onAccount = operation === "balances" || operation === "transactions";
  // Nothing is at the path of consents: a bank without them, or with another base URL.
  if (operation === "consent-create" && (code === "RESOURCE_UNKNOWN" || (code === "SERVICE_INVALID" && status < 500))) return NOT_SUPPORTED;
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
  if (operation === "consent-create" && (status === 404 || status === 405)) return NOT_SUPPORTED;
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
