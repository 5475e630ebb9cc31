import type { AccountType, BalanceFacts } from "../../domain/account.ts";
import { negate, parseCurrency, type Currency } from "../../domain/money.ts";
import { dayIn, type Day } from "../../domain/time.ts";
import type { BankAccount } from "../connector.ts";
import { readDecimal } from "../kit/values.ts";
import { BadRow, firstOf, kindOf, meaningOf, rowOf, textOf, type Row } from "../kit/wire.ts";
import { writeAccountMemory } from "./account-memory.ts";
import { accountName, bareNumber } from "./account-number.ts";
import type { GrantMemory, Privilege } from "./handle.ts";
import { instantOf } from "./instants.ts";
import { nameAddress } from "./name-address.ts";
import type { Profile } from "./profile.ts";

export interface AccountOptions {
  readonly profile: Profile;
  readonly timeZone: string;
  readonly scopes: GrantMemory["request"]["scopes"];
  /** Null = the bank did not say what it granted. */
  readonly privilege: Privilege | null;
  /** The number that later calls must name. */
  readonly resourceId: string;
}

/**
 * The answer of getAccount (standards.md 5.3). What the consent was not asked for stays out, though the bank sends it: holders without IDENTITY, balances
 * without BALANCES.
 * @throws BadRow naming the path where there is no account in it
 */
export function normaliseAccount(answer: Row, options: AccountOptions): BankAccount {
  const { profile, timeZone, scopes, privilege, resourceId } = options;
  const row = rowOf(answer["account"]);
  if (!row) throw new BadRow("account", `expected an object, got ${kindOf(answer["account"])}`);
  const { iban, other, maskedPan } = accountName(row["accountNumber"] ?? resourceId);
  const type = typeOf(row, profile.accounts.types);
  const firm = /^corp/i.test(textOf(row["accountHolderType"]) ?? "");
  const holders = nameAddress(row["nameAddress"], firm);
  const named = scopes.includes("IDENTITY") ? holders : { names: [], address: [] };
  const debt = (type === "CARD" || type === "LOAN") && profile.amounts.cardDebtPositive;
  const lists = privilege === null ? null : privilege.lists;
  return {
    iban,
    bban: other,
    sortCode: null,
    accountNumber: null,
    maskedPan,
    bic: meaningOf(rowOf(row["bank"])?.["bicOrSwift"]),
    resourceId,
    connectorData: writeAccountMemory({ iban, number: bareNumber(row["accountNumber"] ?? resourceId), lists, debt, owners: [...named.names], address: [...named.address] }), // prettier-ignore
    name:
      firstOf(row["accountNameClient"], row["accountTypeName"], rowOf(row["accountType"])?.["description"], iban, maskedPan, other) ??
      "Account",
    ownerName: named.names.length > 0 ? named.names.join(", ") : null,
    type,
    product: firstOf(rowOf(row["accountType"])?.["description"], row["accountTypeName"]),
    status: "ACTIVE",
    currency: parseCurrency(textOf(row["currency"]) ?? ""),
    balances: scopes.includes("BALANCES") ? normaliseBalances(answer, { timeZone, debt }) : null,
    mayReadBalances: scopes.includes("BALANCES"),
    mayReadTransactions: scopes.includes("TRANSACTIONS") && (lists === null || Object.keys(lists).length > 0),
  };
}

/** An account that the bank does not show though the consent names it: blocked, or barred to other apps. It must not seem to be gone. */
export function blockedAccount({ privilege, resourceId }: Pick<AccountOptions, "privilege" | "resourceId">): BankAccount {
  const { iban, other, maskedPan } = accountName(resourceId);
  const lists = privilege?.lists ?? null;
  return {
    ...{ iban, bban: other, sortCode: null, accountNumber: null, maskedPan, bic: null, resourceId },
    connectorData: writeAccountMemory({ iban, number: bareNumber(resourceId), lists, debt: false, owners: [], address: [] }),
    name: iban ?? maskedPan ?? other ?? "Account",
    ...{ ownerName: null, type: "OTHER", product: null, status: "BLOCKED", currency: null, balances: null },
    mayReadBalances: false,
    mayReadTransactions: false,
  };
}

/**
 * Both balances of an account, as of the day the bank answered.
 * @throws BadRow where there are some and none can be read
 */
export function normaliseBalances(
  answer: Row,
  { timeZone, debt }: { readonly timeZone: string; readonly debt: boolean },
): readonly BalanceFacts[] {
  const row = rowOf(answer["account"]);
  const currency = parseCurrency(textOf(row?.["currency"]) ?? "");
  if (!row || currency === null) throw new BadRow("account.currency", `expected an ISO 4217 code, got ${kindOf(row?.["currency"])}`);
  const sentAt = instantOf(rowOf(answer["responseHeader"])?.["sendDate"], timeZone);
  const reading = { currency, debt, referenceDate: sentAt === null ? null : dayIn(timeZone, sentAt) };
  const read = [
    balance("INTERIM_BOOKED", row["bookingBalance"], reading),
    balance("INTERIM_AVAILABLE", row["availableBalance"], reading),
  ].filter((one) => one !== null);
  if (read.length === 0) throw new BadRow("account.bookingBalance", `expected a decimal, got ${kindOf(row["bookingBalance"])}`);
  return read;
}

function balance(
  type: BalanceFacts["type"],
  value: unknown,
  { currency, debt, referenceDate }: { readonly currency: Currency; readonly debt: boolean; readonly referenceDate: Day | null },
): BalanceFacts | null {
  const amount = readDecimal(value, currency);
  if (amount === null) return null;
  const owed = debt && type === "INTERIM_BOOKED";
  return { type, amount: owed ? negate(amount) : amount, currency, creditLimitIncluded: null, referenceDate };
}

const CODES: Readonly<Record<string, AccountType>> = { CACC: "CURRENT", TRAN: "CURRENT", SVGS: "SAVINGS", CARD: "CARD", LOAN: "LOAN" };

/** Each bank has its own dictionary: words tell what the code does not. In this order, because a credit card is no credit. */
const WORDS: readonly { readonly match: RegExp; readonly type: AccountType }[] = [
  { match: /kart|card/i, type: "CARD" },
  { match: /oszcz|lokat|saving|deposit/i, type: "SAVINGS" },
  { match: /kredyt|pożycz|pozycz|hipote|loan|mortgage/i, type: "LOAN" },
  { match: /\bror\b|bież|biez|osobist|rozlicz|current|konto|rachunek/i, type: "CURRENT" },
];

function typeOf(row: Row, own: Profile["accounts"]["types"]): AccountType {
  const item = rowOf(row["accountType"]);
  const said = [textOf(item?.["code"]) ?? textOf(row["accountType"]), textOf(item?.["description"]), textOf(row["accountTypeName"])];
  const words = said.filter((text) => text !== null);
  // Only payment accounts are reachable by PSD2: one that names no type is a current account.
  if (words.length === 0) return "CURRENT";
  for (const word of words) {
    const known = own[word] ?? CODES[word.toUpperCase()];
    if (known) return known;
  }
  for (const word of words) {
    const found = WORDS.find(({ match }) => match.test(word));
    if (found) return found.type;
  }
  return "OTHER";
}
