import { absolute, add, compare, isNegative, negate } from "../../domain/money.ts";
import { candidates, type Candidates } from "./candidates.ts";
import { otherPurchase, take, type IncomingRow, type Pool, type StoredRow } from "./pool.ts";

const WITHIN_DAYS = 5;
/** Card amounts in foreign currency are settled at another rate than they were reserved at. */
const RATE_TOLERANCE = 20; // a twentieth of the amount

/**
 * Pass 6: a stored PENDING row is booked 0 to 5 days later; at a bank that was seen to take longer, rows that are alike may too.
 * Rows that also agree in account, purchase day or wording go first; within those the oldest pending meets the oldest booking.
 */
export function matchPendingBooked(pool: Pool): void {
  const pending = pool.stored.filter((row) => !row.taken && !row.booked);
  if (pending.length === 0) return;
  const booked = pool.incoming.filter((row) => row.fate === "OPEN" && row.booked).sort((a, b) => a.dayNumber - b.dayNumber);
  const longest = Math.max(WITHIN_DAYS, pool.trust.pendingDays);
  const byMoney = candidates(pending, (row) => `${String(row.dayNumber)} ${row.money}`);
  const pairByMoney = (days: number, fits: Fits): void => pair(booked, byMoney, (row) => row.money, days, fits);
  pairByMoney(longest, (incoming, stored) => samePurchase(incoming, stored) && alike(incoming, stored));
  pairByMoney(longest, (incoming, stored) => alike(incoming, stored) && !otherPurchase(incoming, stored));
  pairByMoney(WITHIN_DAYS, (incoming, stored) => !otherPurchase(incoming, stored));
  const exchanged = booked.filter((row) => row.fate === "OPEN");
  if (exchanged.length === 0) return;
  const byCurrency = candidates(pending, (row) => `${String(row.dayNumber)} ${row.row.currency}`);
  const rate: Fits = (incoming, stored) => wasExchanged(incoming, stored) && nearly(incoming, stored) && alike(incoming, stored);
  pair(exchanged, byCurrency, (row) => row.facts.currency, WITHIN_DAYS, rate);
}

type Fits = (incoming: IncomingRow, stored: StoredRow) => boolean;

function pair(booked: readonly IncomingRow[], pending: Candidates, keyOf: (row: IncomingRow) => string, within: number, fits: Fits): void {
  for (const incoming of booked) {
    if (incoming.fate !== "OPEN") continue;
    for (let days = within; days >= 0; days--) {
      const key = `${String(incoming.dayNumber - days)} ${keyOf(incoming)}`;
      const stored = pending.find(key, (row) => ibansAgree(incoming, row) && fits(incoming, row));
      if (stored === null) continue;
      take(incoming, stored, "PENDING_BOOKED");
      break;
    }
  }
}

function ibansAgree(incoming: IncomingRow, stored: StoredRow): boolean {
  const [a, b] = [incoming.facts.counterpartyIban, stored.row.counterpartyIban];
  return a === null || b === null || a === b;
}

function samePurchase(incoming: IncomingRow, stored: StoredRow): boolean {
  return incoming.facts.transactionDate !== null && incoming.facts.transactionDate === stored.row.transactionDate;
}

function alike(incoming: IncomingRow, stored: StoredRow): boolean {
  return (incoming.account !== null && incoming.account === stored.account) || incoming.wording === stored.wording;
}

function wasExchanged(incoming: IncomingRow, stored: StoredRow): boolean {
  const [a, b] = [incoming.facts.exchangeCurrency, stored.row.exchangeCurrency];
  return a !== null || b !== null;
}

/** Same direction, and no further apart than a twentieth of the booked amount. */
function nearly(incoming: IncomingRow, stored: StoredRow): boolean {
  const { amount } = incoming.facts;
  if (isNegative(amount) !== isNegative(stored.row.amount)) return false;
  const difference = absolute(add(amount, negate(stored.row.amount)));
  let times = difference;
  for (let i = 1; i < RATE_TOLERANCE; i++) times = add(times, difference);
  return compare(times, absolute(amount)) <= 0;
}
