import { addDays, utcDate } from "../ledger/calendar.ts";
import type { AccountBook } from "../ledger/account-book.ts";
import type { LedgerTransaction } from "../ledger/model.ts";

/** Day of the month on which the purchases of the month before are debited. */
const DEBIT_DAY = 5;

/** First day whose purchases are not debited yet. */
export function firstOpenDay(today: string): string {
  const month = today.slice(0, 7);
  return Number(today.slice(8)) >= DEBIT_DAY ? `${month}-01` : `${addDays(`${month}-01`, -1).slice(0, 7)}-01`;
}

/** The day on which a purchase of this day is debited. */
export function debitDay(purchase: string): string {
  const next = addDays(`${purchase.slice(0, 7)}-28`, 7).slice(0, 7);
  return `${next}-${String(DEBIT_DAY).padStart(2, "0")}`;
}

/** Purchases wait for the debit; what pays them off does not. */
export function isDeferred(book: AccountBook, row: LedgerTransaction, today: string): boolean {
  return book.account.kind === "card" && row.amount < 0n && utcDate(row.bookedAt) >= firstOpenDay(today);
}

/** The months for which there is an account of its own: those that are not debited yet. */
export function openMonths(today: string): readonly string[] {
  const months = [firstOpenDay(today).slice(0, 7), today.slice(0, 7)];
  return [...new Set(months)];
}

/** "du 01/11 au 30/11/2026 prélevés le 05/12/2026", as French banks name such an account. */
export function monthLabel(month: string): string {
  const last = addDays(debitDay(`${month}-01`), -DEBIT_DAY);
  const print = (day: string): string => day.split("-").reverse().join("/");
  return `du ${print(`${month}-01`).slice(0, 5)} au ${print(last)} prélevés le ${print(debitDay(`${month}-01`))}`;
}
