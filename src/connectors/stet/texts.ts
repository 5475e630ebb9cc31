import { familyName } from "../kit/code-families.ts";
import { firstOf, listOf, meaningOf, rowOf, textOf, type Row } from "../kit/wire.ts";

/** What the payer wrote, in lines: a list of texts up to 1.4.1, `{unstructured, structured}` from 1.4.2. */
export function remittanceOf(row: Row): readonly string[] {
  const field = row["remittanceInformation"];
  const parted = Array.isArray(field) ? null : rowOf(field);
  const unstructured = linesOf(parted ? parted["unstructured"] : field);
  return unstructured.length > 0 ? unstructured : linesOf(parted?.["structured"]);
}

/** The creditor reference (RF…, or the bank's own form). */
export function structuredReferenceOf(row: Row): string | null {
  const field = row["remittanceInformation"];
  const structured = Array.isArray(field)
    ? field.map((item: unknown) => rowOf(item)?.["structured"] ?? item)
    : [rowOf(field)?.["structured"]];
  return firstOf(...structured.flatMap((item) => listOf(item)).map(referenceIn));
}

/** ISO 20022 `DOMN-FMLY-SUBF`; the bank's own code where that is all it gives, or the French (CFONB) one. */
export function transactionCodeOf(row: Row): string | null {
  const code = rowOf(row["bankTransactionCode"]);
  if (!code) return meaningOf(row["bankTransactionCode"]);
  const parts = [code["domain"], code["family"], code["subFamily"]].map((part) => meaningOf(part));
  const iso = parts.every((part) => part !== null && /^[A-Z]{4}$/.test(part)) ? parts.join("-") : null;
  const rest = parts.filter((part) => part !== null).join("-");
  return iso ?? meaningOf(code["code"]) ?? (rest === "" ? null : rest);
}

/** Never empty: counterparty, else remittance, else additional information, else the name of the bank's code, else the direction. */
export function descriptionOf(row: Row, counterparty: string | null, remittance: readonly string[], out: boolean): string {
  const said = oneLine(textOf(row["additionalTransactionInformation"]));
  const code = transactionCodeOf(row);
  return firstOf(counterparty, oneLine(remittance.join(" ")), said, familyName(code), code) ?? (out ? "Payment" : "Receipt");
}

function linesOf(value: unknown): string[] {
  return listOf(value)
    .flatMap((item) => (textOf(item) ?? unstructuredIn(item) ?? referenceIn(item) ?? "").split(/<br\s*\/?>|\r?\n/i))
    .map((line) => meaningOf(line))
    .filter((line) => line !== null);
}

function unstructuredIn(value: unknown): string | null {
  const lines = listOf(rowOf(value)?.["unstructured"]).map((line) => textOf(line));
  return firstOf(lines.filter((line) => line !== null).join("\n"));
}

function referenceIn(value: unknown): string | null {
  const row = rowOf(value);
  const information = rowOf(row?.["creditorReferenceInformation"]);
  return firstOf(information?.["reference"], row?.["reference"]);
}

function oneLine(text: string | null): string | null {
  return text === null ? null : text.replace(/\s+/g, " ").trim();
}
