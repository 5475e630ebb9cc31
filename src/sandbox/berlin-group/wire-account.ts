import { formatMinor } from "../ledger/money.ts";
import { cashAccountType } from "./consent-access.ts";
import { linkTo, type BankContext } from "./context.ts";
import type { OpenAccount } from "./account-gate.ts";
import { wireBalances } from "./wire-balance.ts";

/** One account as `accountDetails` (or `cardAccountDetails`), with links only to what the consent allows. */
export function wireAccount({ consent, granted, book }: OpenAccount, context: BankContext, withBalance: boolean): Record<string, unknown> {
  const { account } = book;
  const { rights, resourceId } = granted;
  const { timeZone, debitAccounting } = context.settings;
  const card = account.kind === "card";
  const base = `/v1/${card ? "card-accounts" : "accounts"}/${resourceId}`;
  const owner = rights.has("ownerName") ? { ownerName: account.owners.map(({ name }) => name).join(", ") } : {};
  const owners = rights.has("ownerName")
    ? { ownerNames: account.owners, psuName: context.ledger.user(consent.user ?? "")?.fullName ?? "" }
    : {};
  const reachable = consent.access.model !== "available";
  const links = {
    ...(reachable && rights.has("balances") ? { balances: linkTo(context, `${base}/balances`) } : {}),
    ...(reachable && rights.has("transactions") ? { transactions: linkTo(context, `${base}/transactions`) } : {}),
  };
  const shared = {
    resourceId,
    currency: account.currency,
    ...owner,
    name: account.name,
    ...(account.displayName === undefined ? {} : { displayName: account.displayName }),
    product: account.product,
    status: account.status,
    usage: account.usage === "private" ? "PRIV" : "ORGA",
    ...(withBalance && rights.has("balances")
      ? { balances: wireBalances(book, context.ledger.clock.nowMs(), { timeZone, debitAccounting }) }
      : {}),
    _links: links,
  };
  if (card) {
    const limit =
      account.creditLimit === undefined
        ? {}
        : { creditLimit: { currency: account.currency, amount: formatMinor(account.creditLimit, account.currency) } };
    return { ...shared, maskedPan: account.maskedPan, debitAccounting, ...limit };
  }
  const identification = account.iban === undefined ? { bban: account.bban ?? "" } : { iban: account.iban };
  return {
    ...shared,
    ...identification,
    ...owners,
    cashAccountType: cashAccountType(account),
    ...(account.bic === undefined ? {} : { bic: account.bic }),
  };
}
