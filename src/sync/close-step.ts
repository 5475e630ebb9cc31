import type { NewChange } from "../domain/change.ts";
import type { TransactionId } from "../domain/ids.ts";
import { addDays, type Day } from "../domain/time.ts";
import type { Transaction } from "../domain/transaction.ts";
import type { UpdateStep } from "../domain/update.ts";
import { cover, sameCoverage } from "./coverage.ts";
import type { Tx } from "../store/store.ts";
import { ourError } from "./failures.ts";
import { learned, noHabits } from "./habits.ts";
import { accountOf } from "./owned.ts";
import { provenFrom } from "./planner.ts";
import type { UpdateRun } from "./run.ts";
import type { StepState } from "./step-state.ts";
import { missing } from "./voiding.ts";

/** Days looked at together: an account of a million rows is never in memory whole. */
const CHUNK_DAYS = 31;
const SLICE = 600;

/** Ends a step whose pages are all stored. Only a whole answer is DONE, moves coverage, or voids what it lacks. */
export async function closeStep(run: UpdateRun, step: UpdateStep, state: StepState): Promise<void> {
  if (state.cut) {
    await run.commit({
      steps: [{ position: step.position, patch: { status: "FAILED", cursor: null, error: ourError("BANK_BAD_RESPONSE") } }],
      write: async (tx) => {
        await tx.dropSeenSlices(run.update.id, step.position, 0);
        await learn(run, tx);
      },
    });
    return;
  }
  const account = await accountOf(run, step);
  const from = provenFrom(step, state.oldest, run.today());
  const to = step.windowTo ?? run.today();
  const lacking = from === null ? [] : await lackingRows(run, step, state, from, to);
  // Booked rows first: their count is tied to the day, so a slice stored twice counts once.
  lacking.sort((a, b) => (a.status === b.status ? 0 : a.status === "BOOKED" ? -1 : 1));
  while (lacking.length > SLICE) await storeLacking(run, lacking.splice(0, SLICE));
  const coverage = from === null ? account.coverage : cover(account.coverage, { from, to });
  const moved = !sameCoverage(account.coverage, coverage);
  const changes: NewChange[] = voidings(run, lacking);
  if (moved)
    changes.push({
      type: "AccountChanged",
      subjectId: account.id,
      consentId: run.consent.id,
      accountId: account.id,
      updateId: run.update.id,
    });
  await run.commit({
    steps: [{ position: step.position, patch: { status: "DONE", cursor: null, coveredFrom: from, coveredTo: to } }],
    counters: { removed: run.update.removed + voidCount(lacking) },
    changes,
    write: async (tx) => {
      if (lacking.length > 0) await tx.updateTransactions(lacking);
      if (moved) await tx.patchAccount(account.id, { coverage, updatedAt: run.now() });
      await tx.dropSeenSlices(run.update.id, step.position, 0);
      await learn(run, tx);
    },
  });
}

/** Adds what the step has shown of the bank's ways to what is known. A commit that fails loses it; the next fetch shows it again. */
async function learn(run: UpdateRun, tx: Tx): Promise<void> {
  const { bankId } = run.consent;
  const known = (await tx.bankHabits(bankId)) ?? noHabits(bankId);
  await tx.putBankHabits(learned(known, run.observations.take()));
}

async function lackingRows(run: UpdateRun, step: UpdateStep, state: StepState, from: Day, to: Day): Promise<Transaction[]> {
  if (state.known === null || step.accountId === null) return []; // whatever is there now came with this answer
  const { store } = run.parts;
  const first = from > state.known.from ? from : state.known.from;
  const last = to < state.known.to ? to : state.known.to;
  const found: Transaction[] = [];
  for (let day = first; day <= last; day = addDays(day, CHUNK_DAYS)) {
    const end = addDays(day, CHUNK_DAYS - 1);
    const range = { from: day, to: end < last ? end : last };
    const rows = (await store.transactionsForMatching(step.accountId, range.from, range.to)).filter(
      (row) => row.date >= range.from && row.date <= range.to,
    );
    const slices = await store.seenSlices(run.update.id, step.position, range);
    const seen = new Set<TransactionId>(slices.flatMap((slice) => [...slice.ids, ...slice.staleIds]));
    found.push(
      ...missing(rows, {
        ...range,
        today: run.today(),
        now: run.now(),
        pendingKnown: !state.pendingUnknown,
        oldestBooked: state.oldestBooked,
        pendingDays: run.habits.pendingDays,
        seen,
      }),
    );
  }
  return found;
}

async function storeLacking(run: UpdateRun, rows: readonly Transaction[]): Promise<void> {
  await run.commit({
    counters: { removed: run.update.removed + voidCount(rows) },
    changes: voidings(run, rows),
    write: (tx) => tx.updateTransactions(rows),
  });
}

function voidings(run: UpdateRun, rows: readonly Transaction[]): NewChange[] {
  return rows
    .filter((row) => row.status === "VOIDED")
    .map((row) => ({
      type: "TransactionRemoved",
      subjectId: row.id,
      consentId: run.consent.id,
      accountId: row.accountId,
      updateId: run.update.id,
      reason: row.voidReason,
    }));
}

function voidCount(rows: readonly Transaction[]): number {
  return rows.filter((row) => row.status === "VOIDED").length;
}
