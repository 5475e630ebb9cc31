import type { TransactionFacts } from "../../domain/transaction.ts";

/** What the passes compare of a row, stored or incoming. Status says nothing about who a row is, so it is no part of a form. */
type Comparable = Omit<TransactionFacts, "status">;

/** The bank's own word for the row's day, booking first; null for a row without any date. */
export function statedDay(row: Comparable): string | null {
  return row.bookingDate ?? row.valueDate ?? row.transactionDate;
}

/** Signed amount and currency: direction included. Amounts are canonical, so equal money is equal text. */
export function money(row: Comparable): string {
  return `${row.amount} ${row.currency}`;
}

/** The other side's account, without spaces; null where the bank names none. */
export function otherAccount(row: Comparable): string | null {
  return row.counterpartyIban ?? row.counterpartyAccount;
}

const NOISE = /[^\p{L}\p{N}]+/gu;
const MARKS = /\p{M}+/gu;
const ASCII = /^[\x20-\x7e]*$/;
const ASCII_NOISE = /[^a-z0-9]+/g;

/** What the row says, without case, accents, punctuation and spacing, which banks change between fetches. */
export function wording(row: Comparable): string {
  const said =
    row.remittance.length > 0 || row.counterpartyName !== null
      ? `${row.counterpartyName ?? ""} ${row.remittance.join(" ")}`
      : row.description;
  if (ASCII.test(said)) return said.toLowerCase().replace(ASCII_NOISE, "");
  return said.normalize("NFKD").replace(MARKS, "").toLowerCase().replace(NOISE, "");
}

/** Fingerprint of a pending row as the bank showed it: finds the same pending again after it was booked. */
export function pendingForm(row: Comparable): string {
  const dates = `${row.bookingDate ?? ""}|${row.valueDate ?? ""}|${row.transactionDate ?? ""}`;
  return fingerprint(`${dates}|${money(row)}|${otherAccount(row) ?? ""}|${wording(row)}`);
}

/** Fingerprint of everything a row says but its names: two deliveries of one row agree in it byte for byte. */
export function fullForm(row: TransactionFacts): string {
  const dates = `${row.bookingDate ?? ""}|${row.valueDate ?? ""}|${row.transactionDate ?? ""}`;
  const other = `${row.counterpartyName ?? ""}|${otherAccount(row) ?? ""}|${row.endToEndId ?? ""}`;
  return fingerprint(
    `${row.status}|${dates}|${money(row)}|${other}|${row.description}|${row.remittance.join("\n")}|${row.balanceAfterAmount ?? ""}`,
  );
}

/** 53 bits (cyrb53), base 36: enough to tell the rows of one account apart; not for secrets. */
export function fingerprint(text: string): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36);
}
