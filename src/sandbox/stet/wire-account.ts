import type { AccountBook } from "../ledger/account-book.ts";
import type { LedgerAccount } from "../ledger/model.ts";
import { accountLink, type BankContext } from "./context.ts";
import { monthLabel } from "./deferred-cards.ts";
import { mayRead } from "./gate.ts";
import type { Grant, Right } from "./grants.ts";
import type { Link } from "./hal.ts";
import type { StetVersion } from "./options.ts";

/** `accountId`: what PUT /consents names the account by. Cards by masked number. */
export function accountReference(account: LedgerAccount, version: StetVersion): Record<string, unknown> {
  const number = account.maskedPan ?? account.bban ?? account.id;
  const scheme = account.maskedPan === undefined ? "BBAN" : "CPAN";
  return {
    ...(account.iban === undefined ? { other: { identification: number, schemeName: scheme, issuer: "SANDBOX" } } : { iban: account.iban }),
    ...(version === "1.4.0" ? {} : { currency: account.currency }),
  };
}

export interface ListedAccount {
  readonly book: AccountBook;
  /** Deferred cards by month: `YYYY-MM` of the purchases. */
  readonly month: string | undefined;
}

export function wireAccount(context: BankContext, grant: Grant, { book, month }: ListedAccount): Record<string, unknown> {
  const { settings, grants, ledger } = context;
  const { account } = book;
  const { version } = settings;
  const card = account.kind === "card";
  const resourceId = grants.resourceId(grant, account.id, month);
  const cash = card ? ledger.booksOf(grant.user).find((other) => other.account.kind === "current") : undefined;
  const person = ledger.user(grant.user)?.fullName;
  const holds = account.owners.some(({ name }) => name === person);
  return {
    resourceId,
    ...(account.iban === undefined ? {} : { bicFi: settings.bic }),
    accountId: accountReference(account, version),
    name: month === undefined ? account.name : `${account.name} ${monthLabel(month)}`,
    ...(account.displayName === undefined ? {} : { details: account.displayName }),
    ...(cash && cash !== book ? { linkedAccount: grants.resourceId(grant, cash.account.id) } : {}),
    usage: account.usage === "business" ? "ORGA" : "PRIV",
    cashAccountType: card ? "CARD" : "CACC",
    product: account.product,
    ...(version === "1.4.2" ? {} : { currency: account.currency }),
    psuStatus:
      account.owners.length > 1 ? "Account Co-Holder" : holds || account.usage === "private" ? "Account Holder" : "Legal Representative",
    _links: accountLinks(context, grant, book, resourceId),
  };
}

/** Only where there is a right: none at all before a mixed consent was sent. */
function accountLinks(context: BankContext, grant: Grant, book: AccountBook, resourceId: string): Record<string, Link> {
  const rights: readonly Right[] =
    context.settings.version === "1.5" ? ["balances", "transactions", "owners", "overdrafts"] : ["balances", "transactions"];
  const given = rights.filter((right) => mayRead(context, grant, book, right));
  return Object.fromEntries(given.map((right) => [right, accountLink(resourceId, right)]));
}
