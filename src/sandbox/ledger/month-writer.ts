import { DAY, daysIn, monthText, startOfMonth, utcDate } from "./calendar.ts";
import type { LedgerTransaction, TransactionSource } from "./model.ts";
import { hash32, seededRandom } from "./random.ts";

export type EntryDraft = Omit<LedgerTransaction, "id" | "reference" | "enteredAt" | "bookedAt" | "valueDate"> & {
  /** Day of the month; clamped to the month's last day. */
  readonly day: number;
  /** UTC, 4..20. */
  readonly hour: number;
  readonly minute?: number;
  /** Days the entry stays pending; 0 books it at once. */
  readonly pendingDays?: number;
};

/** Collects one month of one account; ids come from account, month and position, so they are the same in every run. */
export class MonthWriter {
  readonly rows: LedgerTransaction[] = [];
  readonly random: () => number;
  readonly month: number;
  readonly #account: string;

  constructor(account: string, month: number) {
    this.#account = account;
    this.month = month;
    this.random = seededRandom(`${account}/${month}`);
  }

  get text(): string {
    return monthText(this.month);
  }

  add(draft: EntryDraft): void {
    const { day, hour, minute = 0, pendingDays = 0, ...rest } = draft;
    const date = startOfMonth(this.month) + (Math.min(day, daysIn(this.month)) - 1) * DAY;
    const enteredAt = date + (hour * 60 + minute) * 60_000;
    const bookedAt = pendingDays === 0 ? enteredAt : date + pendingDays * DAY + 5 * 3_600_000 + this.rows.length * 1000;
    this.rows.push({ ...rest, ...idsOf(this.#account, this.month, this.rows.length), enteredAt, bookedAt, valueDate: utcDate(bookedAt) });
  }
}

/** A source that writes whole months, from `firstMonth` on, each by the same rule. */
export function monthlySource(account: string, firstMonth: number, write: (month: MonthWriter) => void): TransactionSource {
  let next = firstMonth;
  return (until) => {
    const rows: LedgerTransaction[] = [];
    for (; startOfMonth(next) < until; next += 1) {
      const writer = new MonthWriter(account, next);
      write(writer);
      for (const row of writer.rows) rows.push(row);
    }
    return rows;
  };
}

function idsOf(account: string, month: number, position: number): { id: string; reference: string } {
  const serial = `${monthText(month).replace("-", "")}${String(position + 1).padStart(4, "0")}`;
  return {
    id: `T${serial}${hash32(`${account}|${serial}`).toString(16).padStart(8, "0")}`,
    reference: `E${serial}-${hash32(account) % 9973}`,
  };
}
