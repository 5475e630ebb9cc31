import { z } from "zod";
import { ConsentScope } from "../../domain/bank.ts";
import { BankError } from "../../domain/failure.ts";
import { Secret } from "../../domain/secret.ts";
import { isDay, type Day, type Instant } from "../../domain/time.ts";
import type { GrantHandle } from "../connector.ts";

const day = z.custom<Day>((value) => typeof value === "string" && isDay(value));
const text = z.string().nullable();

const memory = z.strictObject({
  v: z.literal(1),
  /** Null until the code was exchanged. The token is the consent: the bank has no other name for it. */
  accessToken: text,
  refreshToken: text,
  tokenUrl: z.string(),
  issuer: text,
  /** Its answers name it always (RFC 9207). Handles from before this was kept lack it. */
  issuerSent: z.boolean().default(false),
  /** Identities of the accounts that a mixed consent was sent for; null where the bank decides alone (or nothing was sent yet). */
  consented: z.array(z.string()).nullable(),
  /** The grant that this one renews had a mixed consent: so has the bank. */
  mixed: z.boolean(),
  request: z.strictObject({ scopes: z.array(z.enum(ConsentScope)), validUntil: day }),
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
