import type { Connector, GrantCall } from "../connectors/connector.ts";
import { BankError } from "../domain/failure.ts";
import type { Instant } from "../domain/time.ts";
import type { UpdateStep } from "../domain/update.ts";
import type { BankCallCount } from "../store/reads.ts";
import { quotaUntil } from "./failures.ts";
import { QUOTA_WINDOW, spentUntil } from "./quota.ts";
import { LeaseLost, type UpdateRun } from "./run.ts";
import { readState, writeState, type StepState } from "./step-state.ts";

/** One call with a live token. Lets out {@link BankError}, and what the grant's own keeping throws. */
export async function callBank<T>(
  run: UpdateRun,
  call: (bank: Connector, grant: GrantCall, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return run.grant.call(async (grant, signal) => {
    try {
      return await call(run.grant.connector, grant, signal);
    } catch (error) {
      if (run.lost.aborted) throw new LeaseLost();
      if (error instanceof BankError) throw error;
      // A connector lets nothing else out; where one does, that bank's account fails and not the worker.
      run.parts.log.error({ update: run.update.id, bank: run.grant.bank.id, err: error }, "connector fault");
      throw new BankError("BAD_REQUEST", "UNKNOWN", "connector fault", { cause: error });
    }
  }, run.lost);
}

/** The endpoint a step's call counts for; null = the bank counts none. */
function endpointOf(step: UpdateStep): string | null {
  return step.kind === "IDENTITY" ? null : step.scope;
}

/**
 * Starts a step: RUNNING, and its call in the ledger before it is made, so that a crash cannot spend the allowance unseen.
 * One result counts once, however many pages and retries. Answers when to come back where the allowance is spent; null = go.
 */
export async function beginStep(run: UpdateRun, step: UpdateStep, initial: () => Promise<StepState>): Promise<Instant | null> {
  const state = readState(step);
  // Whoever died in the middle of the first page may have been answered: that call counts, and so does this one.
  const lost = state !== null && state.page === 0 && state.next === null && state.attempt < run.update.attempt;
  if (state?.called === true && !lost) {
    if (step.status !== "RUNNING") await run.commit({ steps: [{ position: step.position, patch: { status: "RUNNING" } }] });
    return null;
  }
  const endpoint = endpointOf(step);
  const accountId = step.accountId ?? "";
  const attended = run.psu !== null;
  if (endpoint !== null && !attended) {
    const until = spentUntil(await callsOf(run), endpoint, accountId, run.grant.bank.unattendedCallsPerDay);
    if (until !== null) return until;
  }
  const started: StepState = { ...(state ?? (await initial())), called: true, attempt: run.update.attempt };
  await run.commit({
    steps: [{ position: step.position, patch: { status: "RUNNING", cursor: writeState(started) } }],
    write: async (tx) => {
      if (endpoint === null) return;
      const { grant } = run.grant;
      await tx.recordCall({
        userId: grant.userId,
        grantId: grant.id,
        consentId: grant.consentId,
        accountId,
        endpoint,
        at: run.now(),
        attended,
      });
    },
  });
  return null;
}

/** When the bank's 429 is over. */
export async function quotaOver(run: UpdateRun, step: UpdateStep, said: Instant | null): Promise<Instant> {
  const endpoint = endpointOf(step);
  const calls = endpoint === null ? [] : await callsOf(run);
  const oldest = calls.find((call) => call.endpoint === endpoint && call.accountId === (step.accountId ?? ""));
  return quotaUntil(run.now(), said, oldest?.oldestAt ?? null, run.psu !== null);
}

function callsOf(run: UpdateRun): Promise<readonly BankCallCount[]> {
  return run.parts.store.callsSince(run.grant.grant.id, run.now() - QUOTA_WINDOW);
}
