import { z } from "zod";

const memory = z.object({
  v: z.literal(1),
  card: z.boolean(),
  iban: z.string().nullable(),
  owners: z.array(z.string()),
});

/** What the account list said that later calls need: the `connectorData` of an account. */
export type AccountMemory = z.infer<typeof memory>;

const UNKNOWN: AccountMemory = { v: 1, card: false, iban: null, owners: [] };

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
