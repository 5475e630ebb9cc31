import { familyName } from "../kit/code-families.ts";
import { firstOf, listOf, meaningOf, rowOf, textOf, type Row } from "../kit/wire.ts";

/** What the payer wrote, in lines: each field may be a text, an object, or a list of either, in any version (standards.md 3.9). */
export function remittanceOf(row: Row): readonly string[] {
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
