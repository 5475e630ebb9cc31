import { BankError } from "../../domain/failure.ts";
import type { Instant } from "../../domain/time.ts";
import type { HttpResponse } from "../../http/bank-http.ts";
import { retryAfter } from "../../http/retry-after.ts";
import { bankWords, type BankWords } from "../kit/error-words.ts";
import { servedDaysIn } from "../kit/failures.ts";
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
import { errorWords, verdictOfCode } from "./error-classes.ts";
import type { Operation, Profile } from "./profile.ts";

export interface ErrorContext {
  readonly operation: Operation;
  readonly requestId: string;
  readonly hadToken: boolean;
  /** Transactions only: the call asked for more than what banks give without the person. */
  readonly oldHistory: boolean;
  readonly now: Instant;
  readonly patterns: Profile["errors"]["patterns"];
}

/** What a refusal means: the code in the body decides, the status only where no code is known (standards.md 4.5). */
export function refusal(response: HttpResponse, context: ErrorContext): BankError {
  const words = bankWords(response.text);
  const verdict = verdictOf({ status: response.status, markup: response.text.trimStart().startsWith("<") }, words, context);
  const later = verdict.failure === "RATE_LIMITED" || verdict.failure === "BANK_TEMPORARY";
  return new BankError(verdict.failure, verdict.code, `the bank refused ${context.operation} with ${String(response.status)}`, {
    bankCode: words.shown || String(response.status),
    supportReference: context.requestId,
    retryAt: later ? retryAfter(response.headers, context.now) : null,
    servedDays: verdict === PERIOD_REFUSED ? servedDaysIn(words.text) : null,
  });
}

interface Refused {
  readonly status: number;
  /** The body is HTML or XML. */
  readonly markup: boolean;
}

function verdictOf(refused: Refused, words: BankWords, context: ErrorContext): Verdict {
  const { status } = refused;
  for (const { match, status: only, failure, code } of context.patterns) {
    const said = [...words.codes, words.text].some((text) => new RegExp(match, "i").test(text));
    if (said && (only === undefined || only === status)) return { failure, code };
  }
  if (status === 429) return QUOTA_SPENT;
  const { operation } = context;
  if ((operation === "balances" || operation === "transactions") && ACCOUNT_WORDS.test(words.text)) return ACCOUNT_UNAVAILABLE;
  for (const code of errorWords(words.codes, words.text)) {
    const verdict = verdictOfCode(code, context.operation, words.paths);
    if (verdict) return verdict;
  }
  return verdictOfStatus(refused, words, context);
}

/** Words that several banks use where the standard has a code (standards.md 8.3). */
const CONSENT_WORDS =
  /consent does not have a status|has status (revoked|expired|rejected)|expected '?authorised|consent (is |has )?(expired|revoked|not valid|invalid)/i;
const ACCOUNT_WORDS = /invalid account status|accounts? ha(ve|s) blocks|failed ?eligibility ?check/i;

function verdictOfStatus({ status, markup }: Refused, words: BankWords, context: ErrorContext): Verdict {
  const { operation, hadToken, oldHistory } = context;
  const onAccount = operation === "balances" || operation === "transactions";
  if (status === 408 || status === 504) return BANK_SLOW;
  if (status >= 500) return BANK_DOWN;
  if (status < 400) return UNREADABLE;
  if (status === 401) return hadToken ? TOKEN_EXPIRED : CONSENT_INVALID;
  if (CONSENT_WORDS.test(words.text)) return CONSENT_INVALID;
  if (onAccount && words.codes.some((code) => ACCOUNT_WORDS.test(code))) return ACCOUNT_UNAVAILABLE;
  // A firewall in front of a bank that is down speaks HTML: never a reason to ask the user again.
  if (markup) return status === 403 ? BANK_DOWN : UNREADABLE;
  // The window in which banks give more than 90 days has closed: most say so with a bare 403 or 400.
  if (oldHistory && (status === 400 || status === 403)) return PERIOD_REFUSED;
  if (operation === "consent" || operation === "consent-delete") return [400, 404, 410].includes(status) ? CONSENT_INVALID : BAD_REQUEST;
  if (status === 403)
    return operation === "balances" || operation === "party" ? forbidden(words) : onAccount ? ACCOUNT_UNAVAILABLE : CONSENT_INVALID;
  if (status === 404) return NOT_SUPPORTED;
  return onAccount && status === 400 ? ACCOUNT_UNAVAILABLE : BAD_REQUEST;
}

/** Without a word: the permission is missing. With words of its own: something about the account. */
function forbidden(words: BankWords): Verdict {
  return words.json && words.text !== "" ? ACCOUNT_UNAVAILABLE : NOT_SUPPORTED;
}
