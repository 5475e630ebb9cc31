import { BankError } from "../../domain/failure.ts";
import type { PsuContext } from "../../domain/update.ts";
import type { GrantCall, GrantHandle, GrantState } from "../connector.ts";
import { plainHeader } from "./request-header.ts";
import type { PolishApiClient } from "./client.ts";
import { getAccount, numbersOf } from "./fetch-accounts.ts";
import { readHandle, writeHandle, type GrantMemory } from "./handle.ts";
import { refreshTokens } from "./tokens.ts";

/** Consents that the bank, or we, ended while this connector lived: nobody can be asked, so what was seen is remembered. */
export type Ended = Set<string>;

/**
 * The standard has no status of a consent: it follows from tokens, the time limit, and whether the bank still answers (standards.md 2.5).
 * One account that can be read proves it alive; none that can, taken back. A dead access token proves neither: that is thrown as it came.
 */
export async function grantState(client: PolishApiClient, call: GrantCall, ended: Ended, signal: AbortSignal): Promise<GrantState> {
  const memory = readHandle(call.handle);
  if (memory.stage === "LISTING" || memory.accessToken === null) return { status: "REQUESTED" };
  const { scopeTimeLimit } = memory;
  if (scopeTimeLimit !== null && client.clock.now() >= scopeTimeLimit) return { status: "EXPIRED" };
  if (ended.has(memory.consentId)) return { status: "REVOKED" };
  return probe(client, memory, call.psu, signal);
}

async function probe(client: PolishApiClient, memory: GrantMemory, psu: PsuContext | null, signal: AbortSignal): Promise<GrantState> {
  let refused: BankError | null = null;
  for (const number of await numbersOf(client, memory, psu, signal)) {
    try {
      await getAccount(client, memory, number, psu, signal);
      return { status: "GIVEN", validUntil: memory.scopeTimeLimit };
    } catch (error) {
      if (!(error instanceof BankError)) throw error;
      // An account in trouble of its own is still one that the bank lets us ask about.
      if (error.failure === "ACCOUNT_UNAVAILABLE") return { status: "GIVEN", validUntil: memory.scopeTimeLimit };
      if (error.failure !== "CONSENT_INVALID") throw error;
      if (error.code !== "CONSENT_INVALID") return { status: error.code === "CONSENT_EXPIRED" ? "EXPIRED" : "REVOKED" };
      refused = error;
    }
  }
  return { status: refused === null ? "UNKNOWN" : "REVOKED" };
}

/** Null = nothing to refresh. A refresh token refused for good before its time is the only word of a revocation that the standard has. */
export async function refreshGrant(
  client: PolishApiClient,
  handle: GrantHandle,
  ended: Ended,
  signal: AbortSignal,
): Promise<GrantHandle | null> {
  const memory = readHandle(handle);
  if (memory.refreshToken === null) return null;
  try {
    const held = await refreshTokens(client, memory, memory.refreshToken, signal);
    return writeHandle(held.memory, held.expiresAt);
  } catch (error) {
    if (error instanceof BankError && error.failure === "CONSENT_INVALID") ended.add(memory.consentId);
    throw error;
  }
}

/** POST /deleteConsent. A consent that the bank does not know, or no longer, has ended already. */
export async function revokeGrant(
  client: PolishApiClient,
  call: GrantCall,
  ended: Ended,
  signal: AbortSignal,
): Promise<"DONE" | "ALREADY_ENDED"> {
  const memory = readHandle(call.handle);
  const outcome = await deleteConsent(client, memory.consentId, call.psu, signal);
  ended.add(memory.consentId);
  if (memory.listingConsentId !== null) await deleteConsent(client, memory.listingConsentId, call.psu, signal);
  return outcome;
}

async function deleteConsent(
  client: PolishApiClient,
  consentId: string,
  psu: PsuContext | null,
  signal: AbortSignal,
): Promise<"DONE" | "ALREADY_ENDED"> {
  try {
    await client.call({ operation: "deleteConsent", header: plainHeader, body: { consentId }, psu, repeatable: true }, signal);
    return "DONE";
  } catch (error) {
    if (error instanceof BankError && error.failure === "CONSENT_INVALID") return "ALREADY_ENDED";
    throw error;
  }
}
