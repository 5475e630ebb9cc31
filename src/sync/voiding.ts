import type { TransactionId } from "../domain/ids.ts";
import { daysBetween, type Day, type Instant } from "../domain/time.ts";
import type { Transaction } from "../domain/transaction.ts";

/** Complete fetches that must lack a row before it is voided. */
const MISSES = 2;
/** A hold may take a week to be booked. */
const PENDING_DAYS = 7;

/** What a complete answer proves. */
export interface CompleteAnswer {
  readonly from: Day;
  readonly to: Day;
  readonly today: Day;
  readonly now: Instant;
  /** False where the bank delivered no pending rows at all. */
  readonly pendingKnown: boolean;
  /** Date of the oldest booked row in it: the bank demonstrably serves that far back. Null = it had none. */
  readonly oldestBooked: Day | null;
  /** The longest that this bank was seen to take from pending to booked, in days. */
  readonly pendingDays: number;
  readonly seen: ReadonlySet<TransactionId>;
}

/**
 * The rows that a complete answer should have held and did not, with their count raised; voided ones among them have their
 * reason set. A pending row is voided after 2 complete fetches without it once its date is 7 days back; a booked one after 2 such
 * fetches on different days, and only where the bank still serves rows as old, so that a shortened history voids nothing.
 */
export function missing(stored: readonly Transaction[], answer: CompleteAnswer): readonly Transaction[] {
  const changed: Transaction[] = [];
  for (const row of stored) {
    if (row.status === "VOIDED" || row.date < answer.from || row.date > answer.to || answer.seen.has(row.id)) continue;
    const next = row.status === "PENDING" ? missedPending(row, answer) : missedBooked(row, answer);
    if (next !== null) changed.push(next);
  }
  return changed;
}

function missedPending(row: Transaction, answer: CompleteAnswer): Transaction | null {
  if (!answer.pendingKnown) return null;
  const missed = { ...row, missedFetches: row.missedFetches + 1, missedOn: answer.today };
  if (missed.missedFetches < MISSES || daysBetween(row.date, answer.today) < Math.max(PENDING_DAYS, answer.pendingDays + 1)) return missed;
  return voided(missed, "NEVER_BOOKED", answer.now);
}

function missedBooked(row: Transaction, answer: CompleteAnswer): Transaction | null {
  if (answer.oldestBooked === null || row.date < answer.oldestBooked || row.missedOn === answer.today) return null;
  const missed = { ...row, missedFetches: row.missedFetches + 1, missedOn: answer.today };
  return missed.missedFetches < MISSES ? missed : voided(missed, "DROPPED_BY_BANK", answer.now);
}

function voided(row: Transaction, reason: "NEVER_BOOKED" | "DROPPED_BY_BANK", now: Instant): Transaction {
  return { ...row, status: "VOIDED", voidReason: reason, revision: row.revision + 1, updatedAt: now };
}
