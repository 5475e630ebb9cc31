import type { AccountBook } from "../ledger/account-book.ts";
import { addDays, localDate } from "../ledger/calendar.ts";
import { formatMinor } from "../ledger/money.ts";

export interface WireAmount {
  readonly currency: string;
  readonly amount: string;
}

export function wireAmount(minor: bigint, currency: string): WireAmount {
  return { currency, amount: formatMinor(minor, currency) };
}

/** `-0.00` does not exist: zero stays as it is. Cards with debitAccounting print debt positive. */
export function cardSign(minor: bigint, debitAccounting: boolean): bigint {
  return debitAccounting ? -minor : minor;
}

export function wireBalances(
  book: AccountBook,
  at: number,
  options: { readonly timeZone: string; readonly debitAccounting: boolean },
): object[] {
  const { currency, kind, creditLimit } = book.account;
  const { booked, expected, last } = book.balance(at);
  const today = localDate(at, options.timeZone);
  const amount = (minor: bigint) => wireAmount(kind === "card" ? cardSign(minor, options.debitAccounting) : minor, currency);
  const reference = last ? { lastCommittedTransaction: last.transaction.reference } : {};
  const changed = last ? { lastChangeDateTime: new Date(last.transaction.bookedAt).toISOString() } : {};
  return [
    { balanceAmount: amount(closing(book, at, today)), balanceType: "closingBooked", referenceDate: addDays(today, -1) },
    { balanceAmount: amount(booked), balanceType: "interimBooked", creditLimitIncluded: false, ...changed, ...reference },
    {
      balanceAmount: amount(expected),
      balanceType: "expected",
      creditLimitIncluded: false,
      lastChangeDateTime: new Date(at).toISOString(),
    },
    ...(creditLimit === undefined
      ? []
      : [{ balanceAmount: wireAmount(creditLimit + expected, currency), balanceType: "interimAvailable", creditLimitIncluded: true }]),
  ];
}

function closing(book: AccountBook, at: number, today: string): bigint {
  const { entries, count } = book.booked(at);
  for (let index = count - 1; index >= 0; index -= 1) {
    const entry = entries[index];
    if (entry && entry.bookingDate < today) return entry.balanceAfter;
  }
  return book.account.opening;
}
