import { DAY, utcDate } from "./calendar.ts";
import type { LedgerAccount, LedgerTransaction, StandingOrder, TransactionSource } from "./model.ts";

/** A booked entry with the balance it left behind. */
export interface BookedEntry {
  readonly transaction: LedgerTransaction;
  readonly bookingDate: string;
  readonly balanceAfter: bigint;
}

/** How far past the clock entries are made ahead; more than the longest pending time. */
const AHEAD = 40 * DAY;

/** One account with its entries in booking order. Entries are made lazily, when first asked for and as the clock moves. */
export class AccountBook {
  readonly account: LedgerAccount;
  readonly standingOrders: readonly StandingOrder[];
  #booked: BookedEntry[] = [];
  #rows: LedgerTransaction[] = [];
  #cancelled: LedgerTransaction[] = [];
  #madeUntil = -Infinity;
  readonly #source: TransactionSource;

  constructor(account: LedgerAccount, source: TransactionSource, standingOrders: readonly StandingOrder[] = []) {
    this.account = account;
    this.#source = source;
    this.standingOrders = standingOrders;
  }

  /** Booked entries up to `at`, oldest first. The array is shared: use `count` as its end and do not change it. */
  booked(at: number): { readonly entries: readonly BookedEntry[]; readonly count: number } {
    this.#make(at);
    return { entries: this.#booked, count: this.#countBooked(at) };
  }

  pending(at: number): LedgerTransaction[] {
    this.#make(at);
    const rest = this.#rows.slice(this.#countBooked(at));
    return rest.filter((row) => row.enteredAt <= at).sort((a, b) => a.enteredAt - b.enteredAt);
  }

  /** Balance of the booked entries, and of those plus the pending ones. */
  balance(at: number): { readonly booked: bigint; readonly expected: bigint; readonly last: BookedEntry | undefined } {
    const { entries, count } = this.booked(at);
    const last = entries[count - 1];
    const booked = last?.balanceAfter ?? this.account.opening;
    return { booked, last, expected: this.pending(at).reduce((sum, row) => sum + row.amount, booked) };
  }

  add(...transactions: LedgerTransaction[]): void {
    this.#insert(transactions);
  }

  /** Takes a pending entry away as if it had never been: a released authorisation. */
  cancel(id: string): boolean {
    const kept = this.#rows.filter((row) => row.id !== id);
    const gone = this.#rows.find((row) => row.id === id);
    const found = gone !== undefined;
    if (gone) this.#cancelled.push(gone);
    this.#rows = kept;
    if (found) this.#rebook();
    return found;
  }

  /** What {@link cancel} took away, in that order: only banks that list cancelled entries show it. */
  cancelled(): readonly LedgerTransaction[] {
    return this.#cancelled;
  }

  #make(at: number): void {
    if (at + AHEAD / 2 <= this.#madeUntil) return;
    this.#madeUntil = at + AHEAD;
    this.#insert(this.#source(this.#madeUntil));
  }

  #insert(rows: readonly LedgerTransaction[]): void {
    if (rows.length === 0) return;
    this.#rows = this.#rows.concat(rows).sort((a, b) => a.bookedAt - b.bookedAt);
    this.#rebook();
  }

  #rebook(): void {
    let balanceAfter = this.account.opening;
    this.#booked = this.#rows.map((transaction) => {
      balanceAfter += transaction.amount;
      return { transaction, bookingDate: utcDate(transaction.bookedAt), balanceAfter };
    });
  }

  #countBooked(at: number): number {
    return firstIndex(this.#rows.length, (index) => (this.#rows[index]?.bookedAt ?? 0) > at);
  }
}

/** First index for which `test` holds, by bisection; `length` when none. `test` must be monotone. */
export function firstIndex(length: number, test: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (test(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
