import { randomUUID } from "node:crypto";
import { BankError } from "../../domain/failure.ts";
import type { CompletedGrant, ReturnedGrant } from "../connector.ts";
import { unreadable } from "../kit/failures.ts";
import { deniedBy } from "../kit/redirect-error.ts";
import type { PolishApiClient } from "./client.ts";
import { listedNumbers } from "./fetch-accounts.ts";
import { readHandle, writeHandle, type GrantMemory } from "./handle.ts";
import { authorize } from "./open-grant.ts";
import { exchangeCode, exchangeToken, type Held } from "./tokens.ts";

/** The person came back. Only tokens of the scope `ais` make the grant GIVEN; a redirect alone proves nothing. */
export async function completeGrant(client: PolishApiClient, returned: ReturnedGrant, signal: AbortSignal): Promise<CompletedGrant> {
  const memory = readHandle(returned.handle);
  const { parameters, redirectUri, psu } = returned;
  const error = parameters["error"];
  if (error !== undefined) return deniedBy(error, parameters["error_description"]);
  const code = parameters["code"];
  if (code !== undefined) return onward(client, await exchangeCode(client, memory, { code, redirectUri, psu }, signal), returned, signal);
  // Asked again after the list of accounts could not be read the first time.
  if (memory.stage === "LISTING" && memory.accessToken !== null)
    return onward(client, { memory, expiresAt: returned.handle.accessExpiresAt }, returned, signal);
  if (Object.keys(parameters).length > 0) throw unreadable("redirect: neither code nor error");
  return { outcome: "PENDING", handle: returned.handle };
}

async function onward(client: PolishApiClient, held: Held, returned: ReturnedGrant, signal: AbortSignal): Promise<CompletedGrant> {
  if (held.memory.stage === "AIS") return given(held);
  try {
    const accounts = await listedNumbers(client, held.memory, returned.psu, signal);
    const consentId = randomUUID();
    if (client.profile.consent.flow === "exchange")
      return given(await exchangeToken(client, held.memory, { accounts, consentId, psu: returned.psu }, signal));
    return await secondRedirect(client, held.memory, { accounts, consentId }, returned, signal);
  } catch (error) {
    // The code is used up: the tokens must not be lost over a bank that is down for a moment.
    const again = error instanceof BankError && ["BANK_TEMPORARY", "RATE_LIMITED"].includes(error.failure) && !error.outcomeUnknown;
    if (again) return { outcome: "PENDING", handle: writeHandle(held.memory, held.expiresAt) };
    throw error;
  }
}

async function secondRedirect(
  client: PolishApiClient,
  before: GrantMemory,
  { accounts, consentId }: { readonly accounts: readonly string[]; readonly consentId: string },
  returned: ReturnedGrant,
  signal: AbortSignal,
): Promise<CompletedGrant> {
  const none = { accessToken: null, refreshToken: null, privileges: [] };
  const memory: GrantMemory = { ...before, ...none, stage: "AIS", consentId, listingConsentId: before.consentId };
  const authorizationUrl = await authorize(client, memory, { ...returned, accounts }, signal);
  return { outcome: "CONTINUE", handle: writeHandle(memory, null), authorizationUrl };
}

function given({ memory, expiresAt }: Held): CompletedGrant {
  return { outcome: "GIVEN", handle: writeHandle(memory, expiresAt), validUntil: memory.scopeTimeLimit };
}
