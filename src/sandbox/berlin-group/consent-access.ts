import { randomUUID } from "node:crypto";
import type { AccountBook } from "../ledger/account-book.ts";
import type { LedgerAccount } from "../ledger/model.ts";
import { RIGHTS, type Access, type AccountReference, type Consent, type ConsentAccount, type Right } from "./consent.ts";

const CASH_ACCOUNT_TYPES = { current: "CACC", savings: "SVGS", card: "CARD" } as const;

export function cashAccountType(account: LedgerAccount): string {
  return CASH_ACCOUNT_TYPES[account.kind];
}

/** The accounts of a person that a consent could cover; for a bank-offered one the person may choose among them. */
export function offeredAccounts(access: Access, books: readonly AccountBook[]): AccountBook[] {
  const open = books.filter(({ account }) => account.status !== "deleted");
  if (access.model === "detailed") return open.filter(({ account }) => rightsOn(access, account).size > 0);
  return open.filter(({ account }) => access.restrictedTo === undefined || access.restrictedTo.includes(cashAccountType(account)));
}

export function grantedAccounts(access: Access, books: readonly AccountBook[], chosen: readonly string[] | undefined): ConsentAccount[] {
  const taken = offeredAccounts(access, books).filter(
    ({ account }) => access.model !== "bank-offered" || chosen === undefined || chosen.includes(account.id),
  );
  return taken.map(({ account }) => ({ accountId: account.id, resourceId: randomUUID(), rights: rightsOn(access, account) }));
}

/** What the person reads about the data. */
export function rightLabels(access: Access): string[] {
  const labels = { accounts: "account details", balances: "balances", transactions: "transactions", ownerName: "names of the owners" };
  const rights = access.model === "detailed" ? RIGHTS.filter((right) => access.rights[right].length > 0) : [...rightsOfAll(access)];
  return rights.map((right) => labels[right]);
}

/** `access` as GET /v1/consents/{id} prints it: with the accounts the person chose, once there are any. */
export function printedAccess(consent: Consent, accountOf: (id: string) => LedgerAccount | undefined): Readonly<Record<string, unknown>> {
  if (consent.access.model !== "bank-offered" || consent.accounts.length === 0) return consent.askedAccess;
  const listFor = (right: Right) =>
    consent.accounts.filter(({ rights }) => rights.has(right)).map(({ accountId }) => referenceOf(accountOf(accountId)));
  const asked = consent.access.rights;
  const lists = (["accounts", "balances", "transactions"] as const)
    .filter((right) => asked.includes(right))
    .map((right) => [right, listFor(right)]);
  return {
    ...Object.fromEntries(lists),
    ...(asked.includes("ownerName") ? { additionalInformation: { ownerName: listFor("ownerName") } } : {}),
  };
}

/** How a report names its account. */
export function referenceOf(account: LedgerAccount | undefined): Record<string, string> {
  if (account?.maskedPan !== undefined) return { maskedPan: account.maskedPan, currency: account.currency };
  if (account?.iban !== undefined) return { iban: account.iban, currency: account.currency };
  return { bban: account?.bban ?? "", currency: account?.currency ?? "" };
}

function rightsOn(access: Access, account: LedgerAccount): ReadonlySet<Right> {
  if (access.model !== "detailed") return rightsOfAll(access);
  const rights = RIGHTS.filter((right) => access.rights[right].some((reference) => names(reference, account)));
  return new Set<Right>(rights.length > 0 ? ["accounts", ...rights] : []);
}

function rightsOfAll(access: Exclude<Access, { model: "detailed" }>): ReadonlySet<Right> {
  if (access.model === "bank-offered") return new Set(access.rights);
  const owner: Right[] = access.ownerName ? ["ownerName"] : [];
  if (access.model === "global") return new Set<Right>(["accounts", "balances", "transactions", ...owner]);
  return new Set<Right>(["accounts", ...(access.withBalance ? (["balances"] as const) : []), ...owner]);
}

function names(reference: AccountReference, account: LedgerAccount): boolean {
  if (reference.currency !== undefined && reference.currency !== account.currency) return false;
  if (reference.iban !== undefined) return reference.iban === account.iban;
  if (reference.maskedPan !== undefined) return reference.maskedPan === account.maskedPan;
  return reference.bban !== undefined && reference.bban === account.bban;
}
