import type { TransactionFacts } from "../../domain/transaction.ts";

export type Counterparty = Pick<TransactionFacts, "counterpartyName" | "counterpartyIban" | "counterpartyAccount" | "counterpartyBic">;

export const NOBODY: Counterparty = { counterpartyName: null, counterpartyIban: null, counterpartyAccount: null, counterpartyBic: null };

/** The account itself, or its owner's name without an account; the owner's other account is a counterparty like any other. */
export function isHolder(
  { counterpartyName, counterpartyIban, counterpartyAccount }: Counterparty,
  account: { readonly iban: string | null; readonly owners: readonly string[] },
): boolean {
  if (counterpartyIban !== null) return counterpartyIban === account.iban;
  if (counterpartyAccount !== null || counterpartyName === null) return false;
  return account.owners.some((owner) => bareName(owner) === bareName(counterpartyName));
}

/** A name without accents, case and punctuation, for comparing only. */
export function bareName(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
