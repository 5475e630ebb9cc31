import { z } from "zod";
import type { BankAccountRef } from "../connector.ts";
import type { StetClient } from "./client.ts";

const text = z.string().nullable();
const memory = z.object({
  v: z.literal(1),
  card: z.boolean(),
  iban: text,
  /** Links as the bank sent them; null = by the standard's path. */
  balances: text,
  transactions: text,
  /** Null = the bank offers none (before 1.5, or not granted). */
  owners: text,
  /** The person's role for the account ("Account Holder", "Attorney"). */
  psuStatus: text,
  /** Of the whole list. Null = not offered. */
  endUserIdentity: text,
  /** Who logged in, where the list itself says so (1.4.0). */
  connectedPsu: text,
});

/** What the account list said that later calls need: the `connectorData` of an account. */
export type AccountMemory = z.infer<typeof memory>;

const UNKNOWN: AccountMemory = {
  ...{ v: 1, card: false, iban: null, balances: null, transactions: null, owners: null },
  ...{ psuStatus: null, endUserIdentity: null, connectedPsu: null },
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

/** The resource id is the bank's text: blanks, slashes and colons are allowed in it. */
export function accountUrl(client: StetClient, account: BankAccountRef, what: "balances" | "transactions"): URL {
  const link = readAccountMemory(account.connectorData)[what];
  return link === null ? client.url(`accounts/${encodeURIComponent(account.resourceId)}/${what}`) : client.follow(link);
}
