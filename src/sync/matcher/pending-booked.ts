import { absolute, add, compare, isNegative, negate } from "../../domain/money.ts";
import { bucket, otherPurchase, take, type IncomingRow, type Pool, type StoredRow } from "./pool.ts";

const WITHIN_DAYS = 5;
/** Card amounts in foreign currency are settled at another rate than they were reserved at. */
const RATE_TOLERANCE = 20; // a twentieth of the amount

/**
 * Pass 6: a stored PENDING row is booked 0 to 5 days later. Rows that also agree in account, purchase day or wording go first;
 * within those the oldest pending meets the oldest booking.
 */
export function matchPendingBooked(pool: Pool): void {
  const pending = pool.stored.filter((row) => !row.taken && !row.booked);
  if (pending.length === 0) return;
  pending.sort((a, b) => a.dayNumber - b.dayNumber);
  const booked = pool.incoming.filter((row) => row.fate === "OPEN" && row.booked).sort((a, b) => a.dayNumber - b.dayNumber);
  const byMoney = bucket(pending, (row) => row.money);
  pair(
    booked,
    (row) => byMoney.get(row.money),
    (incoming, stored) => samePurchase(incoming, stored) && alike(incoming, stored),
  );
  pair(
    booked,
    (row) => byMoney.get(row.money),
    (incoming, stored) => alike(incoming, stored) && !otherPurchase(incoming, stored),
  );
  pair(
    booked,
    (row) => byMoney.get(row.money),
    (incoming, stored) => !otherPurchase(incoming, stored),
  );
  const exchanged = booked.filter((row) => row.fate === "OPEN");
  if (exchanged.length === 0) return;
  const byCurrency = bucket(pending, (row) => row.row.currency);
  pair(
    exchanged,
    (row) => byCurrency.get(row.facts.currency),
    (incoming, stored) => wasExchanged(incoming, stored) && nearly(incoming, stored) && alike(incoming, stored),
  );
}

function pair(
  booked: readonly IncomingRow[],
  candidates: (row: IncomingRow) => readonly StoredRow[] | undefined,
  fits: (incoming: IncomingRow, stored: StoredRow) => boolean,
): void {
  for (const incoming of booked) {
    if (incoming.fate !== "OPEN") continue;
    const stored = candidates(incoming)?.find(
      (row) => !row.taken && inTime(incoming, row) && ibansAgree(incoming, row) && fits(incoming, row),
    );
    if (stored) take(incoming, stored, "PENDING_BOOKED");
  }
}

function inTime(incoming: IncomingRow, stored: StoredRow): boolean {
  const days = incoming.dayNumber - stored.dayNumber;
  return days >= 0 && days <= WITHIN_DAYS;
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
