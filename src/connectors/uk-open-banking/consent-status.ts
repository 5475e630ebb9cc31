import { BankError } from "../../domain/failure.ts";
import type { GrantCall, GrantState } from "../connector.ts";
import { onConsents, readConsent } from "./consent-resource.ts";
import { readHandle, type GrantMemory } from "./handle.ts";
import type { Parts } from "./parts.ts";

export async function grantState(parts: Parts, call: GrantCall, signal: AbortSignal): Promise<GrantState> {
  const memory = readHandle(call.handle);
  try {
    const { status, until } = await readConsent(parts, memory, call.psu, signal);
    switch (status) {
      case "WAITING":
        return { status: "REQUESTED" };
      case "AUTHORISED":
        return (await tokensAreDead(parts, memory, call, signal)) ? { status: "REVOKED" } : { status: "GIVEN", validUntil: until };
      case "REJECTED":
      case "REVOKED":
      case "EXPIRED":
      case "UNKNOWN":
        return { status };
    }
  } catch (error) {
    if (!(error instanceof BankError) || error.failure !== "CONSENT_INVALID") throw error;
    // It was made here once: a bank that does not know it any more has deleted it (GET after DELETE is 400 by the standard).
    return { status: error.code === "CONSENT_EXPIRED" ? "EXPIRED" : "REVOKED" };
  }
}

/**
 * Since 3.1.5 a consent that the person took back at the bank stays Authorised and only its tokens die; 4.0 says CANC. So where a token should still
 * be good, it is tried.
 */
async function tokensAreDead({ client }: Parts, memory: GrantMemory, { handle, psu }: GrantCall, signal: AbortSignal): Promise<boolean> {
  const { version, accessToken } = memory;
  const lapsed = handle.accessExpiresAt !== null && handle.accessExpiresAt <= client.clock.now();
  if (version !== "3.1" || accessToken === null || lapsed) return false;
  try {
    await client.call({ operation: "accounts", method: "GET", url: client.url(version, "accounts"), accessToken, psu }, signal);
    return false;
  } catch (error) {
    if (!(error instanceof BankError)) throw error;
    return error.failure === "TOKEN_EXPIRED" || error.failure === "CONSENT_INVALID";
  }
}

/** DELETE: a consent that the bank does not know, or no longer, has ended already. */
export async function revokeConsent(parts: Parts, { handle, psu }: GrantCall, signal: AbortSignal): Promise<"DONE" | "ALREADY_ENDED"> {
  const { version, consentId } = readHandle(handle);
  const url = parts.client.url(version, `account-access-consents/${encodeURIComponent(consentId)}`);
  try {
    await onConsents(parts, { operation: "consent-delete", method: "DELETE", url, psu }, signal);
    return "DONE";
  } catch (error) {
    if (error instanceof BankError && error.failure === "CONSENT_INVALID") return "ALREADY_ENDED";
    throw error;
  }
}
