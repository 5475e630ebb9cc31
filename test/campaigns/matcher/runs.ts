import type { Day } from "../../../src/domain/time.ts";
import { addDays } from "../../../src/domain/time.ts";
import type { Transaction, TransactionFacts } from "../../../src/domain/transaction.ts";
import { match } from "../../../src/sync/matcher/match.ts";
import { amountOf, facts } from "../../../src/sync/matcher/matcher.fixture.ts";
import { AnswerMemory } from "../../../src/sync/matcher/repeats.ts";
import { dateOf, newTransaction } from "../../../src/sync/rows.ts";

const START: Day = "2024-01-01";
const ACCOUNT = { id: "acc_1", userId: "usr_1", consentId: "con_1" } as const;

type Shape = (i: number, again: boolean) => Partial<TransactionFacts>;

const SHAPES: Readonly<Record<string, Shape>> = {
  "with stable ids": (i) => ({
    bankTransactionId: `id-${String(i)}`,
    amount: amountOf(-(i % 5_000) - 1),
    bookingDate: addDays(START, i % 700),
  }),
  "with new ids each time": (i, again) => ({
    bankTransactionId: `${again ? "b" : "a"}-${String(i)}`,
    amount: amountOf(-(i % 5_000) - 1),
    bookingDate: addDays(START, i % 700),
  }),
  "all equal": () => ({}),
  "equal but for texts that were rewritten": (i, again) => ({ counterpartyName: `${again ? "NEW" : "Old"} ${String(i)}` }),
  "equal but for accounts, all new": (i, again) => ({ counterpartyAccount: `${again ? "N" : "O"}${String(i)}`, counterpartyName: null }),
  "of one IBAN and amount, each day": (i, again) => ({
    counterpartyIban: "DE02120300000000202051",
    counterpartyName: again ? "X" : "Y",
    bookingDate: addDays(START, i % 700),
  }),
  "all pending, then booked": (_i, again) =>
    again ? { bookingDate: addDays(START, 3) } : { status: "PENDING", bookingDate: null, transactionDate: START },
  "all pending in foreign currency, then booked at another rate": (i, again) => ({
    exchangeAmount: "-5.00",
    exchangeCurrency: "USD",
    amount: amountOf(-450 - (again ? 1 : 0) - (i % 3)),
    ...(again ? { bookingDate: addDays(START, 3) } : { status: "PENDING" as const, bookingDate: null, transactionDate: START }),
  }),
};

/** One run a shape: `rows` stored rows against as many incoming ones. Rows are made outside the run. */
export function linearRuns(rows: number): readonly { readonly shape: string; readonly run: () => { matched: number; added: number } }[] {
  return Object.entries(SHAPES).map(([shape, of]) => {
    const stored = Array.from({ length: rows }, (_, i): Transaction => {
      const row = facts(of(i, false));
      return { ...newTransaction(row, ACCOUNT, dateOf(row, START), 1), id: `trx_${String(i)}` };
    });
    const incoming = Array.from({ length: rows }, (_, i) => {
      const row = facts(of(i, true));
      return { facts: row, date: dateOf(row, START) };
    });
    const run = (): { matched: number; added: number } => {
      const consumed = { ids: new Set<never>(), staleIds: new Set<never>() };
      const { rows: outcome } = match({
        stored,
        incoming,
        consumed,
        memory: new AnswerMemory(),
        scope: { from: null, to: null, whole: true },
      });
      return {
        matched: outcome.filter((row) => row.fate === "MATCHED").length,
        added: outcome.filter((row) => row.fate === "OPEN").length,
      };
    };
    return { shape, run };
  });
}
