import type { BankHabits, NameKind, NameTally } from "../domain/bank-habits.ts";
import type { BankId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";
import { KINDS, learned, noHabits } from "./habits.ts";
import { isPlace } from "./matcher/names.ts";
import { nameOf, type IncomingRow, type StoredRow } from "./matcher/pool.ts";

/** What one run sees of its bank's ways, until it is written down with the next step that ends. */
export class Observations {
  readonly #bankId: BankId;
  #seen: BankHabits;

  constructor(bankId: BankId) {
    this.#bankId = bankId;
    this.#seen = noHabits(bankId);
  }

  /** How the rows of a matched page kept their names. `lies` = rows whose name had another row's content. */
  page(rows: readonly IncomingRow[], lies: readonly { readonly kind: NameKind; readonly name: string }[]): void {
    const tallies = { REFERENCE: emptyTally(), ID: emptyTally() };
    let pendingDays = 0;
    for (const row of rows) {
      if (row.fate !== "MATCHED" || row.match === null) continue;
      for (const kind of KINDS) count(tallies[kind], row, row.match, kind);
      if (row.booked && !row.match.booked && (row.evidence === "ENTRY_REFERENCE" || row.evidence === "BANK_ID")) {
        pendingDays = Math.max(pendingDays, row.dayNumber - row.match.dayNumber);
      }
    }
    for (const { kind, name } of lies) {
      tallies[kind].lies++;
      if (isPlace(name)) tallies[kind].positional++;
    }
    this.#seen = learned(this.#seen, { ...noHabits(this.#bankId), names: tallies, pendingDays });
  }

  /** A booked row came this many days after its date, although a complete fetch had covered that day before. */
  late(days: number): void {
    this.#seen = learned(this.#seen, { ...noHabits(this.#bankId), lateDays: days });
  }

  datesIgnored(at: Instant): void {
    this.#seen = learned(this.#seen, { ...noHabits(this.#bankId), datesIgnoredAt: at });
  }

  /** What was seen since the last call. */
  take(): BankHabits {
    const seen = this.#seen;
    this.#seen = noHabits(this.#bankId);
    return seen;
  }
}

type Counting = { -readonly [K in keyof NameTally]: NameTally[K] };

function emptyTally(): Counting {
  return { ...noHabits("").names.ID };
}

function count(tally: Counting, row: IncomingRow, stored: StoredRow, kind: NameKind): void {
  const [name, before] = [nameOf(kind, row.facts), nameOf(kind, stored.row)];
  const booking = row.booked && !stored.booked;
  if (name === null) {
    if (before === null) tally.missing++;
  } else if (before === null) {
    tally.late++;
  } else if (booking) {
    tally[name === before ? "keptAtBooking" : "changedAtBooking"]++;
  } else {
    tally[name === before ? "same" : "changed"]++;
  }
}
