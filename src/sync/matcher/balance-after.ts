import { join } from "./candidates.ts";
import { statusAllows, type IncomingRow, type Pool, type StoredRow } from "./pool.ts";

/** Days by which the booking may have moved, nearest first. */
const SHIFTS = [0, -1, 1];
/** Banks that print the same closing balance on every row say nothing with it. */
const MIN_DISTINCT = 0.5;

/** Pass 3: amount and the balance after it, within a day. */
export function matchBalanceAfter(pool: Pool): void {
  if (!balancesMove(pool.incoming)) return;
  const keysOf = (row: IncomingRow): readonly string[] => {
    const key = keyOf(row);
    return key === null ? [] : SHIFTS.map((days) => `${String(row.dayNumber + days)} ${key}`);
  };
  const keyOfStored = (row: StoredRow): string | null => {
    const key = keyOf(row);
    return key === null ? null : `${String(row.dayNumber)} ${key}`;
  };
  join(pool, "BALANCE_AFTER", keyOfStored, keysOf, statusAllows);
}

/** True where the rows' balances differ from row to row, as running balances do. */
export function balancesMove(rows: readonly IncomingRow[]): boolean {
  const balances = new Set<string>();
  let count = 0;
  for (const { facts } of rows) {
    if (facts.balanceAfterAmount === null) continue;
    count++;
    balances.add(facts.balanceAfterAmount);
  }
  return count > 0 && balances.size >= count * MIN_DISTINCT;
}

function keyOf(row: StoredRow | IncomingRow): string | null {
  const facts = "facts" in row ? row.facts : row.row;
  return facts.balanceAfterAmount === null ? null : `${row.money} ${facts.balanceAfterAmount} ${facts.balanceAfterCurrency ?? ""}`;
}
