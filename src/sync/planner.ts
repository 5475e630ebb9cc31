import type { Account } from "../domain/account.ts";
import type { Bank, ConsentScope } from "../domain/bank.ts";
import type { AccountId, ConsentId } from "../domain/ids.ts";
import type { Grant } from "../domain/consent.ts";
import { addDays, dayIn, MINUTE, type Day, type Instant } from "../domain/time.ts";
import type { StepKind, StepStatus, Update, UpdateStep } from "../domain/update.ts";
import { coveredTo } from "./coverage.ts";

/** The first look at an account: new enough to be shown at once, short enough for one page. */
export const RECENT_DAYS = 30;
/** Late rows of 48 h are common, late bookings of a week happen. */
export const OVERLAP_DAYS = 10;
/** Rows later than the latest one seen are only found by looking further than it. */
const LATE_MARGIN_DAYS = 5;
/** What a bank must serve without the user (RTS art. 10): a complete history never counts as shorter. */
const SURE_DAYS = 90;
const HISTORY_PROOF_DAYS = 60;
/** Tried in turn where a bank refuses a period and does not say what it serves. */
export const PERIOD_LADDER: readonly number[] = [730, 365, 180, 90];

/** What an account's windows depend on. */
export interface AccountPlan {
  readonly account: Pick<Account, "id" | "coverage" | "createdAt">;
  readonly oldestPending: Day | null;
  readonly mayReadBalances: boolean;
  readonly mayReadTransactions: boolean;
  /** The first fetch right after a renewal: the bank may show for minutes what it hid the last time. */
  readonly harvest: boolean;
}

/** What the hub has learned of the bank that moves windows. */
export interface WindowHabits {
  /** Days after its date at which a row first appeared. */
  readonly lateDays: number;
  /** False where the bank answers any period with all it has. */
  readonly datesHold: boolean;
}

/** Whoever just authenticated is served long history for some minutes at most banks. */
const FRESH_AUTHORIZATION = 15 * MINUTE;

export function isFresh(grant: Pick<Grant, "authorizedAt">, now: Instant): boolean {
  return now - (grant.authorizedAt ?? 0) <= FRESH_AUTHORIZATION;
}

type Owner = Pick<Update, "id" | "userId"> & { readonly consentId: ConsentId };

/** The steps of the whole consent: planned when the update is made. */
export function firstSteps(update: Owner, scopes: readonly ConsentScope[]): readonly UpdateStep[] {
  const steps = [step(update, 0, "ACCOUNTS", null, "PENDING")];
  if (scopes.includes("IDENTITY")) steps.push(step(update, 1, "IDENTITY", null, "PENDING"));
  return steps;
}

/**
 * The steps of the accounts, newest money first: all balances, then all recent days, then all long history.
 * `position` is the first free one. What the grant does not permit is SKIPPED; what the consent does not hold is not planned.
 */
export function accountSteps(
  update: Owner,
  position: number,
  accounts: readonly AccountPlan[],
  context: {
    readonly scopes: readonly ConsentScope[];
    readonly bank: Pick<Bank, "maxHistoryDays" | "timeZone">;
    readonly now: Instant;
    readonly habits: WindowHabits;
  },
): readonly UpdateStep[] {
  const today = dayIn(context.bank.timeZone, context.now);
  const steps: UpdateStep[] = [];
  const add = (kind: StepKind, account: AccountId, may: boolean, window: Window | null): void => {
    steps.push({ ...step(update, position + steps.length, kind, account, may ? "PENDING" : "SKIPPED"), ...(may && window ? window : {}) });
  };
  if (context.scopes.includes("BALANCES")) {
    for (const plan of accounts) add("BALANCES", plan.account.id, plan.mayReadBalances, null);
  }
  if (context.scopes.includes("TRANSACTIONS")) {
    for (const plan of accounts) add("RECENT", plan.account.id, plan.mayReadTransactions, recentWindow(plan, today, context.habits));
    for (const plan of accounts) {
      const window = context.habits.datesHold ? historyWindow(plan, today, context.bank) : null;
      add("HISTORY", plan.account.id, plan.mayReadTransactions && window !== null, window);
    }
  }
  return steps;
}

export interface Window {
  readonly windowFrom: Day | null;
  readonly windowTo: Day;
}

/**
 * The last 30 days at first; later from min(oldest PENDING, last complete day) − 10 days, more at a bank that is later than that.
 * A bank that heeds no period is asked for all it has: only then is its answer what was asked for.
 */
export function recentWindow(plan: AccountPlan, today: Day, habits: WindowHabits): Window {
  if (!habits.datesHold) return { windowFrom: null, windowTo: today };
  const complete = coveredTo(plan.account.coverage);
  if (complete === null) return { windowFrom: addDays(today, -RECENT_DAYS), windowTo: today };
  const start = plan.oldestPending !== null && plan.oldestPending < complete ? plan.oldestPending : complete;
  return {
    windowFrom: addDays(start < today ? start : today, -Math.max(OVERLAP_DAYS, habits.lateDays + LATE_MARGIN_DAYS)),
    windowTo: today,
  };
}

/** Everything before the recent days; null where it is here already, or the bank has nothing before them. */
export function historyWindow(plan: AccountPlan, today: Day, bank: Pick<Bank, "maxHistoryDays" | "timeZone">): Window | null {
  const limit = bank.maxHistoryDays === null ? null : addDays(today, -bank.maxHistoryDays);
  const earliest = plan.account.coverage[0]?.from ?? null;
  if (earliest !== null && !plan.harvest) {
    // Recent days alone never reach this far back before the account was first seen; a complete history always does (provenFrom).
    const reached = addDays(dayIn(bank.timeZone, plan.account.createdAt), -HISTORY_PROOF_DAYS);
    if (earliest <= reached) return null;
  }
  if (earliest !== null && limit !== null && earliest <= limit) return null;
  const windowTo = earliest !== null && earliest <= today ? addDays(earliest, -1) : addDays(today, -RECENT_DAYS - 1);
  if (limit !== null && limit > windowTo) return null;
  return { windowFrom: limit, windowTo };
}

/**
 * What a complete step proved. A history asked without a start proves that there is nothing before its oldest row, and in any
 * case the days that every bank serves.
 */
export function provenFrom(step: Pick<UpdateStep, "windowFrom" | "windowTo">, oldestSeen: Day | null, today: Day): Day | null {
  if (step.windowFrom !== null) return step.windowFrom;
  if (step.windowTo === null) return null;
  const sure = addDays(today, -SURE_DAYS);
  return oldestSeen !== null && oldestSeen < sure ? oldestSeen : sure;
}

/**
 * The next, shorter period after a refusal: what the bank says it serves, else the next rung. Null = nothing shorter to try.
 * `patient` false (nobody is there, and the bank may count refused calls) goes straight to the last rung.
 */
export function shorterPeriod(
  from: Day | null,
  to: Day,
  today: Day,
  servedDays: number | null,
  patient: boolean,
): { readonly from: Day; readonly empty: boolean } | null {
  const rungs = servedDays !== null && servedDays > 0 ? [servedDays] : patient ? PERIOD_LADDER : PERIOD_LADDER.slice(-1);
  for (const days of rungs) {
    const start = addDays(today, -days);
    if (from === null || start > from) return { from: start, empty: start > to };
  }
  // A bank that named its limit and refused it too: go down the ladder from there.
  if (servedDays !== null) return shorterPeriod(from, to, today, null, patient);
  return null;
}

function step(update: Owner, position: number, kind: StepKind, accountId: AccountId | null, status: StepStatus): UpdateStep {
  return {
    userId: update.userId,
    updateId: update.id,
    position,
    kind,
    accountId,
    scope: SCOPE[kind],
    status,
    windowFrom: null,
    windowTo: null,
    coveredFrom: null,
    coveredTo: null,
    cursor: null,
    pages: 0,
    seen: 0,
    quarantined: 0,
    error: null,
  };
}

const SCOPE: Readonly<Record<StepKind, ConsentScope>> = {
  ACCOUNTS: "ACCOUNTS",
  IDENTITY: "IDENTITY",
  BALANCES: "BALANCES",
  RECENT: "TRANSACTIONS",
  HISTORY: "TRANSACTIONS",
};
