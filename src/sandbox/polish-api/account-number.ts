import type { LedgerAccount } from "../ledger/model.ts";
import type { Settings } from "./options.ts";

/** How this bank numbers an account: IBAN or NRB; cards without an account of their own go by their masked number. */
export function numberOf({ iban, bban, maskedPan, id }: LedgerAccount, { numbers }: Pick<Settings, "numbers">): string {
  if (iban !== undefined) return numbers === "nrb" && iban.startsWith("PL") ? iban.slice(2) : iban;
  return bban ?? maskedPan ?? id;
}

/** `PL61**********************2874`: the form of the list of accounts. */
export function masked(number: string): string {
  return number.includes("*") ? number : number.slice(0, 4) + "*".repeat(Math.max(0, number.length - 8)) + number.slice(-4);
}

/** Whether a TPP's text names the account: its number in either form, or, from the list, the masked one. */
export function isNamed(account: LedgerAccount, text: string): boolean {
  const compact = text.replace(/\s+/g, "");
  return (["iban", "nrb"] as const).some((numbers) => {
    const number = numberOf(account, { numbers });
    return number === compact || masked(number) === compact;
  });
}
