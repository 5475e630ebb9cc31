import { firstIndex, type AccountBook, type BookedEntry } from "../ledger/account-book.ts";
import { addDays } from "../ledger/calendar.ts";
import type { LedgerTransaction } from "../ledger/model.ts";
import type { BankContext } from "./context.ts";
import type { Consent } from "./consent.ts";
import { psuPresent } from "./request-headers.ts";
import type { TransactionQuery } from "./transaction-query.ts";
import { tppError } from "./tpp-error.ts";
import type { Call } from "../kit/http-message.ts";

export interface Selection {
  /** Booked entries are `entries[low..high)`, oldest first; they are given newest first. */
  readonly entries: readonly BookedEntry[];
  readonly low: number;
  readonly high: number;
  readonly pending: readonly LedgerTransaction[];
}

/** What a query selects at the instant `at`: the part of the booking order between the limits, and the pending entries. */
export function selectTransactions(
  book: AccountBook,
  query: TransactionQuery,
  limits: { readonly at: number; readonly from: string; readonly since: number | undefined },
): Selection {
  const { entries, count } = book.booked(limits.at);
  const wantsBooked = ["booked", "both", "all"].includes(query.bookingStatus);
  const wantsPending = ["pending", "both", "all"].includes(query.bookingStatus);
  const { since } = limits;
  const fromReference = query.entryReferenceFrom === undefined ? undefined : afterReference(entries, count, query.entryReferenceFrom);
  const from = query.dateFrom ?? "";
  const start = from > limits.from ? from : limits.from;
  const low = Math.max(
    fromReference ?? 0,
    since === undefined ? 0 : firstIndex(count, (index) => (entries[index]?.transaction.bookedAt ?? 0) > since),
    firstIndex(count, (index) => (entries[index]?.bookingDate ?? "") >= start),
  );
  const end = query.dateTo;
  const high = end === undefined ? count : firstIndex(count, (index) => (entries[index]?.bookingDate ?? "") > end);
  const pending = wantsPending
    ? book.pending(limits.at).filter((row) => (since === undefined || row.enteredAt > since) && inPeriod(row, start, end))
    : [];
  return { entries, low: wantsBooked ? Math.min(low, high) : high, high, pending };
}

/**
 * The earliest day this call may see. Full history only shortly after SCA and with the person there or not;
 * afterwards only the last `recentDays`, and asking for more is refused (or shortened, if the bank is set so).
 */
export function earliestDay(call: Call, context: BankContext, consent: Consent, query: TransactionQuery): string {
  const { fullHistoryMinutes, recentDays, maxHistoryDays, tooOld } = context.settings;
  const today = context.consents.today();
  const oldest = addDays(today, -maxHistoryDays);
  const sinceSca = context.ledger.clock.nowMs() - (consent.scaAt ?? 0);
  const recent = addDays(today, -recentDays);
  if (sinceSca <= fullHistoryMinutes * 60_000) return oldest;
  if (query.dateFrom === undefined || query.dateFrom >= recent) return recent;
  if (tooOld === "shorten") return recent;
  const hint = psuPresent(call) ? "" : " and the PSU";
  if (tooOld === "CONSENT_INVALID")
    throw tppError(401, "CONSENT_INVALID", `Entries older than ${recentDays} days need a new SCA${hint}.`, { path: "dateFrom" });
  throw tppError(400, "PERIOD_INVALID", `Entries older than ${recentDays} days are given only ${fullHistoryMinutes} minutes after SCA.`, {
    path: "dateFrom",
  });
}

function afterReference(entries: readonly BookedEntry[], count: number, reference: string): number {
  for (let index = count - 1; index >= 0; index -= 1) if (entries[index]?.transaction.reference === reference) return index + 1;
  throw tppError(400, "PARAMETER_NOT_CONSISTENT", "entryReferenceFrom is unknown on this account.", { path: "entryReferenceFrom" });
}

/** For pending entries the entry date counts, not a booking date. */
function inPeriod(row: LedgerTransaction, start: string, end: string | undefined): boolean {
  const entered = new Date(row.enteredAt).toISOString().slice(0, 10);
  return entered >= start && (end === undefined || entered <= end);
}
