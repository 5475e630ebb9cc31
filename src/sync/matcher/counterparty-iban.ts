import { join, namesForbid, statusAllows, type IncomingRow, type Pool, type StoredRow } from "./pool.ts";

const WITHIN_DAYS = 2;

/** Pass 5: the other side's IBAN and the amount, within two days; nearest day first. */
export function matchCounterpartyIban(pool: Pool): void {
  for (let days = 0; days <= WITHIN_DAYS; days++) {
    join(pool, "COUNTERPARTY_IBAN", storedKey, incomingKey, (incoming, stored) => {
      if (!statusAllows(incoming, stored) || namesForbid(pool, incoming, stored)) return false;
      return Math.abs(incoming.dayNumber - stored.dayNumber) === days;
    });
  }
}

function storedKey(row: StoredRow): string | null {
  return row.row.counterpartyIban === null ? null : `${row.row.counterpartyIban} ${row.money}`;
}

function incomingKey(row: IncomingRow): string | null {
  return row.facts.counterpartyIban === null ? null : `${row.facts.counterpartyIban} ${row.money}`;
}
