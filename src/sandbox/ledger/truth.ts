import { formatMinor } from "./money.ts";
import type { AccountBook } from "./account-book.ts";
import type { Ledger } from "./ledger.ts";
import type { LedgerTransaction } from "./model.ts";

export interface TruthTransaction {
  readonly id: string;
  readonly status: "booked" | "pending";
  readonly entryReference: string;
  readonly amount: string;
  readonly currency: string;
  readonly enteredAt: string;
  readonly bookingDate: string | null;
  readonly valueDate: string;
  readonly balanceAfter: string | null;
  readonly endToEndId: string | null;
  readonly counterparty: string | null;
  readonly remittance: readonly string[];
}

export interface TruthAccount {
  readonly id: string;
  readonly kind: string;
  readonly iban: string | null;
  readonly maskedPan: string | null;
  readonly currency: string;
  readonly bookedBalance: string;
  readonly expectedBalance: string;
  readonly transactions: readonly TruthTransaction[];
}

export interface Truth {
  readonly user: string;
  readonly now: string;
  readonly accounts: readonly TruthAccount[];
}

/** What a user's accounts really hold at the bank's time, whatever faults do to the answers: the ground truth of a test. */
export function truthOf(ledger: Ledger, user: string): Truth {
  const at = ledger.clock.nowMs();
  return { user, now: new Date(at).toISOString(), accounts: ledger.booksOf(user).map((book) => truthOfAccount(book, at)) };
}

function truthOfAccount(book: AccountBook, at: number): TruthAccount {
  const { account } = book;
  const { entries, count } = book.booked(at);
  const { booked, expected } = book.balance(at);
  const rows = entries.slice(0, count).map(({ transaction, bookingDate, balanceAfter }) => {
    return {
      ...common(transaction, account.currency),
      status: "booked" as const,
      bookingDate,
      balanceAfter: formatMinor(balanceAfter, account.currency),
    };
  });
  const pending = book.pending(at).map((row) => {
    return { ...common(row, account.currency), status: "pending" as const, bookingDate: null, balanceAfter: null };
  });
  return {
    id: account.id,
    kind: account.kind,
    iban: account.iban ?? null,
    maskedPan: account.maskedPan ?? null,
    currency: account.currency,
    bookedBalance: formatMinor(booked, account.currency),
    expectedBalance: formatMinor(expected, account.currency),
    transactions: [...rows, ...pending],
  };
}

function common(row: LedgerTransaction, currency: string): Omit<TruthTransaction, "status" | "bookingDate" | "balanceAfter"> {
  return {
    id: row.id,
    entryReference: row.reference,
    amount: formatMinor(row.amount, currency),
    currency,
    enteredAt: new Date(row.enteredAt).toISOString(),
    valueDate: row.valueDate,
    endToEndId: row.endToEndId ?? null,
    counterparty: row.party?.name ?? null,
    remittance: row.remittance,
  };
}
