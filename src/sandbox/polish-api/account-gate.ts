import { header, type Call } from "../kit/http-message.ts";
import type { AccountBook } from "../ledger/account-book.ts";
import { addDays, localDate } from "../ledger/calendar.ts";
import { isNamed } from "./account-number.ts";
import { apiError } from "./api-error.ts";
import type { AccountOperation, Consent, GrantedAccount, Right } from "./consent.ts";
import type { BankContext } from "./context.ts";

export interface ReadingHeader {
  readonly requestId: string;
  readonly token: string;
  readonly isDirectPsu: boolean;
  readonly ipAddress?: string | undefined;
  readonly userAgent?: string | undefined;
}

export interface OpenAccount {
  readonly consent: Consent;
  readonly granted: GrantedAccount;
  readonly book: AccountBook;
  readonly right: Right;
}

/** The live consent behind the token, which stands in the header and in the body; the answer says which rule failed. */
export function openConsent(context: BankContext, call: Call, asked: ReadingHeader, scope: Consent["scope"]): Consent {
  const refuse = (status: number, code: string, message: string) => apiError(context, status, code, message, asked.requestId);
  const bearer = /^Bearer (\S+)$/i.exec(header(call, "Authorization") ?? "")?.[1];
  if (bearer === undefined) throw refuse(401, "UNAUTHORIZED", "The header Authorization is missing.");
  if (bearer !== asked.token) throw refuse(400, "BAD_REQUEST", "Authorization and requestHeader.token differ.");
  if (asked.isDirectPsu && (asked.ipAddress === undefined || asked.userAgent === undefined))
    throw refuse(400, "BAD_REQUEST", "isDirectPsu needs ipAddress and userAgent.");
  const found = context.consents.token(bearer);
  if (!found) throw refuse(401, "TOKEN_INVALID", "The token is unknown.");
  const { consent } = found;
  const now = context.ledger.clock.nowMs();
  if (consent.status !== "given") throw refuse(403, "CONSENT_REVOKED", "The consent was taken back.");
  if (now >= consent.timeLimit) throw refuse(403, "CONSENT_EXPIRED", "The scopeTimeLimit has passed.");
  if (now >= found.expiresAt || context.shortLives.isDead(bearer)) throw refuse(401, "TOKEN_EXPIRED", "The token has expired.");
  if (consent.scope !== scope) throw refuse(403, "FORBIDDEN", `The operation is not of the scope ${consent.scope}.`);
  return consent;
}

/** The account that the call names, if the consent opens it for the operation. */
export function openAccount(
  context: BankContext,
  call: Call,
  asked: ReadingHeader,
  named: { readonly accountNumber: string; readonly operation: AccountOperation },
): OpenAccount {
  const refuse = (status: number, code: string, message: string) => apiError(context, status, code, message, asked.requestId);
  if (context.settings.notImplemented.includes(named.operation)) throw refuse(501, "NOT_IMPLEMENTED", `${named.operation} is not offered.`);
  const consent = openConsent(context, call, asked, "ais");
  for (const granted of consent.accounts) {
    const book = context.ledger.book(granted.accountId);
    if (!book || !isNamed(book.account, named.accountNumber)) continue;
    const right = granted.rights.get(named.operation);
    if (!right || (right.limit === "single" && right.used)) throw refuse(403, "FORBIDDEN", `The consent does not open ${named.operation}.`);
    if (book.account.status === "blocked") throw refuse(422, "ACCOUNT_BLOCKED", "The account is blocked.");
    return { consent, granted, book, right };
  }
  throw refuse(403, "FORBIDDEN", "The consent does not open this account.");
}

/** psd2Regulatory: calls without the person are counted by account and operation. `right` is used up where it is good for one call. */
export function countAccess(context: BankContext, asked: ReadingHeader, key: string, right?: Right): void {
  if (right) right.used = true;
  if (asked.isDirectPsu) return;
  const { unattendedCallsPerDay } = context.settings;
  if (!context.counter.allow(key, unattendedCallsPerDay, context.ledger.clock.nowMs()))
    throw apiError(
      context,
      429,
      "REQUEST_LIMIT_EXCEEDED",
      `More than ${unattendedCallsPerDay} calls in 24 hours without the PSU.`,
      asked.requestId,
    );
}

/** The earliest day that a call may see: as granted, and older than `recentDays` only shortly after SCA. */
export function earliestDay(context: BankContext, { consent, right }: OpenAccount, from: string | undefined, requestId: string): string {
  const { fullHistoryMinutes, recentDays, maxHistoryDays, timeZone } = context.settings;
  const now = context.ledger.clock.nowMs();
  const today = localDate(now, timeZone);
  const granted = addDays(today, -Math.min(right.history ?? maxHistoryDays, maxHistoryDays));
  if (from !== undefined && from < granted)
    throw apiError(context, 422, "HISTORY_TOO_LONG", `The consent opens ${right.history ?? maxHistoryDays} days of history.`, requestId);
  const fresh = now - (consent.scaAt ?? 0) <= fullHistoryMinutes * 60_000;
  const recent = addDays(today, -recentDays);
  if (fresh || granted >= recent) return granted;
  if (from === undefined || from >= recent) return recent;
  throw apiError(
    context,
    422,
    "HISTORY_NEEDS_SCA",
    `Entries older than ${recentDays} days are given only ${fullHistoryMinutes} minutes after SCA.`,
    requestId,
  );
}
