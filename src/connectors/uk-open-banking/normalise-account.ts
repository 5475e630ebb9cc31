import type { AccountStatus, AccountType } from "../../domain/account.ts";
import { parseCurrency } from "../../domain/money.ts";
import type { BankAccount } from "../connector.ts";
import { ibanOf } from "../kit/iban.ts";
import { BadRow, firstOf, kindOf, listOf, meaningOf, rowOf, textOf, type Row } from "../kit/wire.ts";
import { writeAccountMemory } from "./account-memory.ts";

/** `AccountSubType` of 3.1 and `AccountTypeCode` of 4.0, by their letters. */
const TYPES: Readonly<Record<string, AccountType>> = {
  CURRENTACCOUNT: "CURRENT", CACC: "CURRENT", TRAN: "CURRENT", SLRY: "CURRENT", TRAS: "CURRENT", CASH: "CURRENT",
  SAVINGS: "SAVINGS", SVGS: "SAVINGS", LLSV: "SAVINGS", ONDP: "SAVINGS", MOMA: "SAVINGS",
  CREDITCARD: "CARD", CHARGECARD: "CARD", CARD: "CARD", CHAR: "CARD",
  LOAN: "LOAN", MORTGAGE: "LOAN", MORT: "LOAN", MGLD: "LOAN", ODFT: "LOAN",
}; // prettier-ignore

const STATUSES: Readonly<Record<string, AccountStatus>> = { DISABLED: "BLOCKED", DELETED: "CLOSED" };

/**
 * One entry of `Data.Account`.
 * @throws BadRow for an entry without AccountId
 */
export function normaliseAccount(value: unknown, may: { readonly balances: boolean; readonly transactions: boolean }): BankAccount {
  const row = rowOf(value);
  if (!row) throw new BadRow("", `expected an object, got ${kindOf(value)}`);
  const resourceId = textOf(row["AccountId"]);
  if (resourceId === null) throw new BadRow("AccountId", "missing");
  const identification = identificationOf(row);
  const owners = [...new Set(schemesOf(row).map(({ name }) => name))].filter((name) => name !== null);
  const type = typeOf(row, identification.maskedPan !== null);
  const { iban, maskedPan, bban } = identification;
  return {
    ...identification,
    resourceId,
    connectorData: writeAccountMemory({ card: type === "CARD", iban, owners }),
    name: firstOf(row["Nickname"], row["Description"], ...owners, iban, maskedPan, bban) ?? "Account",
    ownerName: owners.length > 0 ? owners.join(", ") : null,
    type,
    product: meaningOf(row["Description"]),
    status: STATUSES[(textOf(row["Status"]) ?? "").toUpperCase()] ?? "ACTIVE",
    currency: parseCurrency(textOf(listOf(row["Currency"])[0]) ?? ""),
    bic: bicOf(row["Servicer"]),
    balances: null,
    mayReadBalances: may.balances,
    mayReadTransactions: may.transactions,
  };
}

/** Only payment accounts are reachable: one that names no type is a current account, or a card where only a card number is known. */
function typeOf(row: Row, card: boolean): AccountType {
  const said = textOf(row["AccountTypeCode"]) ?? textOf(row["AccountSubType"]);
  if (said === null) return card ? "CARD" : "CURRENT";
  return TYPES[said.toUpperCase().replace(/[^A-Z]/g, "")] ?? "OTHER";
}

interface Scheme {
  /** Without its name space, in capitals: `SORTCODEACCOUNTNUMBER`. */
  readonly scheme: string;
  readonly identification: string;
  readonly name: string | null;
}

/** In an order of their own: banks turn the list round between calls. */
function schemesOf(row: Row): readonly Scheme[] {
  const entries = listOf(row["Account"])
    .map(rowOf)
    .flatMap((entry) => {
      const identification = meaningOf(entry?.["Identification"]);
      if (!entry || identification === null) return [];
      const scheme = (textOf(entry["SchemeName"]) ?? "").split(".").at(-1)?.toUpperCase() ?? "";
      return [{ scheme, identification, name: meaningOf(entry["Name"]) }];
    });
  return entries.sort((a, b) => (`${a.scheme} ${a.identification}` < `${b.scheme} ${b.identification}` ? -1 : 1));
}

function identificationOf(row: Row): Pick<BankAccount, "iban" | "bban" | "sortCode" | "accountNumber" | "maskedPan"> {
  const schemes = schemesOf(row);
  const under = (name: string) => schemes.find(({ scheme }) => scheme === name)?.identification ?? null;
  const local = under("SORTCODEACCOUNTNUMBER")?.replace(/[\s-]/g, "") ?? null;
  const pan = under("PAN");
  const uk = local !== null && /^\d{14}$/.test(local) ? local : null;
  return {
    iban: schemes.map(({ identification }) => ibanOf(identification)).find((iban) => iban !== null) ?? null,
    bban: under("BBAN") ?? local,
    sortCode: uk?.slice(0, 6) ?? null,
    accountNumber: uk?.slice(6) ?? null,
    maskedPan: pan === null ? null : masked(pan),
  };
}

/** A card number that a bank gives in clear is masked before anything is kept. */
function masked(pan: string): string {
  const digits = pan.replace(/\s/g, "");
  return /^\d{12,19}$/.test(digits) ? `${"*".repeat(digits.length - 4)}${digits.slice(-4)}` : pan;
}

/** `{SchemeName: UK.OBIE.BICFI, Identification}`, of a servicer or an agent. */
export function bicOf(agent: unknown): string | null {
  const text = meaningOf(rowOf(agent)?.["Identification"])?.toUpperCase() ?? "";
  return /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(text) ? text : null;
}
