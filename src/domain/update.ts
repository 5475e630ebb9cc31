import type { ConsentScope } from "./bank.ts";
import type { BankErrorInfo } from "./failure.ts";
import type { AccountId, ConsentId, TenantId, UpdateId, UserId } from "./ids.ts";
import type { Day, Instant } from "./time.ts";

export const UpdateStatus = {
  QUEUED: "QUEUED",
  RUNNING: "RUNNING",
  WAITING: "WAITING",
  COMPLETED: "COMPLETED",
  PARTIALLY_COMPLETED: "PARTIALLY_COMPLETED",
  FAILED: "FAILED",
  CANCELED: "CANCELED",
} as const;
export type UpdateStatus = keyof typeof UpdateStatus;

export const ACTIVE_UPDATE: readonly UpdateStatus[] = ["QUEUED", "RUNNING", "WAITING"];

/** COMPLETED, PARTIALLY_COMPLETED, FAILED and CANCELED never change again. */
export function isFinal(status: UpdateStatus): boolean {
  return !ACTIVE_UPDATE.includes(status);
}

export const UpdateTrigger = { API: "API", CONSENT_GIVEN: "CONSENT_GIVEN", SCHEDULE: "SCHEDULE" } as const;
export type UpdateTrigger = keyof typeof UpdateTrigger;

export const WaitReason = {
  BANK_QUOTA_SPENT: "BANK_QUOTA_SPENT",
  BANK_UNAVAILABLE: "BANK_UNAVAILABLE",
  BANK_PREPARING_DATA: "BANK_PREPARING_DATA",
} as const;
export type WaitReason = keyof typeof WaitReason;

export const StepStatus = { PENDING: "PENDING", RUNNING: "RUNNING", DONE: "DONE", SKIPPED: "SKIPPED", FAILED: "FAILED" } as const;
export type StepStatus = keyof typeof StepStatus;

/** The user is present: forwarded to the bank, so that calls are not counted as unattended. */
export interface PsuContext {
  readonly ipAddress: string;
  readonly userAgent: string | null;
  readonly acceptLanguage: string | null;
}

export interface Update {
  readonly id: UpdateId;
  readonly userId: UserId;
  readonly tenantId: TenantId;
  readonly consentId: ConsentId;
  readonly status: UpdateStatus;
  readonly trigger: UpdateTrigger;
  /** Grows by one with every visible change. */
  readonly sequence: number;
  /** Raised by the worker that takes the update; every write carries it (design.md 4.2). */
  readonly epoch: number;
  /** How often a lease ran out; after 5 the update fails. */
  readonly attempt: number;
  /** Back-offs in a row for BANK_UNAVAILABLE; zero again after a page. */
  readonly retries: number;
  readonly leaseUntil: Instant | null;
  readonly accountsTotal: number | null;
  readonly accountsDone: number;
  readonly transactionsSeen: number;
  readonly added: number;
  readonly modified: number;
  readonly removed: number;
  /** 0 to 1000, never goes down; null until the number of accounts is known. */
  readonly progressPermille: number | null;
  readonly error: BankErrorInfo | null;
  readonly waitReason: WaitReason | null;
  readonly nextAttemptAt: Instant | null;
  readonly callbackUrl: string | null;
  readonly psuContext: PsuContext | null;
  /** When the user was last said to be present; null = never. */
  readonly attendedAt: Instant | null;
  readonly idempotencyKey: string | null;
  /** Positions in the user's change log between which this update's changes lie; null = none yet. */
  readonly firstChangeSeq: number | null;
  readonly lastChangeSeq: number | null;
  readonly createdAt: Instant;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
}

/** ACCOUNTS and IDENTITY belong to the whole consent; the rest to one account. RECENT is the last 30 days (or the incremental window), HISTORY what lies before. */
export type StepKind = "ACCOUNTS" | "IDENTITY" | "BALANCES" | "RECENT" | "HISTORY";

export interface UpdateStep {
  readonly userId: UserId;
  readonly updateId: UpdateId;
  /** Order of work, unique in the update. */
  readonly position: number;
  readonly kind: StepKind;
  readonly accountId: AccountId | null;
  readonly scope: ConsentScope;
  readonly status: StepStatus;
  /** What is asked of the bank; null for steps without a window. `windowFrom` null with kind HISTORY = all the bank gives. */
  readonly windowFrom: Day | null;
  readonly windowTo: Day | null;
  /** What a complete step proved; null until DONE. */
  readonly coveredFrom: Day | null;
  readonly coveredTo: Day | null;
  /** The connector's opaque position of the next page; null = from the start, or finished. */
  readonly cursor: string | null;
  readonly pages: number;
  readonly seen: number;
  readonly quarantined: number;
  readonly error: BankErrorInfo | null;
}
