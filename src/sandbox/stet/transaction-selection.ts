import { addDays, utcDate } from "../ledger/calendar.ts";
import { firstIndex, type AccountBook, type BookedEntry } from "../ledger/account-book.ts";
import type { LedgerTransaction } from "../ledger/model.ts";
import { today, type BankContext } from "./context.ts";
import type { OpenAccount, OpenGrant } from "./gate.ts";
import { refused } from "./hal.ts";
import type { PageToken, TransactionQuery } from "./transaction-query.ts";

export interface Selection {
  /** Booked entries are `entries[low..high)`, oldest first; they are given newest first. */
  readonly entries: readonly BookedEntry[];
  readonly low: number;
  readonly high: number;
  readonly pending: readonly LedgerTransaction[];
}

/** What a query selects at the instant of its first page: the part of the booking order between the limits, and the pending entries. */
export function selectTransactions({ book, month }: OpenAccount, query: TransactionQuery, page: PageToken): Selection {
  const { entries, count } = book.booked(page.at);
  const day = (index: number): string => entries[index]?.bookingDate ?? "";
  const after = query.afterReference === undefined ? 0 : afterReference(entries, count, query.afterReference);
  const upTo = query.upToReference === undefined ? count : afterReference(entries, count, query.upToReference);
  const from = month === undefined || `${month}-01` < page.from ? page.from : `${month}-01`;
  const low = Math.max(
    after,
    firstIndex(count, (index) => day(index) >= from),
  );
  const end = month === undefined ? page.to : addDays(`${addDays(`${month}-28`, 7).slice(0, 7)}-01`, -1);
  const high = Math.min(upTo, end === undefined ? count : firstIndex(count, (index) => day(index) > end));
  // For pending entries the day of entry counts.
  const pending = book
    .pending(page.at)
    .filter((row) => utcDate(row.enteredAt) >= from && (end === undefined || utcDate(row.enteredAt) <= end));
  return { entries, low: Math.min(low, high), high, pending };
}

/** A deferred card's purchases of one month, pending ones too. */
export function rowsOfMonth(book: AccountBook, month: string, at: number): readonly LedgerTransaction[] {
  const { entries, count } = book.booked(at);
  const booked = entries.slice(0, count).filter(({ bookingDate }) => bookingDate.startsWith(month));
  const pending = book.pending(at).filter((row) => utcDate(row.enteredAt).startsWith(month));
  return [...booked.map(({ transaction }) => transaction), ...pending].filter(({ amount }) => amount < 0n);
}

/**
 * The first day of the result. Without a dateFrom the last `recentDays`. More only shortly after SCA and with the scope for it; asking for it
 * otherwise is refused.
 */
export function earliestDay(context: BankContext, { grant, facts }: OpenGrant, { from }: TransactionQuery): string {
  const { fullHistoryMinutes, recentDays, maxHistoryDays } = context.settings;
  const recent = addDays(today(context), -recentDays);
  const oldest = addDays(today(context), -maxHistoryDays);
  if (from === undefined || from >= recent) return from ?? recent;
  if (!facts.scopes.has("extended_transaction_history"))
    throw refused(403, `Transactions older than ${String(recentDays)} days need the scope extended_transaction_history.`);
  if (context.ledger.clock.nowMs() - grant.scaAt > fullHistoryMinutes * 60_000)
    throw refused(403, `Transactions older than ${String(recentDays)} days need a strong authentication.`);
  return from < oldest ? oldest : from;
}

function afterReference(entries: readonly BookedEntry[], count: number, reference: string): number {
  for (let index = count - 1; index >= 0; index -= 1) if (entries[index]?.transaction.reference === reference) return index + 1;
  throw refused(400, "The entry reference is unknown on this account.");
}
