import { pendingForm } from "./forms.ts";
import { namesForbid, takeStale, UNDATED, type Pool, type StoredRow } from "./pool.ts";

/** A pending form without any date says nothing about when: believed only while the booking is this fresh. */
const UNDATED_DAYS = 5;

/**
 * A pending row that looks as a booked row once looked is that row's stale form: it finds the booked row and adds nothing.
 * Each booked row answers for one stale form an answer, so a second equal purchase is still a row of its own.
 */
export function matchStalePending(pool: Pool): void {
  const forms = new Map<string, StoredRow[]>();
  for (const stored of pool.stored) {
    if (!stored.booked || stored.staleTaken) continue;
    for (const alias of stored.row.aliases) {
      if (alias.kind !== "PENDING_FORM") continue;
      const list = forms.get(alias.value);
      if (list) list.push(stored);
      else forms.set(alias.value, [stored]);
    }
  }
  if (forms.size === 0) return;
  for (const incoming of pool.incoming) {
    if (incoming.fate !== "OPEN" || incoming.booked) continue;
    const stored = forms.get(pendingForm(incoming.facts))?.find((row) => {
      if (row.staleTaken || namesForbid(pool, incoming, row)) return false;
      return incoming.day !== UNDATED || Math.abs(incoming.dayNumber - row.dayNumber) <= UNDATED_DAYS;
    });
    if (stored) takeStale(incoming, stored, "PENDING_BOOKED");
  }
}
