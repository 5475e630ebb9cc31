import { BankError, bankErrorInfo, type BankErrorInfo } from "../domain/failure.ts";
import type { Consent } from "../domain/consent.ts";
import type { UpdateId } from "../domain/ids.ts";
import type { Update } from "../domain/update.ts";
import type { RunAgainAt } from "../jobs/jobs.ts";
import { attendedBy, UserArrived } from "./attended.ts";
import { claim } from "./claim.ts";
import { noHabits } from "./habits.ts";
import { keepLease } from "./heartbeat.ts";
import type { SyncParts } from "./parts.ts";
import { isOver } from "./progress.ts";
import { LeaseLost, Stopping, UpdateRun } from "./run.ts";
import { endUpdate, runStep } from "./steps.ts";

/**
 * Runs an update until it is final, waits, or is someone else's. Answers when to run it again; nothing = it is over here.
 * A stop signal lets the page in hand be stored and gives the lease back. Throws on faults of our own (store, code), after the
 * lease has been given up and counted, so that the queue's retry can take the update.
 */
export async function runUpdate(parts: SyncParts, id: UpdateId, stopping: AbortSignal): Promise<RunAgainAt | undefined> {
  const claimed = await claim(parts, id);
  if (claimed.kind === "none") return undefined;
  if (claimed.kind === "later") return { runAgainAt: claimed.at };
  const lost = new AbortController();
  const stopHeartbeat = keepLease(parts, claimed.update, lost);
  let run: UpdateRun | null = null;
  try {
    run = await open(parts, claimed.update, { lost: lost.signal, stopping });
    return run === null ? undefined : await runSteps(run);
  } catch (error) {
    if (error instanceof LeaseLost || lost.signal.aborted) return undefined;
    if ((error instanceof Stopping || error instanceof UserArrived) && run !== null) return await release(run);
    parts.log.error({ update: id, err: error }, "update broke off");
    if (run !== null) await giveUp(run);
    throw error;
  } finally {
    stopHeartbeat();
  }
}

async function open(parts: SyncParts, update: Update, signals: { lost: AbortSignal; stopping: AbortSignal }): Promise<UpdateRun | null> {
  const consent = await parts.store.consent(update.consentId);
  if (consent === null) return null;
  const psu = attendedBy(update, parts.clock.now());
  const grant = consent.status === "GIVEN" ? await parts.grants.open(consent, psu) : null;
  const steps = await parts.store.steps(update.id);
  const habits = (await parts.store.bankHabits(consent.bankId)) ?? noHabits(consent.bankId);
  const run = new UpdateRun(parts, { update, steps, consent, grant, psu, habits }, signals);
  if (grant !== null) return run;
  await endUpdate(run, endedConsent(consent), "consentDead");
  return null;
}

async function runSteps(run: UpdateRun): Promise<RunAgainAt | undefined> {
  for (;;) {
    const step = run.steps.find((one) => !isOver(one));
    if (step === undefined) break;
    const end = await runStep(run, step.position);
    if (end.kind === "wait") return { runAgainAt: end.until };
    if (end.kind === "ended") return undefined;
    const after = run.step(step.position);
    if (after.kind === "ACCOUNTS" && after.status === "FAILED") {
      await endUpdate(run, after.error ?? bankErrorInfo(null), "allStepsOver");
      return undefined;
    }
  }
  await endUpdate(run, bankErrorInfo(null), "allStepsOver");
  const { id, status, added, modified, removed, transactionsSeen } = run.update;
  run.parts.log.info({ update: id, status, added, modified, removed, seen: transactionsSeen }, "update over");
  return undefined;
}

async function release(run: UpdateRun): Promise<RunAgainAt | undefined> {
  try {
    await run.commit({ event: { type: "released" } });
    return { runAgainAt: run.now() };
  } catch (error) {
    if (error instanceof LeaseLost) return undefined;
    throw error;
  }
}

/** Our own fault: counts as a lost lease, so that a page that breaks its worker every time ends the update. */
async function giveUp(run: UpdateRun): Promise<void> {
  try {
    await run.commit({ event: { type: "leaseLost", at: run.now(), error: bankErrorInfo(null) } });
  } catch (error) {
    // The store is what is broken, or the update is taken: its lease runs out by itself.
    run.parts.log.warn({ update: run.update.id, err: error }, "lease not given back");
  }
}

function endedConsent(consent: Consent): BankErrorInfo {
  // A grant in force that cannot be opened: its bank has gone from the directory, and may come back.
  if (consent.status === "GIVEN" && consent.currentGrantId !== null)
    return bankErrorInfo(new BankError("BANK_TEMPORARY", "BANK_UNAVAILABLE", "the bank is not in the directory"));
  const code = consent.status === "EXPIRED" ? "CONSENT_EXPIRED" : consent.status === "REVOKED" ? "CONSENT_REVOKED" : "CONSENT_INVALID";
  return bankErrorInfo(new BankError("CONSENT_INVALID", code, "no usable grant"));
}
