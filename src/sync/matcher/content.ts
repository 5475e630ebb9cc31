import { join } from "./candidates.ts";
import { accountsDiffer, namesForbid, otherPurchase, type IncomingRow, type Pool, type StoredRow } from "./pool.ts";

/**
 * Pass 4: same day, amount, currency, direction, and the other side's account or the wording, by count: two equal coffees take
 * two stored rows. Rows of the same status go first, so that a pending and a booked coffee of one day do not change places.
 */
export function matchContent(pool: Pool): void {
  const byAccount = (row: StoredRow | IncomingRow): string | null =>
    row.account === null ? null : `${row.day}|${row.money}|${row.account}`;
  const byWording = (row: StoredRow | IncomingRow): string => `${row.day}|${row.money}|${row.wording}`;
  const accountKeys = (row: IncomingRow): readonly string[] => keys(byAccount(row));
  const wordingKeys = (row: IncomingRow): readonly string[] => keys(byWording(row));
  join(pool, "CONTENT", byAccount, accountKeys, (incoming, stored) => sameStatus(incoming, stored) && incoming.wording === stored.wording);
  join(pool, "CONTENT", byAccount, accountKeys, sameStatus);
  join(pool, "CONTENT", byWording, wordingKeys, (incoming, stored) => sameStatus(incoming, stored) && !accountsDiffer(incoming, stored));
  join(pool, "PENDING_BOOKED", byAccount, accountKeys, booksToday);
  join(pool, "PENDING_BOOKED", byWording, wordingKeys, booksToday);
}

/**
 * The rest of pass 4, after names have had their second say: text breaks ties and never decides, so a row whose text alone
 * changed is the stored row of that day and amount, unless the other side's account or a proven name says otherwise.
 */
export function matchRewrittenContent(pool: Pool): void {
  const byDay = (row: StoredRow | IncomingRow): string => `${row.day}|${row.money}`;
  join(
    pool,
    "CONTENT",
    byDay,
    (row) => [byDay(row)],
    (incoming, stored) => {
      return sameStatus(incoming, stored) && !accountsDiffer(incoming, stored) && !namesForbid(pool, incoming, stored);
    },
  );
}

function keys(key: string | null): readonly string[] {
  return key === null ? [] : [key];
}

/** Same status, and no two purchases of different days that were merely booked on one. */
function sameStatus(incoming: IncomingRow, stored: StoredRow): boolean {
  return incoming.booked === stored.booked && !otherPurchase(incoming, stored);
}

/** A pending row is booked on its own day. Where both say when the purchase was, they must agree. */
function booksToday(incoming: IncomingRow, stored: StoredRow): boolean {
  return incoming.booked && !stored.booked && !accountsDiffer(incoming, stored) && !otherPurchase(incoming, stored);
}
