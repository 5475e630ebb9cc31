import { BankError } from "../../domain/failure.ts";
import { isDay, type Instant } from "../../domain/time.ts";
import type { PsuContext } from "../../domain/update.ts";
import type { GrantState } from "../connector.ts";
import type { ApiAnswer, Xs2aClient } from "./client.ts";
import { unreadable } from "../kit/failures.ts";
import type { GrantMemory } from "./handle.ts";
import { textOf } from "../kit/wire.ts";
import { endOfDay, readDay } from "../kit/values.ts";

export type BankStatus = "WAITING" | "PARTIAL" | "VALID" | "REJECTED" | "EXPIRED" | "REVOKED" | "UNKNOWN";

const STATUSES: Readonly<Record<string, BankStatus>> = {
  received: "WAITING",
  partiallyauthorised: "PARTIAL",
  partiallyauthorized: "PARTIAL",
  valid: "VALID",
  rejected: "REJECTED",
  expired: "EXPIRED",
  revokedbypsu: "REVOKED",
  terminatedbytpp: "REVOKED",
  replaced: "REVOKED",
};

/** `consentStatus` as it stands now. Words outside the standard are UNKNOWN: they move nothing (standards.md 2.5). */
export async function consentStatus(
  client: Xs2aClient,
  memory: GrantMemory,
  psu: PsuContext | null,
  signal: AbortSignal,
): Promise<BankStatus> {
  const answer = await getConsent(client, memory, "/status", psu, signal);
  const text = textOf(answer.body["consentStatus"]);
  if (text === null) throw unreadable("consentStatus: missing", answer.requestId);
  return STATUSES[text.toLowerCase().replace(/[^a-z]/g, "")] ?? "UNKNOWN";
}

/** The end of what the bank granted, which may be sooner than asked; null = as long as the bank allows, or unknown. */
export async function grantedUntil(
  client: Xs2aClient,
  memory: GrantMemory,
  psu: PsuContext | null,
  signal: AbortSignal,
): Promise<Instant | null> {
  const zone = client.bank.timeZone;
  try {
    const { body } = await getConsent(client, memory, "", psu, signal);
    const day = readDay(body["validUntil"], zone) ?? memory.request.validUntil;
    // 9999-12-31 is the standard's "as long as you allow".
    return day.startsWith("9999") || !isDay(day) ? null : endOfDay(zone, day);
  } catch (error) {
    if (!(error instanceof BankError)) throw error;
    // The consent is given; only its date could not be read. What was asked for is the best guess.
    return endOfDay(zone, memory.request.validUntil);
  }
}

export async function grantState(
  client: Xs2aClient,
  memory: GrantMemory,
  psu: PsuContext | null,
  signal: AbortSignal,
): Promise<GrantState> {
  if (memory.consentId === null) return { status: "REQUESTED" };
  try {
    const status = await consentStatus(client, memory, psu, signal);
    switch (status) {
      case "VALID":
        // Of a list alone: the consent that opens the accounts is still to come.
        if (memory.stage === "ACCOUNT_LIST") return { status: "REQUESTED" };
        return { status: "GIVEN", validUntil: await grantedUntil(client, memory, psu, signal) };
      case "WAITING":
      case "PARTIAL":
        return { status: "REQUESTED" };
      case "REJECTED":
      case "EXPIRED":
      case "REVOKED":
      case "UNKNOWN":
        return { status };
    }
  } catch (error) {
    if (!(error instanceof BankError) || error.failure !== "CONSENT_INVALID") throw error;
    return { status: error.code === "CONSENT_EXPIRED" ? "EXPIRED" : error.code === "CONSENT_REVOKED" ? "REVOKED" : "UNKNOWN" };
  }
}

/** DELETE /v1/consents/{id}; a consent that the bank does not know, or no longer, has ended already. */
export async function revokeConsent(
  client: Xs2aClient,
  memory: GrantMemory,
  psu: PsuContext | null,
  signal: AbortSignal,
): Promise<"DONE" | "ALREADY_ENDED"> {
  if (memory.consentId === null) return "ALREADY_ENDED";
  const url = consentUrl(client, memory, "");
  const accessToken = memory.tokenForConsents ? memory.accessToken : null;
  try {
    await client.call({ operation: "consent", method: "DELETE", url, accessToken, psu }, signal);
    return "DONE";
  } catch (error) {
    if (error instanceof BankError && ["CONSENT_INVALID", "ACCOUNT_UNAVAILABLE"].includes(error.failure)) return "ALREADY_ENDED";
    // Some banks say 400 or 404 with words of their own, or none.
    if (error instanceof BankError && /^40[04]$/.test(error.bankCode ?? "")) return "ALREADY_ENDED";
    throw error;
  }
}

function getConsent(
  client: Xs2aClient,
  memory: GrantMemory,
  ending: "" | "/status",
  psu: PsuContext | null,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const accessToken = memory.tokenForConsents ? memory.accessToken : null;
  return client.call({ operation: "consent", method: "GET", url: consentUrl(client, memory, ending), accessToken, psu }, signal);
}

function consentUrl(client: Xs2aClient, memory: GrantMemory, ending: string): URL {
  return client.url(`consents/${encodeURIComponent(memory.consentId ?? "")}${ending}`);
}
