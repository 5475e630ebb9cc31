import type { AccountStatus, AccountType, BalanceFacts } from "../../domain/account.ts";
import { parseCurrency, type Currency } from "../../domain/money.ts";
import type { BankAccount } from "../connector.ts";
import type { Profile } from "./profile.ts";
import { writeAccountMemory, type AccountMemory } from "./account-memory.ts";
import { ibanOf } from "../kit/iban.ts";
import { linkOf } from "../kit/links.ts";
import { normaliseBalances } from "./normalise-balance.ts";
import { BadRow, firstOf, flagOf, listOf, meaningOf, rowOf, textOf, type Row } from "../kit/wire.ts";

const TYPES: Readonly<Record<string, AccountType>> = {
  CACC: "CURRENT", TRAN: "CURRENT", CURRENT: "CURRENT",
  SVGS: "SAVINGS", LLSV: "SAVINGS", ONDP: "SAVINGS", SAVINGS: "SAVINGS",
  CARD: "CARD", CHAR: "CARD", CREDITCARD: "CARD",
  LOAN: "LOAN", MGLD: "LOAN", MORT: "LOAN", MORTGAGE: "LOAN",
}; // prettier-ignore

const STATUSES: Readonly<Record<string, AccountStatus>> = { ENABLED: "ACTIVE", BLOCKED: "BLOCKED", DELETED: "CLOSED", CLOSED: "CLOSED" };

export interface AccountOptions {
  readonly card: boolean;
  readonly timeZone: string;
  readonly assumeLinks: boolean;
  readonly cardDebtPositive: boolean | null;
  readonly balanceTypes: Profile["balances"]["types"];
}

/**
 * One entry of `accounts` or `cardAccounts`: one account, or one per currency where a multi-currency account shows balances in several.
 * @throws BadRow naming the path for an entry without any id
 */
export function normaliseAccount(value: unknown, options: AccountOptions): readonly BankAccount[] {
  const row = rowOf(value);
  if (!row) throw new BadRow("", "expected an object");
  const identity = identityOf(row);
  const links = linksOf(row, options.assumeLinks);
  const resourceId = textOf(row["resourceId"]) ?? idInLink(links.balances ?? links.transactions);
  if (resourceId === null) throw new BadRow("resourceId", "missing");

  const currency = parseCurrency(textOf(row["currency"]) ?? "");
  const owners = ownersOf(row);
  const debitAccounting = flagOf(row["debitAccounting"]);
  const debitsPositive = options.card && (options.cardDebtPositive ?? debitAccounting ?? false);
  const reading = { timeZone: options.timeZone, debitsPositive, onlyCurrency: null, balanceTypes: options.balanceTypes };
  const balances = row["balances"] === undefined ? null : normaliseBalances(row["balances"], "balances", reading);
  const memory: Omit<AccountMemory, "v"> = {
    card: options.card,
    balances: links.balances,
    transactions: links.transactions,
    debitAccounting,
    onlyCurrency: null,
    iban: identity.iban,
    owners,
    person: meaningOf(row["psuName"]),
  };
  const account = (only: Currency | null): BankAccount => ({
    ...identity,
    resourceId,
    connectorData: writeAccountMemory({ ...memory, onlyCurrency: currency === null ? only : null }),
    name: firstOf(row["displayName"], row["name"], row["product"], identity.iban, identity.maskedPan, identity.bban) ?? "Account",
    ownerName: owners.length > 0 ? owners.join(", ") : null,
    type: typeOf(row, options.card),
    product: meaningOf(row["product"]),
    status: STATUSES[(textOf(row["status"]) ?? "enabled").toUpperCase()] ?? "ACTIVE",
    currency: currency ?? only,
    balances: ownBalances(balances, only),
    mayReadBalances: links.mayReadBalances,
    mayReadTransactions: links.mayReadTransactions,
  });
  const several = currency === null ? [...new Set((balances ?? []).map((balance) => balance.currency))] : [];
  return several.length > 1 ? several.map(account) : [account(null)];
}

function ownBalances(balances: readonly BalanceFacts[] | null, only: Currency | null): readonly BalanceFacts[] | null {
  return balances === null || only === null ? balances : balances.filter(({ currency }) => currency === only);
}

/**
 * Where a bank lists a multi-currency account (`XXX`) and its parts, only the parts stay: the same rows would come twice.
 */
export function withoutAggregates(accounts: readonly BankAccount[]): readonly BankAccount[] {
  const parts = new Set(accounts.filter(({ currency }) => currency !== null).map(({ iban }) => iban));
  return accounts.filter(({ currency, iban }) => currency !== null || iban === null || !parts.has(iban));
}

function typeOf(row: Row, card: boolean): AccountType {
  const said = textOf(row["cashAccountType"])?.toUpperCase();
  // Only payment accounts are reachable by PSD2: one that names no type is a current account.
  return card ? "CARD" : said === undefined ? "CURRENT" : (TYPES[said] ?? "OTHER");
}

function identityOf(row: Row): Pick<BankAccount, "iban" | "bban" | "sortCode" | "accountNumber" | "maskedPan" | "bic"> {
  const iban = ibanOf(row["iban"]);
  // American Express puts a masked card number where the IBAN should be.
  const misplaced = iban === null && /[*xX]{3,}/.test(textOf(row["iban"]) ?? "") ? textOf(row["iban"]) : null;
  const pan = textOf(row["pan"]);
  return {
    iban,
    bban: meaningOf(row["bban"]) ?? meaningOf(rowOf(row["other"])?.["identification"]),
    sortCode: null,
    accountNumber: null,
    maskedPan:
      meaningOf(row["maskedPan"]) ?? misplaced ?? (pan === null ? null : `${"*".repeat(Math.max(0, pan.length - 4))}${pan.slice(-4)}`),
    bic: meaningOf(row["bic"]),
  };
}

function ownersOf(row: Row): string[] {
  const listed = listOf(row["ownerNames"]).map((owner) => meaningOf(typeof owner === "string" ? owner : rowOf(owner)?.["name"]));
  const names = listed.filter((name) => name !== null);
  // Joint holders in one text stay one text: nobody knows how the bank joins them.
  const single = meaningOf(row["ownerName"]);
  return names.length > 0 ? [...new Set(names)] : single === null ? [] : [single];
}

function linksOf(row: Row, assume: boolean) {
  const [balances, transactions] = [linkOf(row, "balances"), linkOf(row, "transactions")];
  const guessed = assume && row["_links"] === undefined;
  return { balances, transactions, mayReadBalances: guessed || balances !== null, mayReadTransactions: guessed || transactions !== null };
}

function idInLink(link: string | null): string | null {
  const id = /accounts\/([^/?#]+)\/(?:balances|transactions)/.exec(link ?? "")?.[1];
  return id === undefined ? null : decodeURIComponent(id);
}
