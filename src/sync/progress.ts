import type { AccountId } from "../domain/ids.ts";
import { isFinal, type Update, type UpdateStep } from "../domain/update.ts";

/** What a client sees of how far an update is. Permille never goes down, and is 1000 only at the end. */
export function progressOf(
  update: Pick<Update, "status" | "accountsTotal" | "progressPermille">,
  steps: readonly UpdateStep[],
): Pick<Update, "accountsDone" | "progressPermille"> {
  return { accountsDone: accountsDone(steps), progressPermille: permille(update, steps) };
}

function permille(update: Pick<Update, "status" | "accountsTotal" | "progressPermille">, steps: readonly UpdateStep[]): number | null {
  if (update.status === "COMPLETED" || update.status === "PARTIALLY_COMPLETED") return 1000;
  if (update.accountsTotal === null || isFinal(update.status)) return update.progressPermille;
  let done = 0;
  // Nobody knows how many pages follow: each one takes half of what is left of its step.
  for (const step of steps) done += isOver(step) ? 1 : 1 - 0.5 ** Math.min(step.pages, 8);
  return Math.max(update.progressPermille ?? 0, Math.min(999, Math.floor((done / steps.length) * 1000)));
}

function accountsDone(steps: readonly UpdateStep[]): number {
  const open = new Map<AccountId, boolean>();
  for (const step of steps) {
    if (step.accountId !== null) open.set(step.accountId, (open.get(step.accountId) ?? false) || !isOver(step));
  }
  let done = 0;
  for (const isOpen of open.values()) if (!isOpen) done++;
  return done;
}

export function isOver(step: Pick<UpdateStep, "status">): boolean {
  return step.status === "DONE" || step.status === "SKIPPED" || step.status === "FAILED";
}
