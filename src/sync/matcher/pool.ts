import type { NameKind } from "../../domain/bank-habits.ts";
import type { TransactionId } from "../../domain/ids.ts";
import { absolute } from "../../domain/money.ts";
import { dayNumber, type Day } from "../../domain/time.ts";
import type { MatchEvidence, Transaction, TransactionFacts } from "../../domain/transaction.ts";
import { money, otherAccount, statedDay, wording } from "./forms.ts";

/**
 * The two sides of one page's matching. Passes look for pairs among the rows that are still free and take them;
 * what is taken stays taken, so that stronger evidence always wins and no row is used twice.
 */
export interface Pool {
  readonly stored: readonly StoredRow[];
  readonly incoming: readonly IncomingRow[];
  readonly trust: Trust;
  readonly scope: Scope;
  /** Names that came with another row's content. */
  readonly lies: Lie[];
  /** Kinds of names that this answer has proven: some row came back under the name it had before. */
  readonly proven: Set<NameKind>;
  /** Pairs that only a name supports while the content disagrees: decided after the content. */
  readonly weak: Array<{ readonly incoming: IncomingRow; readonly stored: StoredRow; readonly evidence: MatchEvidence }>;
}

/** What earlier fetches have taught about the bank. */
export interface Trust {
  /** Kinds of names that alone decide nothing any more. */
  readonly distrusted: ReadonlySet<NameKind>;
  /** Kinds of names that have kept their word over many rows. */
  readonly stable: ReadonlySet<NameKind>;
  /** Days after which this bank was seen to book a pending row, at most. */
  readonly pendingDays: number;
}

export const NOTHING_LEARNED: Trust = { distrusted: new Set(), stable: new Set(), pendingDays: 0 };

/** What the answer was asked for, and how much of it this page is. */
export interface Scope {
  /** Null = no end on that side. */
  readonly from: Day | null;
  readonly to: Day | null;
  /** The page is the whole answer: what it lacks does not follow. */
  readonly whole: boolean;
}

export interface Lie {
  readonly kind: NameKind;
  readonly name: string;
}

export class StoredRow {
  readonly row: Transaction;
  /** Consumed by an earlier page of this answer, or by this page. */
  taken: boolean;
  /** Its pending form was met again after booking, in this answer. */
  staleTaken: boolean;
  /** A booked row of this page has taken it. */
  bookedTaken = false;
  /** Was booked at some time: a pending row that comes now cannot un-book it. */
  readonly booked: boolean;
  readonly money: string;
  readonly day: string;
  readonly dayNumber: number;
  readonly account: string | null;
  #wording: string | null = null;

  constructor(row: Transaction, taken: boolean, staleTaken: boolean) {
    this.row = row;
    this.taken = taken;
    this.staleTaken = staleTaken;
    this.booked = row.status === "BOOKED" || (row.status === "VOIDED" && row.voidReason === "DROPPED_BY_BANK");
    this.money = money(row);
    this.day = statedDay(row) ?? UNDATED;
    this.dayNumber = dayNumber(row.date);
    this.account = otherAccount(row);
  }

  get wording(): string {
    return (this.#wording ??= wording(this.row));
  }
}

export type Fate = "OPEN" | "MATCHED" | "REPEAT" | "STALE";

export class IncomingRow {
  readonly facts: TransactionFacts;
  /** The day to sort by; the page's day where the row has none. */
  readonly date: Day;
  readonly booked: boolean;
  readonly money: string;
  readonly day: string;
  readonly dayNumber: number;
  readonly account: string | null;
  fate: Fate = "OPEN";
  match: StoredRow | null = null;
  evidence: MatchEvidence = "NEW";
  #wording: string | null = null;

  constructor(facts: TransactionFacts, date: Day) {
    this.facts = facts;
    this.date = date;
    this.booked = facts.status === "BOOKED";
    this.money = money(facts);
    this.day = statedDay(facts) ?? UNDATED;
    this.dayNumber = dayNumber(date);
    this.account = otherAccount(facts);
  }

  get wording(): string {
    return (this.#wording ??= wording(this.facts));
  }
}

/** Rows without any date agree with each other, whatever day they were first seen. */
export const UNDATED = "-";

export function take(incoming: IncomingRow, stored: StoredRow, evidence: MatchEvidence): void {
  incoming.fate = "MATCHED";
  incoming.match = stored;
  incoming.evidence = evidence;
  stored.taken = true;
  if (incoming.booked) stored.bookedTaken = true;
}

/** The bank still lists the pending form of a row that is booked: the row stays as it is. */
export function takeStale(incoming: IncomingRow, stored: StoredRow, evidence: MatchEvidence): void {
  incoming.fate = "STALE";
  incoming.match = stored;
  incoming.evidence = evidence;
  stored.staleTaken = true;
}

/** A pending row never takes a booked one as its own (see {@link takeStale}). */
export function statusAllows(incoming: IncomingRow, stored: StoredRow): boolean {
  return incoming.booked || !stored.booked;
}

export function nameOf(kind: NameKind, row: Pick<TransactionFacts, "entryReference" | "bankTransactionId">): string | null {
  return kind === "REFERENCE" ? row.entryReference : row.bankTransactionId;
}

/** Two names of a proven kind that differ: two rows, even where amount and day agree. */
export function namesForbid(pool: Pool, incoming: IncomingRow, stored: StoredRow): boolean {
  for (const kind of pool.proven) {
    const name = nameOf(kind, incoming.facts);
    const known = nameOf(kind, stored.row);
    if (name === null || known === null || name === known) continue;
    if (incoming.booked && !stored.booked) continue; // many banks change names when they book
    if (!stored.row.aliases.some((alias) => alias.kind === kind && alias.value === name)) return true;
  }
  return false;
}

/** Both name the other side's account, and it is not the same one. */
export function accountsDiffer(incoming: IncomingRow, stored: StoredRow): boolean {
  return incoming.account !== null && stored.account !== null && incoming.account !== stored.account;
}

/** Both say when the purchase was, and it was not the same day. */
export function otherPurchase(incoming: IncomingRow, stored: StoredRow): boolean {
  const [a, b] = [incoming.facts.transactionDate, stored.row.transactionDate];
  return a !== null && b !== null && a !== b;
}

export function sameSize(incoming: IncomingRow, stored: StoredRow): boolean {
  return incoming.facts.currency === stored.row.currency && absolute(incoming.facts.amount) === absolute(stored.row.amount);
}

/** What the passes need to know of rows consumed on earlier pages of the same answer. */
export interface Consumed {
  readonly ids: ReadonlySet<TransactionId>;
  readonly staleIds: ReadonlySet<TransactionId>;
}
