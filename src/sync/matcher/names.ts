import type { NameKind } from "../../domain/bank-habits.ts";
import type { MatchEvidence } from "../../domain/transaction.ts";
import { nameOf, otherPurchase, sameSize, take, takeStale, type IncomingRow, type Pool, type StoredRow } from "./pool.ts";

/** A booked row does not move further than this; the same name on rows further apart is a name used again. */
const MAX_MOVE_DAYS = 10;
/** More contradicted names than this share of a page, and the kind is not believed on the whole page. */
const MAX_LIES = 0.25;

/** `7`, `2026-09-07.5`, `20260907-0005`: a place in a list. */
const PLACE = /^(\d{1,4}|.*\d[.\-_/#]0*\d{1,4})$/;

export function isPlace(name: string): boolean {
  return PLACE.test(name);
}

/**
 * Passes 1 and 2: the bank's own names, former ones included, where they are unique in the answer and in the store.
 * A name whose row has another content is not believed. A page on which names lie often is matched without them; at a bank whose
 * names have lied before they only confirm what the content says.
 */
export function matchNames(pool: Pool, kind: NameKind, evidence: MatchEvidence, usedTwice: (name: string) => boolean): void {
  const stored = rowsByName(pool.stored, kind);
  if (stored.size === 0) return;
  const counts = countNames(pool.incoming, kind);
  const believed: Array<[IncomingRow, StoredRow]> = [];
  let lies = 0;
  for (const incoming of pool.incoming) {
    const name = incoming.fate === "OPEN" ? nameOf(kind, incoming.facts) : null;
    if (name === null) continue;
    const row = stored.get(name);
    if (row === null) pool.lies.push({ kind, name });
    if (row === undefined || row === null || counts.get(countKey(incoming, name)) !== 1 || usedTwice(name)) continue;
    // Booking moves a row to another place: what has this one now is another row.
    if (isPlace(name) && incoming.booked !== row.booked) continue;
    if (contradicts(incoming, row)) {
      lies++;
      pool.lies.push({ kind, name });
    } else {
      believed.push([incoming, row]);
    }
  }
  if (lies > 1 && lies > MAX_LIES * (lies + believed.length)) return;
  for (const [incoming, row] of believed) {
    if (!incoming.booked && row.booked) {
      const reliable = !isPlace(nameOf(kind, incoming.facts) ?? "") && !pool.trust.distrusted.has(kind);
      if (reliable && !row.staleTaken && !otherPurchase(incoming, row)) takeStale(incoming, row, evidence);
    } else if (row.taken) {
      // Its pending form came on an earlier page, by content; here is the same row under its own name, booked.
      if (incoming.booked && row.row.status === "PENDING" && agrees(incoming, row) && !row.bookedTaken) take(incoming, row, evidence);
    } else if (pool.trust.distrusted.has(kind)) {
      if (agrees(incoming, row) && !moved(incoming, row)) take(incoming, row, evidence);
    } else if (moved(incoming, row)) {
      if (mayMove(pool, kind, incoming, row)) pool.weak.push({ incoming, stored: row, evidence });
    } else if (agrees(incoming, row)) {
      pool.proven.add(kind);
      take(incoming, row, evidence);
    } else {
      pool.weak.push({ incoming, stored: row, evidence });
    }
  }
}

/** After the content has spoken: a name whose two rows nobody else claimed is believed (the bank rewrote the text). */
export function matchWeakNames(pool: Pool): void {
  for (const { incoming, stored, evidence } of pool.weak) {
    if (incoming.fate === "OPEN" && !stored.taken) take(incoming, stored, evidence);
  }
}

/** Pending rows that carry the name of a row booked on the same page: the bank lists both forms at once. */
export function dropNamedTwins(pool: Pool): void {
  const names = new Map<string, IncomingRow>();
  for (const row of pool.incoming) {
    if (!row.booked || row.fate === "REPEAT") continue;
    if (row.facts.entryReference !== null) names.set(`REFERENCE ${row.facts.entryReference}`, row);
    if (row.facts.bankTransactionId !== null) names.set(`ID ${row.facts.bankTransactionId}`, row);
  }
  if (names.size === 0) return;
  for (const row of pool.incoming) {
    if (row.booked || row.fate !== "OPEN") continue;
    const { entryReference, bankTransactionId } = row.facts;
    const twin =
      (entryReference === null ? undefined : names.get(`REFERENCE ${entryReference}`)) ??
      (bankTransactionId === null ? undefined : names.get(`ID ${bankTransactionId}`));
    if (twin !== undefined && formsOfOne(row, twin)) row.fate = "REPEAT";
  }
}

/** A pending and a booked row that share a name: the same money and, as far as both say it, the same purchase. */
function formsOfOne(pending: IncomingRow, booked: IncomingRow): boolean {
  const [bought, same] = [pending.facts.transactionDate, booked.facts.transactionDate];
  if (bought !== null && same !== null && bought !== same) return false;
  return booked.money === pending.money && Math.abs(booked.dayNumber - pending.dayNumber) <= MAX_MOVE_DAYS;
}

/** Null marks a name that several stored rows carry. */
function rowsByName(rows: readonly StoredRow[], kind: NameKind): Map<string, StoredRow | null> {
  const found = new Map<string, StoredRow | null>();
  const put = (name: string, row: StoredRow): void => {
    const before = found.get(name);
    if (before === undefined || (before !== null && before.row.status === "VOIDED" && row.row.status !== "VOIDED")) found.set(name, row);
    else if (before !== row && row.row.status !== "VOIDED") found.set(name, null);
  };
  for (const row of rows) {
    if (row.row.voidReason === "MERGED") continue;
    const name = nameOf(kind, row.row);
    if (name !== null) put(name, row);
    for (const alias of row.row.aliases) if (alias.kind === kind && alias.value !== name) put(alias.value, row);
  }
  return found;
}

function countNames(rows: readonly IncomingRow[], kind: NameKind): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const name = row.fate === "REPEAT" ? null : nameOf(kind, row.facts);
    if (name === null) continue;
    const key = countKey(row, name);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** The pending and the booked form of one row may carry one name in one answer: counted apart. */
function countKey(row: IncomingRow, name: string): string {
  return `${row.booked ? "B" : "P"} ${name}`;
}

/** Other amount; or other direction and another day; or a booked row that would have moved by more than a bank moves rows. */
function contradicts(incoming: IncomingRow, stored: StoredRow): boolean {
  if (!sameSize(incoming, stored)) return true;
  if (incoming.money !== stored.money && incoming.day !== stored.day) return true;
  return Math.abs(incoming.dayNumber - stored.dayNumber) > MAX_MOVE_DAYS && stored.booked;
}

/** Another day, of booking or of the purchase. Banks correct days; banks that use names again seem to. */
function moved(incoming: IncomingRow, stored: StoredRow): boolean {
  return (stored.booked && incoming.day !== stored.day) || otherPurchase(incoming, stored);
}

/**
 * Whether a name may carry its row to another day: not where the name is a mere place, where the row's other name is another one,
 * where the answer was not asked for the row's old day, or where a later page may still show the row as it was, unless names have
 * been reliable at this bank.
 */
function mayMove(pool: Pool, kind: NameKind, incoming: IncomingRow, { row, booked }: StoredRow): boolean {
  if (isPlace(nameOf(kind, incoming.facts) ?? "")) return false;
  const other = kind === "ID" ? "REFERENCE" : "ID";
  const [name, known] = [nameOf(other, incoming.facts), nameOf(other, row)];
  if (booked && name !== null && known !== null && name !== known) return false;
  const { from, to, whole } = pool.scope;
  const asked = (from === null || row.date >= from) && (to === null || row.date <= to);
  return (asked || !booked) && (whole || pool.trust.stable.has(kind));
}

function agrees(incoming: IncomingRow, stored: StoredRow): boolean {
  if (incoming.account !== null && incoming.account === stored.account) return true;
  return incoming.wording === stored.wording;
}
