import type { BankAccount } from "../connectors/connector.ts";
import type { Account, Identity, IdentityFacts } from "../domain/account.ts";
import type { NewChange } from "../domain/change.ts";
import type { UpdateStep } from "../domain/update.ts";
import { callBank } from "./bank-call.ts";
import { ownerOf } from "./owned.ts";
import type { UpdateRun } from "./run.ts";

/** Replaces the consent's identities. SKIPPED where the bank gives none. */
export async function runIdentity(run: UpdateRun, step: UpdateStep): Promise<void> {
  const { store } = run.parts;
  const accounts = (await store.accountsOfConsent(run.consent.id)).filter((account) => account.status !== "NO_LONGER_SHARED");
  const facts = await callBank(run, (bank, grant, signal) =>
    bank.identity(
      grant,
      accounts.map((one) => run.listed.get(one.id) ?? asListed(one)),
      signal,
    ),
  );
  if (facts === null) {
    await run.commit({ event: { type: "pageStored" }, steps: [{ position: step.position, patch: { status: "SKIPPED", cursor: null } }] });
    return;
  }
  const before = (await store.identitiesOfConsents(ownerOf(run), [run.consent.id])).get(run.consent.id) ?? [];
  const identities = facts.map((fact, position) => identity(run, fact, position, accounts));
  const same = JSON.stringify(before.map(comparable)) === JSON.stringify(identities.map(comparable));
  const changes: NewChange[] = same
    ? []
    : [{ type: "IdentityChanged", subjectId: run.consent.id, consentId: run.consent.id, updateId: run.update.id }];
  await run.commit({
    event: { type: "pageStored" },
    steps: [{ position: step.position, patch: { status: "DONE", cursor: null, pages: 1, seen: facts.length } }],
    changes,
    write: (tx) => tx.replaceIdentities(run.consent.id, identities),
  });
}

function identity(run: UpdateRun, facts: IdentityFacts, position: number, accounts: readonly Account[]): Identity {
  const { resourceIds, ...person } = facts;
  return {
    ...person,
    userId: run.consent.userId,
    consentId: run.consent.id,
    bankId: run.consent.bankId,
    position,
    accountIds: accounts.filter((account) => resourceIds.includes(account.resourceId)).map((account) => account.id),
    fetchedAt: run.now(),
  };
}

function comparable({ fullName, birthDate, addresses, emails, phones, accountIds }: Identity): readonly unknown[] {
  return [fullName, birthDate, addresses, emails, phones, accountIds];
}

/** An account list read by an earlier run of this update. */
function asListed(account: Account): BankAccount {
  return { ...account, balances: null, mayReadBalances: true, mayReadTransactions: true };
}
