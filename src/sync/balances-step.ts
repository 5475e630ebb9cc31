import type { Account, Balance, BalanceFacts } from "../domain/account.ts";
import type { NewChange } from "../domain/change.ts";
import type { Currency } from "../domain/money.ts";
import type { UpdateStep } from "../domain/update.ts";
import { callBank } from "./bank-call.ts";
import { accountOf, ownerOf, refOf } from "./owned.ts";
import type { UpdateRun } from "./run.ts";

/** Replaces the account's balances; a change is logged only where a figure moved. */
export async function runBalances(run: UpdateRun, step: UpdateStep): Promise<void> {
  const account = await accountOf(run, step);
  const facts =
    run.listed.get(account.id)?.balances ?? (await callBank(run, (bank, grant, signal) => bank.balances(grant, refOf(account), signal)));
  const now = run.now();
  const before = (await run.parts.store.balancesOfAccounts(ownerOf(run), [account.id])).get(account.id) ?? [];
  const balances = facts.map((fact, position): Balance => ({
    ...fact,
    userId: account.userId,
    accountId: account.id,
    position,
    fetchedAt: now,
  }));
  const subject = { subjectId: account.id, consentId: run.consent.id, accountId: account.id, updateId: run.update.id };
  const changes: NewChange[] = sameBalances(before, facts) ? [] : [{ type: "BalanceChanged", ...subject }];
  const currency = healedCurrency(
    account,
    facts.map((fact) => fact.currency),
  );
  if (currency !== null) changes.push({ type: "AccountChanged", ...subject });
  await run.commit({
    event: { type: "pageStored" },
    steps: [{ position: step.position, patch: { status: "DONE", cursor: null, pages: 1, seen: facts.length } }],
    changes,
    write: async (tx) => {
      await tx.replaceBalances(account.id, balances);
      if (currency !== null) await tx.patchAccount(account.id, { currency, updatedAt: now });
    },
  });
}

/** The currency that all of the account's money is in, for an account whose bank says XXX; null = nothing to heal. */
export function healedCurrency(account: Pick<Account, "currency">, seen: readonly Currency[]): Currency | null {
  const [first] = seen;
  if (account.currency !== null || first === undefined) return null;
  return seen.every((currency) => currency === first) ? first : null;
}

function sameBalances(before: readonly Balance[], now: readonly BalanceFacts[]): boolean {
  if (before.length !== now.length) return false;
  return before.every((old, i) => {
    const fact = now[i];
    return (
      fact !== undefined &&
      old.type === fact.type &&
      old.amount === fact.amount &&
      old.currency === fact.currency &&
      old.creditLimitIncluded === fact.creditLimitIncluded &&
      old.referenceDate === fact.referenceDate
    );
  });
}
