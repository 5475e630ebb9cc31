import { z } from "zod";
import { parseCurrency, type Currency } from "../../domain/money.ts";
import type { BankAccountRef } from "../connector.ts";
import type { Xs2aClient } from "./client.ts";
import type { Profile } from "./profile.ts";

const memory = z.object({
  v: z.literal(1),
  card: z.boolean(),
  /** Links as the bank sent them; null = by the standard's path. */
  balances: z.string().nullable(),
  transactions: z.string().nullable(),
  debitAccounting: z.boolean().nullable(),
  /** The account is one currency of several behind one id: rows of the others are not its own. */
  onlyCurrency: z.string().nullable(),
  iban: z.string().nullable(),
  /** Holders and, apart from them, the person who gave the consent. */
  owners: z.array(z.string()),
  person: z.string().nullable(),
});

/** What the account list said that later calls need: the `connectorData` of an account. */
export type AccountMemory = z.infer<typeof memory>;

const UNKNOWN: AccountMemory = {
  v: 1,
  card: false,
  balances: null,
  transactions: null,
  debitAccounting: null,
  onlyCurrency: null,
  iban: null,
  owners: [],
  person: null,
};

export function writeAccountMemory(state: Omit<AccountMemory, "v">): string {
  return JSON.stringify({ v: 1, ...state });
}

/** Text of another version says nothing: the standard's own paths are then taken. */
export function readAccountMemory(connectorData: string | null): AccountMemory {
  if (connectorData === null) return UNKNOWN;
  try {
    return memory.parse(JSON.parse(connectorData));
  } catch {
    return UNKNOWN;
  }
}

export function accountUrl(client: Xs2aClient, account: BankAccountRef, what: "balances" | "transactions"): URL {
  const known = readAccountMemory(account.connectorData);
  const link = known[what];
  if (link !== null) return client.follow(link);
  return client.url(`${known.card ? "card-accounts" : "accounts"}/${encodeURIComponent(account.resourceId)}/${what}`);
}

/** How amounts of the account are to be read. */
export interface Reading {
  readonly timeZone: string;
  /** Debits (or debt, in a balance) are printed positive. */
  readonly debitsPositive: boolean;
  readonly onlyCurrency: Currency | null;
  /** The bank's own meaning of balance types. */
  readonly balanceTypes: Profile["balances"]["types"];
}

/** `said` is `debitAccounting` of the answer at hand, which goes before that of the account list; the profile goes before both. */
export function readingOf(client: Xs2aClient, known: AccountMemory, said: boolean | null): Reading {
  const card = known.card && (client.profile.amounts.cardDebtPositive ?? said ?? known.debitAccounting ?? false);
  const onlyCurrency = parseCurrency(known.onlyCurrency ?? "");
  return { timeZone: client.bank.timeZone, debitsPositive: card, onlyCurrency, balanceTypes: client.profile.balances.types };
}
