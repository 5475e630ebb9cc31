import { formatMinor } from "../ledger/money.ts";

export interface WireAmount {
  readonly Amount: string;
  readonly Currency: string;
}

/** Amounts have no sign here; {@link indicator} has it. */
export function wireAmount(minor: bigint, currency: string): WireAmount {
  return { Amount: formatMinor(minor < 0n ? -minor : minor, currency), Currency: currency };
}

/** Zero is a credit. */
export function indicator(minor: bigint): "Credit" | "Debit" {
  return minor < 0n ? "Debit" : "Credit";
}
