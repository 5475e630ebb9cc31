import { ibanOf } from "../kit/iban.ts";
import { meaningOf } from "../kit/wire.ts";

export interface AccountName {
  readonly iban: string | null;
  /** A number that is no IBAN: of a bank abroad, or masked. */
  readonly other: string | null;
  readonly maskedPan: string | null;
}

/** An account number of the standard: 26 digits (NRB), which with `PL` before them are the IBAN, an IBAN, a masked card number, or else. */
export function accountName(value: unknown): AccountName {
  const text = meaningOf(value);
  const compact = (text ?? "").replace(/[\s-]+/g, "").toUpperCase();
  const iban = ibanOf(/^\d{26}$/.test(compact) ? `PL${compact}` : compact);
  const maskedPan = iban === null && /^\d{4,6}[*X]{4,9}\d{4}$/.test(compact) ? compact.replaceAll("X", "*") : null;
  return { iban, other: iban === null && maskedPan === null ? text : null, maskedPan };
}

/** For comparing only: the same account in whatever form. */
export function bareNumber(value: unknown): string | null {
  const { iban, other, maskedPan } = accountName(value);
  return iban ?? maskedPan ?? other?.replace(/[\s-]+/g, "").toUpperCase() ?? null;
}
