import type { BankAccount } from "../connectors/connector.ts";
import type { Account, AccountFacts } from "../domain/account.ts";
import type { NewChange } from "../domain/change.ts";
import { newId } from "../domain/ids.ts";
import type { UpdateStep } from "../domain/update.ts";
import { linkAccounts } from "./account-links.ts";
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
  const links = linkAccounts(stored, list.accounts);
  const now = run.now();
  const added: Account[] = [];
  const patches: Account[] = [];
  const changes: NewChange[] = [];
  const plans: AccountPlan[] = [];
  const fresh = isFresh(run.grant.grant, now);
  const fetched = await fetchedWith(run);
  for (const [i, listed] of list.accounts.entries()) {
    const before = links[i] ?? null;
    const account = before === null ? newAccount(run, listed, now) : merged(before, listed);
    const visible = before === null || FACTS.some((field) => before[field] !== account[field]);
    if (before === null) added.push(account);
    else if (visible || before.resourceId !== account.resourceId || before.connectorData !== account.connectorData) {
      patches.push(visible ? { ...account, updatedAt: now } : account);
    }
    if (visible) changes.push(changed(run, account));
    run.listed.set(account.id, listed);
    const oldestPending = before === null ? null : await store.oldestPendingDate(account.id);
    const { mayReadBalances, mayReadTransactions } = listed;
    const harvest = fresh && before !== null && !fetched.has(account.id);
    plans.push({ account, oldestPending, mayReadBalances, mayReadTransactions, harvest });
  }
  // An account that could not be read may be any of those that seem to be gone.
  const gone =
    list.quarantined.length > 0 ? [] : stored.filter((account) => account.status !== "NO_LONGER_SHARED" && !links.includes(account));
  for (const account of gone) {
    patches.push({ ...account, status: "NO_LONGER_SHARED", updatedAt: now });
    changes.push(changed(run, account));
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
      if (added.length > 0) await tx.insertAccounts(added);
      for (const { id, userId: _user, ...patch } of patches) await tx.patchAccount(id, patch);
      if (list.quarantined.length > 0) await tx.insertQuarantine(quarantineRows(run, null, list.quarantined));
    },
  });
}

/** Accounts whose transactions this grant has been used for without the user: theirs was the first fetch after the renewal. */
async function fetchedWith(run: UpdateRun): Promise<ReadonlySet<string>> {
  const calls = await run.parts.store.callsSince(run.grant.grant.id, 0);
  return new Set(calls.filter((call) => call.endpoint === "TRANSACTIONS").map((call) => call.accountId));
}

const FACTS = [
  "name",
  "ownerName",
  "type",
  "product",
  "status",
  "currency",
  "iban",
  "bban",
  "sortCode",
  "accountNumber",
  "maskedPan",
  "bic",
] as const satisfies readonly (keyof AccountFacts)[];

function factsOf(account: AccountFacts): AccountFacts {
  const { name, ownerName, type, product, status, currency, iban, bban, sortCode, accountNumber, maskedPan, bic } = account;
  return { name, ownerName, type, product, status, currency, iban, bban, sortCode, accountNumber, maskedPan, bic };
}

function newAccount(run: UpdateRun, listed: BankAccount, now: number): Account {
  return {
    ...factsOf(listed),
    id: newId("acc", now),
    userId: run.consent.userId,
    consentId: run.consent.id,
    bankId: run.consent.bankId,
    resourceId: listed.resourceId,
    connectorData: listed.connectorData,
    coverage: [],
    createdAt: now,
    updatedAt: now,
  };
}

/** A currency healed from balances or rows stays where the list goes on saying XXX. */
function merged(before: Account, listed: BankAccount): Account {
  const facts = factsOf(listed);
  return {
    ...before,
    ...facts,
    currency: facts.currency ?? before.currency,
    resourceId: listed.resourceId,
    connectorData: listed.connectorData,
  };
}

function changed(run: UpdateRun, account: Account): NewChange {
  return { type: "AccountChanged", subjectId: account.id, consentId: run.consent.id, accountId: account.id, updateId: run.update.id };
}
