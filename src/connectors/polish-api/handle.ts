import { z } from "zod";
import { ConsentScope, PsuType } from "../../domain/bank.ts";
import { BankError } from "../../domain/failure.ts";
import { Secret } from "../../domain/secret.ts";
import { isDay, type Day, type Instant } from "../../domain/time.ts";
import type { GrantHandle } from "../connector.ts";
import { listName } from "./lists.ts";

const day = z.custom<Day>((value) => typeof value === "string" && isDay(value));
const text = z.string().nullable();

const privilege = z.strictObject({
  /** As the bank writes it; null = every account of the person. */
  accountNumber: text,
  getAccount: z.boolean(),
  /** Days of history for each list that may be read; null = the bank does not say. */
  lists: z.partialRecord(listName, z.number().nullable()),
});

/** What the grant allows on one account. */
export type Privilege = z.infer<typeof privilege>;

const memory = z.strictObject({
  v: z.literal(1),
  /** LISTING: the scope `ais-accounts`, which only names the accounts; AIS: the scope that reads them. */
  stage: z.enum(["LISTING", "AIS"]),
  /** Ours: in this standard the TPP names the consent. */
  consentId: z.string(),
  /** The consent of the scope `ais-accounts` before it. */
  listingConsentId: text,
  accessToken: text,
  refreshToken: text,
  /** As the bank granted them; [] until then. */
  privileges: z.array(privilege),
  scopeTimeLimit: z.number().nullable(),
  request: z.strictObject({ scopes: z.array(z.enum(ConsentScope)), psuType: z.enum(PsuType), validUntil: day }),
});

/** The connector's state of one grant: what its {@link GrantHandle} holds as JSON. */
export type GrantMemory = z.infer<typeof memory>;

export function writeHandle(state: GrantMemory, accessExpiresAt: Instant | null): GrantHandle {
  return { data: new Secret(JSON.stringify(state)), accessExpiresAt };
}

/** @throws BankError CONSENT_INVALID for a handle of another version or connector: only a new consent helps */
export function readHandle(handle: GrantHandle): GrantMemory {
  const read = memory.safeParse(parsed(handle.data.reveal()));
  if (read.success) return read.data;
  // Not the cause: its message would print what was found.
  throw new BankError("CONSENT_INVALID", "CONSENT_INVALID", "the grant's handle is of another version", { bankCode: "HANDLE_UNREADABLE" });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return null;
  }
}
