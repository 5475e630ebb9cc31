import { BankError, bankErrorInfo, type BankErrorInfo } from "../domain/failure.ts";
import { DAY, type Instant } from "../domain/time.ts";
import type { UpdateStep } from "../domain/update.ts";
import type { Tx } from "../store/store.ts";
import { runAccounts } from "./accounts-step.ts";
import { attendedBy, UserArrived } from "./attended.ts";
import { runBalances } from "./balances-step.ts";
import { beginStep, quotaOver } from "./bank-call.ts";
import { backOff, MAX_RETRIES, outcomeOf, reactionTo } from "./failures.ts";
import { runIdentity } from "./identity-step.ts";
import { isFresh, shorterPeriod } from "./planner.ts";
import { isOver } from "./progress.ts";
import type { StepPatch, UpdateRun } from "./run.ts";
import { readState, START, writeState, type StepState } from "./step-state.ts";
import { initialState, runTransactions } from "./transactions-step.ts";

/** How a step left the update: over and on to the next, waiting until an instant, or at its end. */
export type StepEnd = { readonly kind: "over" } | { readonly kind: "wait"; readonly until: Instant } | { readonly kind: "ended" };

const OVER: StepEnd = { kind: "over" };
/** Waiting for an allowance day after day is no update any more. */
const MAX_AGE = 7 * DAY;

/** Runs one step to its end, whatever the bank does. Store faults and a lost lease are thrown. */
export async function runStep(run: UpdateRun, position: number): Promise<StepEnd> {
  let brokenAt: string | null = null;
  for (;;) {
    const step = run.step(position);
    if (isOver(step)) return OVER;
    run.checkStop();
    const spentUntil = await beginStep(run, step, () => initialState(run, step));
    if (spentUntil !== null) return waitForQuota(run, step, spentUntil, quotaError());
    try {
      const until = await work(run, run.step(position));
      return until === null ? OVER : { kind: "wait", until };
    } catch (error) {
      if (!(error instanceof BankError)) throw error;
      const at = run.step(position).cursor ?? "";
      const end = await react(run, run.step(position), error, brokenAt === at);
      if (end !== null) return end;
      brokenAt = at;
    }
  }
}

async function work(run: UpdateRun, step: UpdateStep): Promise<Instant | null> {
  switch (step.kind) {
    case "ACCOUNTS":
      await runAccounts(run, step);
      return null;
    case "IDENTITY":
      await runIdentity(run, step);
      return null;
    case "BALANCES":
      await runBalances(run, step);
      return null;
    case "RECENT":
    case "HISTORY":
      return runTransactions(run, step);
  }
}

/** Null = try the step again at once. */
async function react(run: UpdateRun, step: UpdateStep, error: BankError, repeated: boolean): Promise<StepEnd | null> {
  const reaction = reactionTo(error, step.kind, repeated);
  run.parts.log.warn(
    { update: run.update.id, step: step.kind, position: step.position, failure: error.failure, code: error.code, reaction: reaction.do },
    "bank call failed",
  );
  switch (reaction.do) {
    case "again":
      return null;
    case "fail":
      return close(run, step, "FAILED", bankErrorInfo(error));
    case "skip":
      return close(run, step, "SKIPPED", bankErrorInfo(error));
    case "endConsent":
      return endUpdate(run, bankErrorInfo(error), "consentDead");
    case "waitForQuota":
      return waitForQuota(run, step, await quotaOver(run, step, reaction.until), bankErrorInfo(error));
    case "waitForBank": {
      if (run.update.retries >= MAX_RETRIES) return endUpdate(run, bankErrorInfo(error), "bankDown");
      const until = backOff(run.now(), run.update.retries, reaction.notBefore, run.parts.random ?? Math.random);
      await run.commit({ event: { type: "bankDown", until, outcome: null } });
      return { kind: "wait", until };
    }
    case "shorten":
      return shorten(run, step, error, reaction.servedDays);
  }
}

async function shorten(run: UpdateRun, step: UpdateStep, error: BankError, servedDays: number | null): Promise<StepEnd | null> {
  const fresh = isFresh(run.grant.grant, run.now());
  const today = run.today();
  const to = step.windowTo ?? today;
  const shorter = shorterPeriod(step.windowFrom, to, today, servedDays, fresh || run.psu !== null);
  const { bankCode, supportReference } = error;
  const refused = bankErrorInfo(new BankError("SCA_REQUIRED", "PERIOD_NOT_AVAILABLE", error.message, { bankCode, supportReference }));
  if (shorter === null) return close(run, step, "FAILED", refused);
  if (shorter.empty) return close(run, step, "SKIPPED", refused); // the bank serves only days that another step reads
  await run.commit({
    // Still the one call of the ledger: a refused period is no result. A bank that counts it says so with a 429.
    steps: [{ position: step.position, patch: { windowFrom: shorter.from, cursor: writeState(restarted(step)) } }],
    write: (tx) => tx.dropSeenSlices(run.update.id, step.position, 0),
  });
  return null;
}

function restarted(step: UpdateStep): StepState {
  const { called, attempt, known } = readState(step) ?? START;
  return { ...START, called, attempt, known };
}

async function waitForQuota(run: UpdateRun, step: UpdateStep, until: Instant, error: BankErrorInfo): Promise<StepEnd> {
  if (until - run.update.createdAt > MAX_AGE) return close(run, step, "FAILED", error);
  const write = async (tx: Tx): Promise<void> => {
    if (run.psu !== null) return;
    const now = await tx.update(run.update.id);
    if (now !== null && attendedBy(now, run.now()) !== null) throw new UserArrived();
  };
  await run.commit({ event: { type: "quotaSpent", until }, write });
  return { kind: "wait", until };
}

async function close(run: UpdateRun, step: UpdateStep, status: "FAILED" | "SKIPPED", error: BankErrorInfo): Promise<StepEnd> {
  await run.commit({
    steps: [{ position: step.position, patch: { status, error, cursor: null } }],
    write: (tx) => tx.dropSeenSlices(run.update.id, step.position, 0),
  });
  return OVER;
}

/** Nothing more can be had: every open step has failed, what went in stays. */
export async function endUpdate(run: UpdateRun, error: BankErrorInfo, why: "consentDead" | "bankDown" | "allStepsOver"): Promise<StepEnd> {
  const steps: StepPatch[] = run.steps
    .filter((step) => !isOver(step))
    .map(({ position }) => ({ position, patch: { status: "FAILED", error, cursor: null } }));
  const failed = new Set(steps.map(({ position }) => position));
  const outcome = outcomeOf(run.steps.map((step) => (failed.has(step.position) ? { ...step, status: "FAILED" as const, error } : step)));
  const at = run.now();
  await run.commit({
    steps,
    event: why === "bankDown" ? { type: why, until: null, outcome, at } : { type: why, outcome, at },
    write: (tx) => tx.dropSeenSlices(run.update.id, null, 0),
  });
  return { kind: "ended" };
}

function quotaError(): BankErrorInfo {
  return bankErrorInfo(new BankError("RATE_LIMITED", "QUOTA_EXCEEDED", "allowance spent"));
}
