import { newId, type TransactionId } from "../../domain/ids.ts";
import type { Decimal } from "../../domain/money.ts";
import type { Day } from "../../domain/time.ts";
import type { Transaction, TransactionFacts } from "../../domain/transaction.ts";
import { dateOf, merge, metAgain, newTransaction } from "../rows.ts";
import { match } from "./match.ts";
import type { IncomingRow } from "./pool.ts";
import { AnswerMemory } from "./repeats.ts";

const ACCOUNT = { id: newId("acc"), userId: newId("usr"), consentId: newId("con") };

export function facts(more: Partial<TransactionFacts> = {}): TransactionFacts {
  return {
    status: "BOOKED",
    amount: "-4.50",
    currency: "EUR",
    bookingDate: "2026-09-07",
    valueDate: null,
    transactionDate: null,
    description: "Coffee Bar",
    counterpartyName: "Coffee Bar",
    counterpartyIban: null,
    counterpartyAccount: null,
    counterpartyBic: null,
    remittance: [],
    structuredReference: null,
    bankTransactionCode: null,
    merchantCategoryCode: null,
    endToEndId: null,
    mandateId: null,
    exchangeAmount: null,
    exchangeCurrency: null,
    exchangeRate: null,
    balanceAfterAmount: null,
    balanceAfterCurrency: null,
    bankTransactionId: null,
    entryReference: null,
    ...more,
  };
}

/** What the card's machine says before the shop's bank has booked it. */
export function pending(more: Partial<TransactionFacts> = {}): TransactionFacts {
  return facts({ status: "PENDING", bookingDate: null, transactionDate: "2026-09-07", ...more });
}

export function named(id: string, more: Partial<TransactionFacts> = {}): TransactionFacts {
  return facts({ bankTransactionId: id, ...more });
}

export function amountOf(cents: number): Decimal {
  const text = String(Math.abs(cents)).padStart(3, "0");
  return `${cents < 0 ? "-" : ""}${text.slice(0, -2)}.${text.slice(-2)}` as Decimal;
}

/** An account's rows in memory, taking answers the way the engine stores them. */
export class Shelf {
  rows = new Map<TransactionId, Transaction>();
  #now = 1;

  /** One complete answer in pages; answers what became of each row, in order. */
  take(pages: readonly (readonly TransactionFacts[])[], today: Day = "2026-09-10", from: Day | null = null): IncomingRow[] {
    this.#now++;
    const memory = new AnswerMemory();
    const ids = new Set<TransactionId>();
    const staleIds = new Set<TransactionId>();
    const scope = { from, to: null, whole: pages.length === 1 };
    return pages.flatMap((page) => {
      const incoming = page.map((row) => ({ facts: row, date: dateOf(row, today) }));
      const { rows: outcome } = match({ stored: [...this.rows.values()], incoming, consumed: { ids, staleIds }, memory, scope });
      for (const row of outcome) this.#put(row, ids, staleIds);
      return [...outcome];
    });
  }

  get live(): Transaction[] {
    return [...this.rows.values()].filter((row) => row.status !== "VOIDED");
  }

  #put(row: IncomingRow, ids: Set<TransactionId>, staleIds: Set<TransactionId>): void {
    if (row.fate === "REPEAT") return;
    const known = row.match === null ? undefined : this.rows.get(row.match.row.id);
    if (known === undefined) {
      const added = newTransaction(row.facts, ACCOUNT, row.date, this.#now);
      this.rows.set(added.id, added);
      ids.add(added.id);
      return;
    }
    const merged = row.fate === "STALE" ? metAgain(known) : merge(known, row.facts, row.evidence, this.#now);
    this.rows.set(known.id, merged.row ?? known);
    (row.fate === "STALE" ? staleIds : ids).add(known.id);
  }
}
