import type { BankErrorInfo } from "../domain/failure.ts";
import type { Instant } from "../domain/time.ts";
import type { Update, UpdateStatus, WaitReason } from "../domain/update.ts";

/**
 * The life of an update (engine.md section 2), pure: no clock, no I/O.
 *
 * QUEUED waits for a worker. RUNNING is held by one worker under a lease. WAITING goes on by itself at `nextAttemptAt`.
 * The other four are final. Whoever changes an update's status asks {@link next} and stores what it answers, nothing else.
 */
export type UpdateEvent =
  /** A worker took the lease. */
  | { readonly type: "claimed"; readonly at: Instant }
  /** A page went in: the bank answers again. */
  | { readonly type: "pageStored" }
  /** The allowance is spent, ours by the ledger or the bank's 429. */
  | { readonly type: "quotaSpent"; readonly until: Instant }
  /** `until` null = no retries left: `outcome` says what there is. */
  | { readonly type: "bankDown"; readonly until: Instant; readonly outcome: null }
  | { readonly type: "bankDown"; readonly until: null; readonly outcome: Outcome; readonly at: Instant }
  /** An empty page that promises more. */
  | { readonly type: "preparing"; readonly until: Instant }
  /** `nextAttemptAt` has come. */
  | { readonly type: "waitOver" }
  | { readonly type: "allStepsOver"; readonly outcome: Outcome; readonly at: Instant }
  /** The bank has confirmed that the consent ended. */
  | { readonly type: "consentDead"; readonly outcome: Outcome; readonly at: Instant }
  /** `cancelUpdate`, or the consent is deleted. */
  | { readonly type: "cancel"; readonly at: Instant }
  /** The process that held the lease died. `error` is what the update ends with when that was once too often. */
  | { readonly type: "leaseLost"; readonly error: BankErrorInfo; readonly at: Instant }
  /** The worker stops in good order between two pages. */
  | { readonly type: "released" };

export type UpdateEventType = UpdateEvent["type"];

/** How the steps ended. */
export interface Outcome {
  /** Some step is FAILED. */
  readonly failed: boolean;
  /** Something that the client asked for is there. */
  readonly usable: boolean;
  /** The most telling error; null where nothing failed. */
  readonly error: BankErrorInfo | null;
}

/** What to store: only fields of the update that the event moves. `sequence` is the writer's own (+1). */
export interface Transition {
  readonly status: UpdateStatus;
  readonly waitReason?: WaitReason | null;
  readonly nextAttemptAt?: Instant | null;
  readonly leaseUntil?: null;
  readonly attempt?: number;
  readonly retries?: number;
  readonly startedAt?: Instant;
  readonly finishedAt?: Instant;
  readonly error?: BankErrorInfo | null;
}

export type MachineState = Pick<Update, "status" | "attempt" | "retries" | "startedAt">;

/** How often a lease may run out before the update fails. */
export const MAX_ATTEMPTS = 5;

/** Where `event` leads from `state`; null: the event does not apply in that state. */
export function next(state: MachineState, event: UpdateEvent): Transition | null {
  switch (state.status) {
    case "QUEUED":
      return fromQueued(state, event);
    case "RUNNING":
      return fromRunning(state, event);
    case "WAITING":
      return fromWaiting(event);
    case "COMPLETED":
    case "PARTIALLY_COMPLETED":
    case "FAILED":
    case "CANCELED":
      return null;
  }
}

function fromQueued(state: MachineState, event: UpdateEvent): Transition | null {
  switch (event.type) {
    case "claimed":
      return { status: "RUNNING", waitReason: null, nextAttemptAt: null, startedAt: state.startedAt ?? event.at };
    case "cancel":
      return ended("CANCELED", event.at, null);
    case "pageStored":
    case "quotaSpent":
    case "bankDown":
    case "preparing":
    case "waitOver":
    case "allStepsOver":
    case "consentDead":
    case "leaseLost":
    case "released":
      return null;
  }
}

function fromRunning(state: MachineState, event: UpdateEvent): Transition | null {
  switch (event.type) {
    case "pageStored":
      return { status: "RUNNING", retries: 0 };
    case "quotaSpent":
      return waiting("BANK_QUOTA_SPENT", event.until);
    case "bankDown":
      if (event.until === null) return final(event.outcome, event.at);
      return { ...waiting("BANK_UNAVAILABLE", event.until), retries: state.retries + 1 };
    case "preparing":
      return waiting("BANK_PREPARING_DATA", event.until);
    case "allStepsOver":
      return final(event.outcome, event.at);
    case "consentDead":
      return ended(event.outcome.usable ? "PARTIALLY_COMPLETED" : "FAILED", event.at, event.outcome.error);
    case "cancel":
      return ended("CANCELED", event.at, null);
    case "leaseLost": {
      const attempt = state.attempt + 1;
      if (attempt >= MAX_ATTEMPTS) return { ...ended("FAILED", event.at, event.error), attempt };
      return { status: "QUEUED", leaseUntil: null, attempt };
    }
    case "released":
      return { status: "QUEUED", leaseUntil: null };
    case "claimed":
    case "waitOver":
      return null;
  }
}

function fromWaiting(event: UpdateEvent): Transition | null {
  switch (event.type) {
    case "waitOver":
      return { status: "QUEUED", waitReason: null, nextAttemptAt: null };
    case "cancel":
      return ended("CANCELED", event.at, null);
    case "claimed":
    case "pageStored":
    case "quotaSpent":
    case "bankDown":
    case "preparing":
    case "allStepsOver":
    case "consentDead":
    case "leaseLost":
    case "released":
      return null;
  }
}

function waiting(waitReason: WaitReason, until: Instant): Transition {
  return { status: "WAITING", waitReason, nextAttemptAt: until, leaseUntil: null };
}

function final(outcome: Outcome, at: Instant): Transition {
  if (!outcome.failed) return ended("COMPLETED", at, null);
  return ended(outcome.usable ? "PARTIALLY_COMPLETED" : "FAILED", at, outcome.error);
}

function ended(status: UpdateStatus, at: Instant, error: BankErrorInfo | null): Transition {
  return { status, waitReason: null, nextAttemptAt: null, leaseUntil: null, finishedAt: at, error };
}
