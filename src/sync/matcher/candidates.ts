import type { MatchEvidence } from "../../domain/transaction.ts";
import { take, type IncomingRow, type Pool, type StoredRow } from "./pool.ts";

/** Rows of one key that an incoming row looks at. Beyond it they are so alike that nobody could tell them apart. */
const MOST_LOOKS = 100;

interface Link {
  readonly row: StoredRow;
  next: Link | null;
}

/** Stored rows of one key in order; rows that are gone leave it for good, so that a thousand equal rows cost a thousand looks. */
class Chain {
  #first: Link | null = null;
  #last: Link | null = null;

  add(row: StoredRow): void {
    const link: Link = { row, next: null };
    if (this.#last === null) this.#first = link;
    else this.#last.next = link;
    this.#last = link;
  }

  find(fits: (row: StoredRow) => boolean, gone: (row: StoredRow) => boolean): StoredRow | null {
    let before: Link | null = null;
    let looks = 0;
    for (let link = this.#first; link !== null && looks < MOST_LOOKS; link = link.next) {
      if (gone(link.row)) {
        if (before === null) this.#first = link.next;
        else before.next = link.next;
        if (link.next === null) this.#last = before;
        continue;
      }
      looks++;
      if (fits(link.row)) return link.row;
      before = link;
    }
    return null;
  }
}

/** Stored rows by key: the hash side of a join. Keys of null are left out. */
export class Candidates {
  readonly #chains = new Map<string, Chain>();

  put(key: string | null, row: StoredRow): void {
    if (key === null) return;
    let chain = this.#chains.get(key);
    if (!chain) this.#chains.set(key, (chain = new Chain()));
    chain.add(row);
  }

  get empty(): boolean {
    return this.#chains.size === 0;
  }

  find(key: string, fits: (row: StoredRow) => boolean, gone: (row: StoredRow) => boolean = (row) => row.taken): StoredRow | null {
    return this.#chains.get(key)?.find(fits, gone) ?? null;
  }
}

/** The free ones of `rows`, those that live before the voided ones, in the order given. */
export function candidates(rows: readonly StoredRow[], keyOf: (row: StoredRow) => string | null): Candidates {
  const found = new Candidates();
  for (const voided of [false, true]) {
    for (const row of rows) {
      if (row.taken || (row.row.status === "VOIDED") !== voided || row.row.voidReason === "MERGED") continue;
      found.put(keyOf(row), row);
    }
  }
  return found;
}

/** Pairs each open incoming row with the first free stored row under one of its keys that `fits`. */
export function join(
  pool: Pool,
  evidence: MatchEvidence,
  keyOfStored: (row: StoredRow) => string | null,
  keysOfIncoming: (row: IncomingRow) => readonly string[],
  fits: (incoming: IncomingRow, stored: StoredRow) => boolean,
): void {
  if (!pool.incoming.some((row) => row.fate === "OPEN") || !pool.stored.some((row) => !row.taken)) return;
  const stored = candidates(pool.stored, keyOfStored);
  if (stored.empty) return;
  for (const incoming of pool.incoming) {
    if (incoming.fate !== "OPEN") continue;
    for (const key of keysOfIncoming(incoming)) {
      const match = stored.find(key, (row) => fits(incoming, row));
      if (match === null) continue;
      take(incoming, match, evidence);
      break;
    }
  }
}
