import type { BankAccount } from "../connectors/connector.ts";
import type { OpenGrant } from "../consents/grants.ts";
import type { BankHabits } from "../domain/bank-habits.ts";
import type { NewChange } from "../domain/change.ts";
import type { Consent } from "../domain/consent.ts";
import type { AccountId } from "../domain/ids.ts";
import { dayIn, type Day } from "../domain/time.ts";
import type { PsuContext, Update, UpdateStep } from "../domain/update.ts";
import type { Tx } from "../store/store.ts";
import { enqueueCallback } from "./callback-job.ts";
import { LEASE_MS } from "./claim.ts";
import { next, type UpdateEvent } from "./machine.ts";
import { Observations } from "./observations.ts";
import type { SyncParts } from "./parts.ts";
import { progressOf } from "./progress.ts";

/** Someone else holds the update now, or it was canceled or erased: stop without a word. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/** The process stops: the page in hand is stored, the lease goes back. */
export class Stopping extends Error {
  override readonly name = "Stopping";
}

export interface StepPatch {
  readonly position: number;
  readonly patch: Partial<Omit<UpdateStep, "userId" | "updateId" | "position">>;
}

/** One commit: everything in it becomes visible together, or nothing does. */
export interface Commit {
  readonly steps?: readonly StepPatch[];
  readonly newSteps?: readonly UpdateStep[];
  readonly event?: UpdateEvent;
  readonly counters?: Partial<Pick<Update, "transactionsSeen" | "added" | "modified" | "removed" | "accountsTotal">>;
  readonly changes?: readonly NewChange[];
  /** The rows themselves. May await nothing but `tx`. */
  readonly write?: (tx: Tx) => Promise<void>;
}

/**
 * A claimed update and the only way to write for it. Every write carries the epoch of the claim: once another worker has taken
 * the update over, or it is final or gone, nothing of this run can be stored any more (design.md 4.2).
 */
export class UpdateRun {
  readonly parts: SyncParts;
  readonly consent: Consent;
  readonly psu: PsuContext | null;
  /** Aborted on loss of the lease; calls to the bank listen to it. */
  readonly lost: AbortSignal;
  /** Aborted when the process stops; looked at between pages. */
  readonly stopping: AbortSignal;
  /** What the account list said in this run, by account: spares calls. */
  readonly listed = new Map<AccountId, BankAccount>();
  /** What the hub knew of the bank's ways when the run began, and what it has seen since. */
  readonly habits: BankHabits;
  readonly observations: Observations;
  readonly #grant: OpenGrant | null;
  #update: Update;
  #steps: readonly UpdateStep[];

  constructor(
    parts: SyncParts,
    claimed: {
      readonly update: Update;
      readonly steps: readonly UpdateStep[];
      readonly consent: Consent;
      readonly grant: OpenGrant | null;
      readonly psu: PsuContext | null;
      readonly habits: BankHabits;
    },
    signals: { readonly lost: AbortSignal; readonly stopping: AbortSignal },
  ) {
    this.parts = parts;
    this.consent = claimed.consent;
    this.#grant = claimed.grant;
    this.psu = claimed.psu;
    this.habits = claimed.habits;
    this.observations = new Observations(claimed.consent.bankId);
    this.#update = claimed.update;
    this.#steps = claimed.steps;
    this.lost = signals.lost;
    this.stopping = signals.stopping;
  }

  /** Only where the consent is usable: the engine ends an update without a grant before any step runs. */
  get grant(): OpenGrant {
    if (this.#grant === null) throw new Error(`consent ${this.consent.id} has no usable grant`);
    return this.#grant;
  }

  get update(): Update {
    return this.#update;
  }

  get steps(): readonly UpdateStep[] {
    return this.#steps;
  }

  step(position: number): UpdateStep {
    const step = this.#steps.find((one) => one.position === position);
    if (!step) throw new Error(`update ${this.#update.id} has no step ${position}`);
    return step;
  }

  now(): number {
    return this.parts.clock.now();
  }

  /** Today at the bank. */
  today(): Day {
    return dayIn(this.grant.bank.timeZone, this.now());
  }

  checkStop(): void {
    if (this.lost.aborted) throw new LeaseLost();
    if (this.stopping.aborted) throw new Stopping();
  }

  /** Stores a commit and tells who watches. Throws {@link LeaseLost} where the update is not ours any more; nothing is stored then. */
  async commit(commit: Commit): Promise<void> {
    const { store, jobs, hints } = this.parts;
    const now = this.now();
    const before = this.#update;
    const transition = commit.event === undefined ? null : next(before, commit.event);
    if (commit.event !== undefined && transition === null) throw new Error(`${commit.event.type} does not apply to ${before.status}`);
    const steps = patched([...this.#steps, ...(commit.newSteps ?? [])], commit.steps ?? []);
    const leaseUntil = now + (this.parts.leaseMs ?? LEASE_MS);
    const after = await store.tx(async (tx) => {
      // First, so that the update's row is locked before the user's: the same order as everywhere, and no work for a lost cause.
      if (!(await tx.patchUpdate(before.id, before.epoch, { leaseUntil }))) throw new LeaseLost();
      if (commit.newSteps && commit.newSteps.length > 0) await tx.insertSteps(commit.newSteps);
      for (const { position, patch } of commit.steps ?? []) await tx.patchStep(before.id, position, patch);
      await commit.write?.(tx);
      const changes: NewChange[] = [
        ...(commit.changes ?? []),
        { type: "UpdateChanged", subjectId: before.id, consentId: before.consentId, updateId: before.id },
      ];
      const logged = await tx.appendChanges(before.userId, now, changes);
      const moved: Update = { ...before, ...commit.counters, ...transition, sequence: before.sequence + 1 };
      const patch = {
        ...commit.counters,
        ...progressOf(moved, steps),
        leaseUntil,
        ...transition,
        sequence: moved.sequence,
        firstChangeSeq: before.firstChangeSeq ?? logged?.first ?? null,
        lastChangeSeq: logged?.last ?? before.lastChangeSeq,
      };
      if (!(await tx.patchUpdate(before.id, before.epoch, patch))) throw new LeaseLost();
      const result: Update = { ...before, ...patch };
      if (result.status !== before.status)
        await enqueueCallback(tx, jobs, before, { status: result.status, sequence: result.sequence, at: now });
      return result;
    });
    this.#update = after;
    this.#steps = steps;
    hints.send({ topic: "update", id: after.id });
    hints.send({ topic: "user", id: after.userId });
    if (after.status !== before.status && after.callbackUrl !== null) {
      jobs.nudge();
      hints.send({ topic: "jobs" });
    }
  }
}

function patched(steps: readonly UpdateStep[], patches: readonly StepPatch[]): readonly UpdateStep[] {
  if (patches.length === 0) return steps;
  const byPosition = new Map(patches.map(({ position, patch }) => [position, patch]));
  return steps.map((step) => {
    const patch = byPosition.get(step.position);
    return patch ? { ...step, ...patch } : step;
  });
}
