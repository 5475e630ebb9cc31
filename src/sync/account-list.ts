import type { AccountList, BankAccount } from "../connectors/connector.ts";
import type { Account, AccountFacts } from "../domain/account.ts";
import type { NewChange } from "../domain/change.ts";
import type { Consent } from "../domain/consent.ts";
import { newId, type UpdateId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";
import type { Tx } from "../store/store.ts";
import { linkAccounts } from "./account-links.ts";

export interface AccountsFound {
  /** The bank's accounts in its order, each with the hub's. */
  readonly entries: readonly { readonly account: Account; readonly listed: BankAccount; readonly isNew: boolean }[];
  readonly changes: readonly NewChange[];
  write(tx: Tx): Promise<void>;
}

/** What an account list of the bank means for the stored accounts of the consent: new ones, changed ones, and those no longer shared. */
export function compareAccounts(
  stored: readonly Account[],
  list: AccountList,
  about: { readonly consent: Consent; readonly updateId: UpdateId | null; readonly now: Instant },
): AccountsFound {
  const { consent, updateId, now } = about;
  const links = linkAccounts(stored, list.accounts);
  const added: Account[] = [];
  const patches: Account[] = [];
  const visible: Account[] = [];
  const entries = list.accounts.map((listed, i) => {
    const before = links[i] ?? null;
    const account = before === null ? newAccount(consent, listed, now) : merged(before, listed);
    const isVisible = before === null || FACTS.some((field) => before[field] !== account[field]);
    if (before === null) added.push(account);
    else if (isVisible || before.resourceId !== account.resourceId || before.connectorData !== account.connectorData)
      patches.push(isVisible ? { ...account, updatedAt: now } : account);
    if (isVisible) visible.push(account);
    return { account, listed, isNew: before === null };
  });
  // An account that could not be read may be any of those that seem to be gone.
  const gone =
    list.quarantined.length > 0 ? [] : stored.filter((account) => account.status !== "NO_LONGER_SHARED" && !links.includes(account));
  patches.push(...gone.map((account): Account => ({ ...account, status: "NO_LONGER_SHARED", updatedAt: now })));
  return {
    entries,
    changes: [...visible, ...gone].map(({ id }) => ({
      type: "AccountChanged",
      subjectId: id,
      consentId: consent.id,
      accountId: id,
      updateId,
    })),
    async write(tx) {
      if (added.length > 0) await tx.insertAccounts(added);
      for (const { id, userId: _user, ...patch } of patches) await tx.patchAccount(id, patch);
    },
  };
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

function newAccount(consent: Consent, listed: BankAccount, now: Instant): Account {
  return {
    ...factsOf(listed),
    id: newId("acc", now),
    userId: consent.userId,
    consentId: consent.id,
    bankId: consent.bankId,
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
