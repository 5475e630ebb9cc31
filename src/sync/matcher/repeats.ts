import { negate } from "../../domain/money.ts";
import type { TransactionFacts } from "../../domain/transaction.ts";
import { balancesMove } from "./balance-after.ts";
import { fullForm, money, otherAccount, statedDay, wording } from "./forms.ts";
import type { IncomingRow } from "./pool.ts";

const KEPT = 20_000;

/**
 * What an answer has delivered so far, over its pages: finds rows that a bank delivers twice (pages that overlap, data that
 * moved while it was paged, one row under two references). Holds the newest 20,000 rows: repeats are neighbours.
 */
export class AnswerMemory {
  /** Name → form of its row; "" for a name seen with several forms, which is no name. */
  readonly #forms = new Map<string, string>();
  readonly #balances = new Set<string>();

  /** Puts rows of an earlier page in, when a step is resumed. */
  remember(row: TransactionFacts): void {
    const form = fullForm(row);
    for (const name of namesOf(row)) this.#note(name, form);
    const balance = balanceKey(row);
    if (balance !== null) this.#balances.add(balance);
    this.#trim();
  }

  /** True where the answer has given the name to two different rows. */
  usedTwice(name: string): boolean {
    return this.#forms.get(name) === "";
  }

  /** Marks the rows of a page that the answer has delivered before, and remembers the others. */
  markRepeats(rows: readonly IncomingRow[]): void {
    const moving = balancesMove(rows);
    const reversals = moving ? new Set(rows.map((row) => `${row.day}|${row.money}`)) : null;
    const forms = rows.map(({ facts }) => (facts.entryReference === null && facts.bankTransactionId === null ? "" : fullForm(facts)));
    const fresh = rows.map(({ facts }, i) => namesOf(facts).map((name) => ({ name, known: this.#forms.get(name), form: forms[i] ?? "" })));
    // A name that this very page gives to different rows proves nothing: noted before any row is judged.
    const onPage = new Map<string, string>();
    for (const names of fresh) {
      for (const { name, form } of names) {
        const other = onPage.get(name);
        onPage.set(name, other === undefined || other === form ? form : "");
      }
    }
    const met = new Set<string>();
    rows.forEach((row, i) => {
      const names = fresh[i] ?? [];
      const again =
        names.length > 0 && names.every(({ name, known, form }) => onPage.get(name) !== "" && (known === form || met.has(name)));
      const balance = moving ? balanceKey(row.facts) : null;
      const twice =
        balance !== null && this.#balances.has(balance) && !reversals?.has(`${row.day}|${negate(row.facts.amount)} ${row.facts.currency}`);
      if (again || twice) row.fate = "REPEAT";
      for (const { name, form } of names) {
        met.add(name);
        this.#note(name, form);
      }
      if (balance !== null) this.#balances.add(balance);
    });
    this.#trim();
  }

  #note(name: string, form: string): void {
    const known = this.#forms.get(name);
    this.#forms.set(name, known === undefined || known === form ? form : "");
  }

  #trim(): void {
    for (const kept of [this.#forms, this.#balances]) {
      for (const key of kept.keys()) {
        if (kept.size <= KEPT) break;
        kept.delete(key);
      }
    }
  }
}

function namesOf(row: TransactionFacts): readonly string[] {
  const names: string[] = [];
  const status = row.status === "BOOKED" ? "B" : "P"; // both forms of one row may carry one name in one answer
  if (row.entryReference !== null) names.push(`${status} REFERENCE ${row.entryReference}`);
  if (row.bankTransactionId !== null) names.push(`${status} ID ${row.bankTransactionId}`);
  return names;
}

function balanceKey(row: TransactionFacts): string | null {
  if (row.balanceAfterAmount === null || row.status !== "BOOKED") return null;
  return `${statedDay(row) ?? ""}|${money(row)}|${row.balanceAfterAmount}|${otherAccount(row) ?? ""}|${wording(row)}`;
}
