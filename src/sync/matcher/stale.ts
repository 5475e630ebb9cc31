import { Candidates } from "./candidates.ts";
import { pendingForm } from "./forms.ts";
import { namesForbid, takeStale, UNDATED, type Pool, type StoredRow } from "./pool.ts";

/** A pending form without any date says nothing about when: believed only while the booking is this fresh. */
const UNDATED_DAYS = 5;

/**
 * A pending row that looks as a booked row once looked is that row's stale form: it finds the booked row and adds nothing.
 * Each booked row answers for one stale form an answer, so a second equal purchase is still a row of its own.
 */
export function matchStalePending(pool: Pool): void {
  const forms = new Candidates();
  for (const stored of pool.stored) {
    if (stored.staleTaken) continue;
    // Booked on this very page: its form is still the row's own.
    if (!stored.booked && stored.bookedTaken) forms.put(pendingForm(stored.row), stored);
    if (!stored.booked) continue;
    for (const alias of stored.row.aliases) if (alias.kind === "PENDING_FORM") forms.put(alias.value, stored);
  }
  if (forms.empty) return;
  for (const incoming of pool.incoming) {
    if (incoming.fate !== "OPEN" || incoming.booked) continue;
    const fits = (row: StoredRow): boolean => {
      if (namesForbid(pool, incoming, row)) return false;
      return incoming.day !== UNDATED || Math.abs(incoming.dayNumber - row.dayNumber) <= UNDATED_DAYS;
    };
    const stored = forms.find(pendingForm(incoming.facts), fits, (row) => row.staleTaken);
    if (stored) takeStale(incoming, stored, "PENDING_BOOKED");
  }
}
