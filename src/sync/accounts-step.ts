import type { UpdateStep } from "../domain/update.ts";
import { compareAccounts } from "./account-list.ts";
import { callBank } from "./bank-call.ts";
import { datesHold } from "./habits.ts";
import { accountSteps, isFresh, type AccountPlan } from "./planner.ts";
import { quarantineRows } from "./quarantine.ts";
import type { UpdateRun } from "./run.ts";

/** Reads the account list, stores what it says, and plans the steps of each account: one commit. */
export async function runAccounts(run: UpdateRun, step: UpdateStep): Promise<void> {
  const list = await callBank(run, (bank, grant, signal) => bank.accounts(grant, signal));
  const { store } = run.parts;
  const stored = await store.accountsOfConsent(run.consent.id);
  const now = run.now();
  const { changes, entries, write } = compareAccounts(stored, list, { consent: run.consent, updateId: run.update.id, now });
  const plans: AccountPlan[] = [];
  const fresh = isFresh(run.grant.grant, now);
  const fetched = await fetchedWith(run);
  for (const { account, listed, isNew } of entries) {
    run.listed.set(account.id, listed);
    const oldestPending = isNew ? null : await store.oldestPendingDate(account.id);
    const { mayReadBalances, mayReadTransactions } = listed;
    const harvest = fresh && !isNew && !fetched.has(account.id);
    plans.push({ account, oldestPending, mayReadBalances, mayReadTransactions, harvest });
  }
  const position = Math.max(...run.steps.map((one) => one.position)) + 1;
  await run.commit({
    event: { type: "pageStored" },
    counters: { accountsTotal: list.accounts.length },
    newSteps: accountSteps(run.update, position, plans, {
      scopes: run.consent.scopes,
      bank: run.grant.bank,
      now,
      habits: { lateDays: run.habits.lateDays, datesHold: datesHold(run.habits, now) },
    }),
    steps: [
      {
        position: step.position,
        patch: { status: "DONE", cursor: null, pages: 1, seen: list.accounts.length, quarantined: list.quarantined.length },
      },
    ],
    changes,
    write: async (tx) => {
      await write(tx);
      if (list.quarantined.length > 0) await tx.insertQuarantine(quarantineRows(run, null, list.quarantined));
    },
  });
}

/** Accounts whose transactions this grant has been used for without the user: theirs was the first fetch after the renewal. */
async function fetchedWith(run: UpdateRun): Promise<ReadonlySet<string>> {
  const calls = await run.parts.store.callsSince(run.grant.grant.id, 0);
  return new Set(calls.filter((call) => call.endpoint === "TRANSACTIONS").map((call) => call.accountId));
}
