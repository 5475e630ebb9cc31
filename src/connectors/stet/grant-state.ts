import { BankError } from "../../domain/failure.ts";
import type { Instant } from "../../domain/time.ts";
import type { GrantCall, GrantHandle, GrantState } from "../connector.ts";
import { refreshTokens, revokeToken } from "../kit/tokens.ts";
import { endOfDay } from "../kit/values.ts";
import type { StetClient } from "./client.ts";
import { readAccounts } from "./fetch-accounts.ts";
import { readHandle, writeHandle, type GrantMemory } from "./handle.ts";
import { emptyConsent } from "./mixed-consent.ts";
import { hasLinks } from "./normalise-account.ts";

/** The bank names no end: what SCA is good for, and no longer than was asked for. */
export function validUntil(client: StetClient, { request }: GrantMemory): Instant {
  return endOfDay(client.bank.timeZone, request.validUntil);
}

/** New tokens; null where the bank gave no refresh token. @throws BankError CONSENT_INVALID, as revoked where its time is not over */
export async function refreshGrant(client: StetClient, handle: GrantHandle, signal: AbortSignal): Promise<GrantHandle | null> {
  const memory = readHandle(handle);
  if (memory.refreshToken === null) return null;
  try {
    const { expiresAt, ...tokens } = await refreshTokens(client, memory.tokenUrl, memory.refreshToken, signal);
    return writeHandle({ ...memory, ...tokens }, expiresAt);
  } catch (error) {
    if (!(error instanceof BankError) || error.code !== "CONSENT_EXPIRED" || client.clock.now() >= validUntil(client, memory)) throw error;
    const { bankCode, supportReference } = error;
    throw new BankError("CONSENT_INVALID", "CONSENT_REVOKED", error.message, { bankCode, supportReference, cause: error });
  }
}

/**
 * There is no consent to ask for: the account list is, for which the token is good or not. A live token that is refused before its time was
 * taken back; of one that has run out nothing can be said without a refresh, which is for the caller.
 */
export async function grantState(client: StetClient, call: GrantCall, signal: AbortSignal): Promise<GrantState> {
  const memory = readHandle(call.handle);
  if (memory.accessToken === null) return { status: "REQUESTED" };
  const end = validUntil(client, memory);
  const now = client.clock.now();
  if (now >= end) return { status: "EXPIRED" };
  try {
    const { items } = await readAccounts(client, memory, call, signal);
    const takenAway = memory.consented !== null && memory.consented.length > 0 && items.length > 0 && !items.some(hasLinks);
    return takenAway && wantsData(memory) ? { status: "REVOKED" } : { status: "GIVEN", validUntil: end };
  } catch (error) {
    if (!(error instanceof BankError)) throw error;
    if (error.failure === "CONSENT_INVALID") return { status: error.code === "CONSENT_EXPIRED" ? "EXPIRED" : "REVOKED" };
    if (error.failure !== "TOKEN_EXPIRED") throw error;
    const { accessExpiresAt } = call.handle;
    return { status: accessExpiresAt !== null && accessExpiresAt > now ? "REVOKED" : "UNKNOWN" };
  }
}

function wantsData({ request }: GrantMemory): boolean {
  return request.scopes.includes("BALANCES") || request.scopes.includes("TRANSACTIONS");
}

/**
 * Ends the tokens where the bank has an endpoint for it (RFC 7009), else empties a mixed consent. A bank that offers neither knows no other end
 * than that the tokens are forgotten, which the caller does.
 */
export async function revokeGrant(client: StetClient, call: GrantCall, signal: AbortSignal): Promise<"DONE" | "ALREADY_ENDED"> {
  const memory = readHandle(call.handle);
  const { accessToken, refreshToken } = memory;
  if (accessToken === null) return "ALREADY_ENDED";
  const { revocationUrl } = client.profile;
  if (revocationUrl !== null) {
    const token =
      refreshToken === null
        ? { token: accessToken, token_type_hint: "access_token" as const }
        : { token: refreshToken, token_type_hint: "refresh_token" as const };
    return revokeToken(client, revocationUrl, token, signal);
  }
  if (memory.consented === null) return "DONE";
  try {
    await emptyConsent(client, memory, call, signal);
    return "DONE";
  } catch (error) {
    if (error instanceof BankError && error.failure === "CONSENT_INVALID") return "ALREADY_ENDED";
    throw error;
  }
}
