import type { AccountType, BalanceFacts } from "../../domain/account.ts";
import { parseCurrency, type Currency } from "../../domain/money.ts";
import type { BankAccount } from "../connector.ts";
import { ibanOf } from "../kit/iban.ts";
import { linkOf } from "../kit/links.ts";
import { BadRow, firstOf, meaningOf, rowOf, textOf, type Row } from "../kit/wire.ts";
import { writeAccountMemory, type AccountMemory } from "./account-memory.ts";
import { normaliseBalances, type BalanceReading } from "./normalise-balance.ts";

/** `CACC` and `CARD` by the standard; the rest is seen. */
const TYPES: Readonly<Record<string, AccountType>> = {
  CACC: "CURRENT", TRAN: "CURRENT", CARD: "CARD", CHAR: "CARD", SVGS: "SAVINGS", LLSV: "SAVINGS", LOAN: "LOAN",
}; // prettier-ignore

export interface AccountOptions {
  readonly timeZone: string;
  readonly assumeLinks: boolean;
  readonly cardDebtPositive: boolean;
  /** What the grant was asked for: a bank that decides alone (A1) offers more. */
  readonly wants: { readonly balances: boolean; readonly transactions: boolean };
  /** Of the list around the accounts. */
  readonly list: Pick<AccountMemory, "endUserIdentity" | "connectedPsu">;
}

/**
 * One entry of `accounts`, a deferred card included (standards.md 6.4).
 * @throws BadRow naming the path for an entry without any id
 */
export function normaliseAccount(value: unknown, options: AccountOptions): BankAccount {
  const row = rowOf(value);
  if (!row) throw new BadRow("", "expected an object");
  const [balances, transactions, owners] = [linkOf(row, "balances"), linkOf(row, "transactions"), linkOf(row, "owners")];
  const resourceId = textOf(row["resourceId"]) ?? idInLink(balances ?? transactions);
  if (resourceId === null) throw new BadRow("resourceId", "missing");
  const id = rowOf(row["accountId"]);
  const other = rowOf(id?.["other"]);
  const card = typeOf(row) === "CARD";
  const iban = ibanOf(id?.["iban"]) ?? (isScheme(other, "IBAN") ? ibanOf(other?.["identification"]) : null);
  const pan = maskedPan(other, card);
  const listed = listedBalances(row["balances"], { timeZone: options.timeZone, debitsPositive: card && options.cardDebtPositive });
  const guessed = options.assumeLinks && row["_links"] === undefined;
  const memory = { card, iban, balances, transactions, owners, psuStatus: meaningOf(row["psuStatus"]), ...options.list };
  return {
    resourceId,
    connectorData: writeAccountMemory(memory),
    name: firstOf(row["name"], row["product"], row["details"], row["detail"], iban, pan) ?? "Account",
    ownerName: meaningOf(rowOf(row["company"])?.["name"]),
    type: typeOf(row),
    product: meaningOf(row["product"]),
    status: "ACTIVE",
    currency: currencyOf(row, id, listed?.[0]?.currency ?? null),
    iban,
    bban: iban === null && pan === null ? meaningOf(other?.["identification"]) : null,
    sortCode: null,
    accountNumber: null,
    maskedPan: pan,
    bic: meaningOf(row["bicFi"]),
    // What was not asked for is not handed on.
    balances: options.wants.balances ? listed : null,
    mayReadBalances: options.wants.balances && (guessed || balances !== null),
    mayReadTransactions: options.wants.transactions && (guessed || transactions !== null),
  };
}

/** Null where there are none, or none that can be read: the account is more than its balances, which can be asked for. */
function listedBalances(value: unknown, reading: BalanceReading): readonly BalanceFacts[] | null {
  if (value === undefined || value === null) return null;
  try {
    return normaliseBalances(value, "balances", reading);
  } catch (error) {
    if (error instanceof BadRow) return null;
    throw error;
  }
}

/** The account as PUT /consents names it: the same object as received. Null for one without. */
export function consentReference(value: unknown): Row | null {
  const id = rowOf(rowOf(value)?.["accountId"]);
  return id !== null && (textOf(id["iban"]) !== null || rowOf(id["other"]) !== null) ? id : null;
}

/** What tells accounts of one list apart over the life of a grant; resource ids may change. */
export function identityOf(reference: Row): string {
  const other = rowOf(reference["other"]);
  const parts = [reference["iban"], other?.["identification"], other?.["schemeName"], reference["currency"], reference["workspace"]];
  return parts.map((part) => textOf(part) ?? "").join("|");
}

function typeOf(row: Row): AccountType {
  const said = textOf(row["cashAccountType"])?.toUpperCase();
  // Only payment accounts are reachable by PSD2: one that names no type is a current account.
  return said === undefined ? "CURRENT" : (TYPES[said] ?? "OTHER");
}

/** 1.4.1 moved the currency into `accountId`, 1.5 brought it back. */
function currencyOf(row: Row, id: Row | null, ofBalances: Currency | null): Currency | null {
  return parseCurrency(textOf(id?.["currency"]) ?? "") ?? parseCurrency(textOf(row["currency"]) ?? "") ?? ofBalances;
}

const CARD_SCHEMES = /^(?:C?PAN|MPAN|TPAN|PCID)/i;

/** The card's number where it may be shown: masked as it came, else all but the last four digits. */
function maskedPan(other: Row | null, card: boolean): string | null {
  const number = meaningOf(other?.["identification"]);
  const scheme = textOf(other?.["schemeName"]) ?? "";
  if (number === null || !(CARD_SCHEMES.test(scheme) || (card && scheme === ""))) return null;
  return /^\d{12,19}$/.test(number) ? `${"*".repeat(number.length - 4)}${number.slice(-4)}` : number;
}

function isScheme(other: Row | null, name: string): boolean {
  return textOf(other?.["schemeName"])?.toUpperCase() === name;
}

function idInLink(link: string | null): string | null {
  const id = /accounts\/([^/?#]+)\/(?:balances|transactions)/.exec(link ?? "")?.[1];
  return id === undefined ? null : decodeURIComponent(id);
}

/** Whether a listed account has any right at all: before PUT /consents of the mixed model there is none. */
export function hasLinks(value: unknown): boolean {
  const row = rowOf(value);
  return ["balances", "transactions", "owners"].some((name) => linkOf(row, name) !== null);
}
