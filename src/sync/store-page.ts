import type { TransactionPage } from "../connectors/connector.ts";
import type { Account } from "../domain/account.ts";
import type { NewChange } from "../domain/change.ts";
import type { TransactionId } from "../domain/ids.ts";
import { addDays, daysBetween, type Day } from "../domain/time.ts";
import type { Transaction } from "../domain/transaction.ts";
import type { UpdateStep } from "../domain/update.ts";
import { healedCurrency } from "./balances-step.ts";
import { trustOf } from "./habits.ts";
import { match } from "./matcher/match.ts";
import type { IncomingRow } from "./matcher/pool.ts";
import type { AnswerMemory } from "./matcher/repeats.ts";
import { quarantineRows } from "./quarantine.ts";
import { dateOf, merge, metAgain, newTransaction } from "./rows.ts";
import type { UpdateRun } from "./run.ts";
import { writeState, type StepState } from "./step-state.ts";

/** Rows a commit: bigger transactions hold the write lock so long that readers feel it. */
const SLICE = 600;
/** Rows this near a page's days may be its rows: names are believed up to 10 days apart. */
const MARGIN_DAYS = 10;
/** A booked row without any date has the day it was first seen; it is looked for this far back. */
const UNDATED_DAYS = 31;

/** One page of an answer on its way into the store. */
export interface PageToStore {
  readonly account: Account;
  readonly step: UpdateStep;
  readonly state: StepState;
  readonly after: StepState;
  readonly page: TransactionPage;
  readonly digest: string;
  readonly memory: AnswerMemory;
  /** An earlier run stored some slices of this very page and died: its rows are matched anew with what is there. */
  readonly partial: boolean;
}

/**
 * Matches a page and stores it: rows, change log, what was consumed, counters and the new position, in one commit; a page of more
 * than 600 rows in several, the position with the last one. A slice that is stored again finds its own rows and adds nothing.
 */
export async function storePage(run: UpdateRun, work: PageToStore): Promise<void> {
  const { account, step, state, page } = work;
  const units = await unitsOf(run, work);
  const currency = healedCurrency(
    account,
    page.rows.map((row) => row.currency),
  );
  const slices = Math.max(1, Math.ceil(units.length / SLICE));
  for (let slice = 0; slice < slices; slice++) {
    const part = units.slice(slice * SLICE, (slice + 1) * SLICE);
    const last = slice === slices - 1;
    const inserted = part.filter((unit) => unit.kind === "insert").map((unit) => unit.row);
    const updated = part.filter((unit) => unit.kind === "update").map((unit) => unit.row);
    const changes = changesOf(run, part);
    if (last && currency !== null) changes.push({ type: "AccountChanged", ...subject(run, account.id), subjectId: account.id });
    const { update } = run;
    await run.commit({
      counters: {
        added: update.added + inserted.length,
        modified: update.modified + part.filter((unit) => unit.kind === "update" && unit.visible).length,
        ...(last ? { transactionsSeen: update.transactionsSeen + page.rows.length } : {}),
      },
      changes,
      ...(last ? { event: { type: "pageStored" } } : {}),
      ...(last ? { steps: [{ position: step.position, patch: positionPatch(run, work) }] } : {}),
      write: async (tx) => {
        if (slice === 0 && work.partial) await tx.dropSeenSlices(update.id, step.position, state.page);
        if (inserted.length > 0) await tx.insertTransactions(inserted);
        if (updated.length > 0) await tx.updateTransactions(updated);
        await tx.putSeenSlice({
          ...{ userId: account.userId, consentId: account.consentId, updateId: update.id, position: step.position },
          ...{ page: state.page, slice, cursor: state.next, digest: work.digest },
          ...datesOf(part, run.today()),
          ids: part.filter((unit) => !unit.stale).map((unit) => unit.row.id),
          staleIds: part.filter((unit) => unit.stale).map((unit) => unit.row.id),
        });
        if (last && page.quarantined.length > 0) await tx.insertQuarantine(quarantineRows(run, account.id, page.quarantined));
        if (last && currency !== null) await tx.patchAccount(account.id, { currency, updatedAt: run.now() });
      },
    });
  }
}

function positionPatch(run: UpdateRun, { step, page, after }: PageToStore): Partial<UpdateStep> {
  const now = run.step(step.position);
  return {
    cursor: writeState(after),
    pages: now.pages + 1,
    seen: now.seen + page.rows.length,
    quarantined: now.quarantined + page.quarantined.length,
  };
}

interface Unit {
  readonly kind: "insert" | "update" | "same";
  readonly row: Transaction;
  readonly visible: boolean;
  readonly stale: boolean;
}

async function unitsOf(run: UpdateRun, work: PageToStore): Promise<readonly Unit[]> {
  const { page, account, memory } = work;
  if (page.rows.length === 0) return [];
  const today = run.today();
  const incoming = page.rows.map((facts) => ({ facts, date: dateOf(facts, today) }));
  const { stored, consumed } = await candidates(run, work, incoming);
  const now = run.now();
  const units: Unit[] = [];
  const scope = { from: work.step.windowFrom, to: work.step.windowTo, whole: work.state.page === 0 && page.next === null };
  const matched = match({ stored, incoming, consumed, memory, scope, trust: trustOf(run.habits) });
  run.observations.page(matched.rows, matched.lies);
  for (const row of matched.rows) {
    const unit = unitOf(row, account, now);
    if (unit !== null) units.push(unit);
    if (unit?.kind === "insert" && row.booked) observeLate(run, account, unit.row.date, today);
  }
  // A booked row and its stale form on one page: what the booked one says is stored, the stale one has nothing to add.
  const moved = new Set(units.filter((unit) => unit.kind === "update" && !unit.stale).map((unit) => unit.row.id));
  return units.map((unit) => (unit.stale && moved.has(unit.row.id) ? { ...unit, kind: "same" as const } : unit));
}

/** A booked row on a day that a complete answer had covered before: the bank shows rows late. */
function observeLate(run: UpdateRun, account: Account, date: Day, today: Day): void {
  if (account.coverage.some(({ from, to }) => date >= from && date < to)) run.observations.late(daysBetween(date, today));
}

function unitOf(incoming: IncomingRow, account: Account, now: number): Unit | null {
  switch (incoming.fate) {
    case "REPEAT":
      return null;
    case "OPEN":
      return { kind: "insert", row: newTransaction(incoming.facts, account, incoming.date, now), visible: true, stale: false };
    case "MATCHED":
    case "STALE": {
      const stored = incoming.match?.row;
      if (!stored) return null;
      const stale = incoming.fate === "STALE";
      const merged = stale ? metAgain(stored) : merge(stored, incoming.facts, incoming.evidence, now);
      if (merged.row === null) return { kind: "same", row: stored, visible: false, stale };
      return { kind: "update", row: merged.row, visible: merged.visible, stale };
    }
  }
}

/** The stored rows that the page's rows may be, and which of them earlier pages of the answer have used. */
async function candidates(
  run: UpdateRun,
  work: PageToStore,
  incoming: readonly { readonly date: Day; readonly facts: { readonly status: string } }[],
) {
  const { state, account, step } = work;
  const nothing = { stored: [], consumed: { ids: new Set<TransactionId>(), staleIds: new Set<TransactionId>() } };
  let [from, to] = extremes(incoming.map((row) => row.date));
  if (from === null || to === null) return nothing;
  const undated = work.page.rows.some((row) => row.bookingDate === null && row.valueDate === null && row.transactionDate === null);
  from = addDays(from, -MARGIN_DAYS);
  if (undated) from = min(from, addDays(run.today(), -UNDATED_DAYS));
  to = addDays(to, MARGIN_DAYS);
  const meets = state.known !== null && from <= state.known.to && to >= state.known.from;
  if (!meets && !work.partial) return nothing;
  const { store } = run.parts;
  const rows = await store.transactionsForMatching(account.id, from, to);
  const slices = await store.seenSlices(run.update.id, step.position, { from, to });
  const earlier = slices.filter((slice) => slice.page < state.page);
  return {
    // Pending rows of other days come along: without the slices of their days nobody knows whether they are free.
    stored: rows.filter((row) => row.date >= from && row.date <= to),
    consumed: { ids: new Set(earlier.flatMap((slice) => slice.ids)), staleIds: new Set(earlier.flatMap((slice) => slice.staleIds)) },
  };
}

function changesOf(run: UpdateRun, part: readonly Unit[]): NewChange[] {
  const changes: NewChange[] = [];
  for (const { kind, row, visible } of part) {
    if (!visible) continue;
    changes.push({
      type: kind === "insert" ? "TransactionAdded" : "TransactionModified",
      subjectId: row.id,
      ...subject(run, row.accountId),
    });
  }
  return changes;
}

function subject(run: UpdateRun, accountId: Account["id"]) {
  return { consentId: run.consent.id, accountId, updateId: run.update.id };
}

function datesOf(part: readonly Unit[], today: Day): { readonly from: Day; readonly to: Day } {
  const [from, to] = extremes(part.map((unit) => unit.row.date));
  return { from: from ?? today, to: to ?? today };
}

function extremes(days: readonly Day[]): [Day | null, Day | null] {
  let [from, to] = [days[0] ?? null, days[0] ?? null];
  for (const day of days) {
    if (from === null || day < from) from = day;
    if (to === null || day > to) to = day;
  }
  return [from, to];
}

function min(a: Day, b: Day): Day {
  return a < b ? a : b;
}
