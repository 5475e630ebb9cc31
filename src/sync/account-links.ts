import type { BankAccount } from "../connectors/connector.ts";
import type { Account } from "../domain/account.ts";

/**
 * Which stored account an account of the bank's list is: the id survives renewals, where resource ids do not. Identity keys,
 * strongest first: IBAN + currency; BBAN or sort code + number; masked PAN; the bank's resource id; type + name + currency where
 * that is unique on both sides. Answers the stored account per listed one, same order; null = a new account.
 */
export function linkAccounts(stored: readonly Account[], listed: readonly BankAccount[]): readonly (Account | null)[] {
  const links: (Account | null)[] = listed.map(() => null);
  const taken = new Set<Account>();
  for (const { keyOf, fits } of KEYS) {
    const free = uniqueByKey(
      stored.filter((account) => !taken.has(account)),
      keyOf,
    );
    const open = uniqueByKey(
      listed.filter((_, i) => links[i] === null),
      keyOf,
    );
    listed.forEach((account, i) => {
      const key = links[i] === null ? keyOf(account) : null;
      const match = key === null || open.get(key) !== account ? undefined : free.get(key);
      if (!match || !fits(match, account)) return;
      links[i] = match;
      taken.add(match);
    });
  }
  return links;
}

type Keyed = Account | BankAccount;

interface Key {
  readonly keyOf: (account: Keyed) => string | null;
  readonly fits: (stored: Account, listed: BankAccount) => boolean;
}

const KEYS: readonly Key[] = [
  { keyOf: ({ iban, currency }) => (iban === null ? null : `${iban} ${currency ?? ""}`), fits: () => true },
  // A currency that one side does not know (XXX) and that was healed from balances.
  { keyOf: ({ iban }) => iban, fits: currenciesAgree },
  { keyOf: ({ bban, currency }) => (bban === null ? null : `${bban} ${currency ?? ""}`), fits: namesAgree },
  { keyOf: ({ bban }) => bban, fits: namesAgree },
  {
    keyOf: ({ sortCode, accountNumber, currency }) =>
      accountNumber === null ? null : `${sortCode ?? ""} ${accountNumber} ${currency ?? ""}`,
    fits: namesAgree,
  },
  { keyOf: ({ maskedPan }) => maskedPan, fits: namesAgree },
  { keyOf: ({ resourceId }) => resourceId, fits: namesAgree },
  { keyOf: ({ type, name, currency }) => `${type} ${name} ${currency ?? ""}`, fits: namesAgree },
];

/** Accounts under keys that only one of them has. */
function uniqueByKey<T extends Keyed>(accounts: readonly T[], keyOf: (account: Keyed) => string | null): Map<string, T> {
  const found = new Map<string, T>();
  const twice = new Set<string>();
  for (const account of accounts) {
    const key = keyOf(account);
    if (key === null) continue;
    if (found.has(key)) twice.add(key);
    found.set(key, account);
  }
  for (const key of twice) found.delete(key);
  return found;
}

/** No stronger name says otherwise. */
function namesAgree(stored: Account, listed: BankAccount): boolean {
  const agree = (a: string | null, b: string | null): boolean => a === null || b === null || a === b;
  return (
    currenciesAgree(stored, listed) &&
    agree(stored.iban, listed.iban) &&
    agree(stored.bban, listed.bban) &&
    agree(stored.accountNumber, listed.accountNumber) &&
    agree(stored.maskedPan, listed.maskedPan)
  );
}

function currenciesAgree(stored: Account, listed: BankAccount): boolean {
  return stored.currency === null || listed.currency === null || stored.currency === listed.currency;
}
