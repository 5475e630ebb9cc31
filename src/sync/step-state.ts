import type { Day } from "../domain/time.ts";
import type { UpdateStep } from "../domain/update.ts";

/**
 * Where a step stands: the engine's own record in `UpdateStep.cursor`, stored with each page, so that any process can go on
 * from it. The bank's cursor inside is opaque.
 */
export interface StepState {
  /** The call is in the ledger: retries and further pages of the same result do not count again. */
  readonly called: boolean;
  /** The update's attempt in which it was counted. */
  readonly attempt: number;
  /** The connector's position of the next page; null = the first page. */
  readonly next: string | null;
  /** Number of the next page, from 0. */
  readonly page: number;
  /** The bank has no more pages: what is left is to close the step. */
  readonly ended: boolean;
  /** Empty pages in a row. */
  readonly empties: number;
  /** Some page did not deliver pending rows. */
  readonly pendingUnknown: boolean;
  /** The answer is not whole: the step cannot be DONE. */
  readonly cut: boolean;
  /** Some booked row lay in the period that was asked for. */
  readonly inside: boolean;
  /** Date of the oldest row, and of the oldest booked row, so far. */
  readonly oldest: Day | null;
  readonly oldestBooked: Day | null;
  /** Dates between which the account had rows before this step; null = none. Pages elsewhere need no matching with the store. */
  readonly known: { readonly from: Day; readonly to: Day } | null;
}

export const START: StepState = {
  called: false,
  attempt: 0,
  next: null,
  page: 0,
  ended: false,
  empties: 0,
  pendingUnknown: false,
  cut: false,
  inside: false,
  oldest: null,
  oldestBooked: null,
  known: null,
};

/** Null = not started. */
export function readState(step: Pick<UpdateStep, "cursor">): StepState | null {
  // Our own text, written below; fields that a later version adds have their start value.
  return step.cursor === null ? null : { ...START, ...(JSON.parse(step.cursor) as Partial<StepState>) };
}

export function writeState(state: StepState): string {
  return JSON.stringify(state);
}
