import { z } from "zod";
import { ConsentScope, PsuType } from "../../domain/bank.ts";
import { BankError } from "../../domain/failure.ts";
import { Secret } from "../../domain/secret.ts";
import { isDay, type Day, type Instant } from "../../domain/time.ts";
import type { GrantHandle } from "../connector.ts";

const day = z.custom<Day>((value) => typeof value === "string" && isDay(value));
const text = z.string().nullable();

const memory = z.strictObject({
  v: z.literal(1),
  /** PRE_STEP: the user fetches a token, the consent is not yet asked for. ACCOUNT_LIST: the consent opens the list alone, another follows. */
  stage: z.enum(["PRE_STEP", "ACCOUNT_LIST", "CONSENT"]),
  sca: z.enum(["redirect", "oauth", "decoupled"]),
  consentId: text,
  /** True: the token opens consent endpoints too (pre-step); false: only accounts (integrated). */
  tokenForConsents: z.boolean(),
  accessToken: text,
  refreshToken: text,
  tokenUrl: text,
  issuer: text,
  /** Its answers name it always (RFC 9207). Handles from before this was kept lack it. */
  issuerSent: z.boolean().default(false),
  /** Links of the bank, as it sent them. */
  scaStatus: text,
  confirmation: text,
  /** What to ask for once the pre-step is done; also the fallback for a granted date that cannot be read. */
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
