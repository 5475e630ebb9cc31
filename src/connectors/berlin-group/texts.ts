import { familyName } from "../kit/code-families.ts";
import type { Profile } from "./profile.ts";
import { at, firstOf, listOf, meaningOf, rowOf, textOf, type Row } from "../kit/wire.ts";

const TEXT_FIELDS =
  /^(remittanceInformation|additionalInformation$|details$|transactionDetails$|ultimate(Creditor|Debtor)$|(creditor|debtor)Name$|entryDetails$)/;

/**
 * The row with its texts as a person wrote them: characters that a bank prints by number (`\U0001F600`) are themselves again, and what the profile
 * cleans away is gone.
 */
export function withCleanTexts(row: Row, cleaners: Profile["text"]["cleaners"]): Row {
  const patterns = cleaners.map(({ match, replace }) => ({ pattern: new RegExp(match, "gi"), replace }));
  const clean = (value: unknown): unknown => {
    if (typeof value === "string") return patterns.reduce((text, { pattern, replace }) => text.replace(pattern, replace), unescaped(value));
    if (Array.isArray(value)) return value.map(clean);
    const nested = rowOf(value);
    return nested ? Object.fromEntries(Object.entries(nested).map(([name, inner]) => [name, clean(inner)])) : value;
  };
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, TEXT_FIELDS.test(name) ? clean(value) : value]));
}

function unescaped(text: string): string {
  return text.replace(/\\U([\dA-F]{8})|\\u([\da-f]{4})/gi, (whole, long?: string, short?: string) => {
    const code = Number.parseInt(long ?? short ?? "", 16);
    return code > 31 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/**
 * What the payer wrote, in lines: each field may be a text, an object, or a list of either, in any version (standards.md 3.9). `fields`: where
 * this bank puts it; empty = as the standard says.
 */
export function remittanceOf(row: Row, fields: readonly string[]): readonly string[] {
  for (const field of fields) {
    const found = linesOf(at(row, ...field.split(".")));
    if (found.length > 0) return found;
  }
  const unstructured = linesOf(row["remittanceInformationUnstructuredArray"]);
  const lines = unstructured.length > 0 ? unstructured : linesOf(row["remittanceInformationUnstructured"]);
  if (lines.length > 0) return lines;
  // Some banks have everything in the structured field, others, for batches, only in the parts.
  const structured = linesOf(row["remittanceInformationStructured"] ?? row["remittanceInformationStructuredArray"]);
  if (structured.length > 0) return structured;
  return listOf(row["entryDetails"]).flatMap((part) => linesOf(rowOf(part)?.["remittanceInformationUnstructured"]));
}

/** The creditor reference (RF…, or the bank's own form). */
export function structuredReferenceOf(row: Row): string | null {
  const fields = [...listOf(row["remittanceInformationStructured"]), ...listOf(row["remittanceInformationStructuredArray"])];
  return firstOf(...fields.map((field) => referenceIn(field)));
}

function linesOf(value: unknown): string[] {
  return listOf(value)
    .flatMap((item) => (textOf(item) ?? referenceIn(item) ?? "").split(/<br\s*\/?>|\r?\n/i))
    .map((line) => meaningOf(line))
    .filter((line) => line !== null);
}

function referenceIn(value: unknown): string | null {
  return meaningOf(value) ?? meaningOf(rowOf(value)?.["reference"]);
}

/** Never empty: counterparty, else remittance, else additional information, else the name of the bank's code, else the direction. */
export function descriptionOf(row: Row, counterparty: string | null, remittance: readonly string[], out: boolean): string {
  const said = [row["transactionDetails"], row["additionalInformation"], row["details"]].map((value) => oneLine(textOf(value)));
  const found = firstOf(counterparty, oneLine(remittance.join(" ")), ...said, codeName(row));
  return found ?? (out ? "Payment" : "Receipt");
}

function codeName(row: Row): string | null {
  const code = textOf(row["bankTransactionCode"]);
  return familyName(code) ?? firstOf(row["proprietaryBankTransactionCode"], code, row["purposeCode"]);
}

function oneLine(text: string | null): string | null {
  return text === null ? null : text.replace(/\s+/g, " ").trim();
}
