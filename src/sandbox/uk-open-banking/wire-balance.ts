import type { AccountBook } from "../ledger/account-book.ts";
import { localDate } from "../ledger/calendar.ts";
import { accountIdOf } from "./account-gate.ts";
import { dateTime } from "./context.ts";
import type { Settings } from "./options.ts";
import { indicator, wireAmount } from "./wire-amount.ts";
import { wordsOf } from "./words.ts";

/** `Data.Balance` of one account: closing, current, expected, and for a card what is left of its limit. Debt is a debit. */
export function wireBalances(book: AccountBook, at: number, { version, timeZone }: Settings): object[] {
  const { id, currency, creditLimit } = book.account;
  const { booked, expected, last } = book.balance(at);
  const types = wordsOf(version).balance;
  const balance = (type: keyof typeof types, minor: bigint, when: number, line?: object) => ({
    AccountId: accountIdOf(id),
    CreditDebitIndicator: indicator(minor),
    Type: types[type],
    DateTime: dateTime(when),
    Amount: wireAmount(minor, currency),
    ...(line === undefined ? {} : { CreditLine: [line] }),
  });
  const limit = creditLimit === undefined ? undefined : { Included: true, Type: "Credit", Amount: wireAmount(creditLimit, currency) };
  return [
    balance("booked", booked, last?.transaction.bookedAt ?? at),
    balance("closing", closing(book, at, localDate(at, timeZone)), at - 86_400_000),
    balance("expected", expected, at),
    ...(creditLimit === undefined ? [] : [balance("available", creditLimit + expected, at, limit)]),
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
