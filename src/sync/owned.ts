import type { BankAccountRef } from "../connectors/connector.ts";
import type { Account } from "../domain/account.ts";
import type { Owner } from "../domain/tenant.ts";
import type { UpdateStep } from "../domain/update.ts";
import type { UpdateRun } from "./run.ts";

export function ownerOf(run: UpdateRun): Owner {
  return { tenantId: run.update.tenantId, userId: run.update.userId };
}

/** The account of a step, as it is stored now. */
export async function accountOf(run: UpdateRun, step: UpdateStep): Promise<Account> {
  const account =
    step.accountId === null ? undefined : (await run.parts.store.accountsByIds(ownerOf(run), [step.accountId])).get(step.accountId);
  if (!account) throw new Error(`step ${step.position} of ${step.updateId} has no account`);
  return account;
}

export function refOf(account: Account): BankAccountRef {
  return { resourceId: account.resourceId, connectorData: account.connectorData, currency: account.currency };
}
