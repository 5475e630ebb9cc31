import { z } from "zod";
import { BankError } from "../../domain/failure.ts";
import { Secret } from "../../domain/secret.ts";
import { isDay, type Day, type Instant } from "../../domain/time.ts";
import type { GrantHandle } from "../connector.ts";

const text = z.string().nullable();

const memory = z.strictObject({
  v: z.literal(1),
  /** Of the API at which the consent lives. */
  version: z.enum(["3.1", "4.0"]),
  consentId: z.string(),
  /** As the bank granted them, else as they were asked for. */
  permissions: z.array(z.string()),
  accessToken: text,
  refreshToken: text,
  tokenUrl: z.string(),
  /** The end that was asked for, where the bank's own cannot be read or there is none. */
  validUntil: z.custom<Day>((value) => typeof value === "string" && isDay(value)),
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
