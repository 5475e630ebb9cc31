import { join } from "./candidates.ts";
import { namesForbid, statusAllows, type IncomingRow, type Pool, type StoredRow } from "./pool.ts";

const WITHIN_DAYS = 2;

/** Pass 5: the other side's IBAN and the amount, within two days; nearest day first. */
export function matchCounterpartyIban(pool: Pool): void {
  for (let days = 0; days <= WITHIN_DAYS; days++) {
    const keysOf = (row: IncomingRow): readonly string[] =>
      keyOf(row.facts.counterpartyIban, row.money, days === 0 ? [row.dayNumber] : [row.dayNumber - days, row.dayNumber + days]);
    join(pool, "COUNTERPARTY_IBAN", storedKey, keysOf, (incoming, stored) => {
      return statusAllows(incoming, stored) && !namesForbid(pool, incoming, stored);
    });
  }
}

function storedKey(row: StoredRow): string | null {
  return keyOf(row.row.counterpartyIban, row.money, [row.dayNumber])[0] ?? null;
}

function keyOf(iban: string | null, money: string, days: readonly number[]): readonly string[] {
  return iban === null ? [] : days.map((day) => `${iban} ${money} ${String(day)}`);
}
