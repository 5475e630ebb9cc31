import { z } from "zod";
import { listName } from "./lists.ts";

const memory = z.object({
  v: z.literal(1),
  iban: z.string().nullable(),
  /** The account's number in a form to compare by. */
  number: z.string().nullable(),
  /** Lists that the consent opens, with their days; null = the bank did not say which. */
  lists: z.partialRecord(listName, z.number().nullable()).nullable(),
  /** The amounts of the account are a debt. */
  debt: z.boolean(),
  owners: z.array(z.string()),
  address: z.array(z.string()),
});

/** What the account said that later calls need: the `connectorData` of an account. */
export type AccountMemory = z.infer<typeof memory>;

const UNKNOWN: AccountMemory = { v: 1, iban: null, number: null, lists: null, debt: false, owners: [], address: [] };

export function writeAccountMemory(state: Omit<AccountMemory, "v">): string {
  return JSON.stringify({ v: 1, ...state });
}

/** Text of another version says nothing. */
export function readAccountMemory(connectorData: string | null): AccountMemory {
  if (connectorData === null) return UNKNOWN;
  try {
    return memory.parse(JSON.parse(connectorData));
  } catch {
    return UNKNOWN;
  }
}
