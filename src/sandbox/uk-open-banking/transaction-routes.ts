import { firstIndex, type AccountBook } from "../ledger/account-book.ts";
import { addDays, localDate } from "../ledger/calendar.ts";
import type { Call, Reply } from "../kit/http-message.ts";
import { countAccess, openAccount, openConsent } from "./account-gate.ts";
import type { Consent } from "./consent.ts";
import { answer, dateTime, type BankContext } from "./context.ts";
import { obError } from "./ob-error.ts";
import { printPage, readTransactionQuery, type TransactionQuery } from "./transaction-query.ts";
import { wireBooked, wirePending, type Printing } from "./wire-transaction.ts";

const BIG_RESULT = 2000;

/** GET /accounts/{AccountId}/transactions: pending rows on the first page, then booked ones, the newest first. */
export async function transactionList(call: Call, context: BankContext, accountId: string): Promise<Reply> {
  const { settings, ledger } = context;
  const consent = await openConsent(call, context, "ReadTransactionsBasic", "ReadTransactionsDetail");
  const book = openAccount(context, consent, accountId);
  const query = readTransactionQuery(call, settings.version);
  const from = query.page?.from ?? earliest(context, consent, query);
  if (!query.page) countAccess(call, context, consent, `${book.account.id}/transactions`);
  const at = query.page?.at ?? ledger.clock.nowMs();
  const offset = query.page?.offset ?? 0;

  const { entries, count } = book.booked(at);
  const low = firstIndex(count, (index) => local(entries[index]?.transaction.bookedAt ?? 0) >= from);
  const high =
    query.to === undefined ? count : firstIndex(count, (index) => local(entries[index]?.transaction.bookedAt ?? 0) > (query.to ?? ""));
  const size = high - low > BIG_RESULT ? settings.bigPageSize : settings.pageSize;
  const printing = printingOf(context, consent, book);
  const wanted = (amount: bigint) => consent.permissions.includes(amount < 0n ? "ReadTransactionsDebits" : "ReadTransactionsCredits");
  const rows: object[] =
    offset > 0
      ? []
      : pendingRows(book, at, from, query.to)
          .filter((row) => wanted(row.amount))
          .map((row) => wirePending(row, printing));
  for (let index = high - offset - 1; index >= Math.max(low, high - offset - size); index -= 1) {
    const entry = entries[index];
    if (entry && wanted(entry.transaction.amount)) rows.push(wireBooked(entry, printing));
  }
  const meta = {
    TotalPages: Math.max(1, Math.ceil((high - low) / size)),
    FirstAvailableDateTime: `${from}+00:00`,
    LastAvailableDateTime: dateTime(at),
  };
  const next = offset + size < high - low ? nextPage(call, { at, offset: offset + size, from }) : undefined;
  return answer(call, context, { Transaction: rows }, { meta, ...(next === undefined ? {} : { next }) });
}

/** UTC without a zone: entries are made between 04:00 and 21:00 UTC, so days are the same in London all year. */
function local(instant: number): string {
  return new Date(instant).toISOString().slice(0, 19);
}

function printingOf({ settings }: BankContext, { permissions }: Consent, { account }: AccountBook): Printing {
  const detail = permissions.includes("ReadTransactionsDetail");
  return { account, version: settings.version, detail, balance: detail && permissions.includes("ReadBalances") };
}

/** For pending entries the entry time counts, not a booking. */
function pendingRows(book: AccountBook, at: number, from: string, to: string | undefined) {
  return book.pending(at).filter(({ enteredAt }) => local(enteredAt) >= from && (to === undefined || local(enteredAt) <= to));
}

/**
 * The earliest time this call may see: the consent's own limit, and the full history only shortly after SCA. Asking for more is then refused with
 * "Reauthenticate" (or silently narrowed, if the bank is set so).
 */
function earliest({ settings, ledger }: BankContext, consent: Consent, { from }: TransactionQuery): string {
  const now = ledger.clock.nowMs();
  const today = localDate(now, settings.timeZone);
  const oldest = later(`${addDays(today, -settings.maxHistoryDays)}T00:00:00`, consent.transactionsFrom?.slice(0, 19));
  const recent = later(`${addDays(today, -settings.recentDays)}T00:00:00`, consent.transactionsFrom?.slice(0, 19));
  const fresh = now - (consent.authenticatedAt ?? 0) <= settings.fullHistoryMinutes * 60_000;
  if (fresh) return later(oldest, from);
  if (from !== undefined && from < recent && settings.tooOld === "reauthenticate")
    throw obError(
      settings.version,
      403,
      "UK.OBIE.Reauthenticate",
      `Only the last ${String(settings.recentDays)} days without the person.`,
      "fromBookingDateTime",
    );
  return later(recent, from);
}

function later(a: string, b: string | undefined): string {
  return b !== undefined && b > a ? b : a;
}

function nextPage(call: Call, token: Parameters<typeof printPage>[0]): string {
  const query = new URLSearchParams(call.query);
  query.set("page", printPage(token));
  return `${call.path}?${query.toString()}`;
}
