import { BankError } from "../../domain/failure.ts";
import type { Instant } from "../../domain/time.ts";
import { delay } from "../../http/retries.ts";
import type { CompletedGrant, ReturnedGrant } from "../connector.ts";
import type { Xs2aClient } from "./client.ts";
import { consentStatus, grantedUntil, type BankStatus } from "./consent-status.ts";
import { unreadable } from "../kit/failures.ts";
import { accountReferences } from "./fetch-accounts.ts";
import { readHandle, writeHandle, type GrantMemory } from "./handle.ts";
import { linkOf } from "../kit/links.ts";
import { checkIssuer } from "../kit/oauth-metadata.ts";
import { deniedBy } from "../kit/redirect-error.ts";
import { exchangeCode } from "../kit/tokens.ts";
import { openConsent } from "./open-consent.ts";
import { textOf } from "../kit/wire.ts";

/** A browser waits meanwhile, and banks allow two looks a second: after this the caller polls. Milliseconds. */
const LOOKS = [0, 500, 1_000, 2_000];

/**
 * The user came back. A redirect without an error proves nothing: only the status `valid` makes the grant GIVEN, and only a token that the bank
 * exchanged for the code makes it usable.
 */
export async function completeGrant(client: Xs2aClient, returned: ReturnedGrant, signal: AbortSignal): Promise<CompletedGrant> {
  const memory = readHandle(returned.handle);
  const { parameters } = returned;
  checkIssuer(parameters, memory);
  const error = parameters["error"];
  if (error !== undefined) return deniedBy(error, parameters["error_description"]);
  const tokenDue = memory.sca === "oauth" && (memory.stage === "PRE_STEP" || memory.accessToken === null || memory.tokenForConsents);
  if (!tokenDue || parameters["code"] === undefined)
    return settled(
      client,
      { memory, expiresAt: returned.handle.accessExpiresAt },
      returned,
      tokenDue && memory.accessToken === null,
      signal,
    );
  const { codeVerifier, redirectUri } = returned;
  const { expiresAt, ...tokens } = await exchangeCode(
    client,
    { tokenUrl: memory.tokenUrl ?? "", code: parameters["code"], redirectUri, codeVerifier },
    signal,
  );
  if (memory.stage !== "PRE_STEP") return settled(client, { memory: { ...memory, ...tokens }, expiresAt }, returned, false, signal);
  const held = { ...tokens, tokenUrl: memory.tokenUrl, expiresAt };
  const opened = await openConsent(client, { ...memory.request, ...returned, tokens: held }, signal);
  if (opened.decoupled) return { outcome: "PENDING", handle: opened.handle };
  return { outcome: "CONTINUE", handle: opened.handle, authorizationUrl: opened.authorizationUrl };
}

interface Held {
  readonly memory: GrantMemory;
  readonly expiresAt: Instant | null;
}

/** Looks at the consent until it is decided, or for a few seconds. */
async function settled(
  client: Xs2aClient,
  { memory, expiresAt }: Held,
  returned: ReturnedGrant,
  tokenMissing: boolean,
  signal: AbortSignal,
): Promise<CompletedGrant> {
  const { parameters, psu } = returned;
  const polling = Object.keys(parameters).length === 0;
  const refused = parameters["nok"] !== undefined;
  const handle = writeHandle(memory, expiresAt);
  if (memory.consentId === null) {
    if (!polling) throw unreadable("redirect: neither code nor error");
    return { outcome: "PENDING", handle };
  }
  for (const ms of polling || refused ? [0] : LOOKS) {
    await delay(ms, signal);
    const status = await statusOrNull(client, memory, returned, signal);
    if (status === null || status === "PARTIAL") return { outcome: "PENDING", handle };
    const no = verdictOf(status, refused);
    if (no !== null) return { outcome: "DENIED", reason: no };
    if (status === "VALID" && memory.stage === "ACCOUNT_LIST") return listedConsent(client, { memory, expiresAt }, returned, signal);
    if (status === "VALID") {
      // Approved, but the code that opens the accounts got lost on the way: nothing to go on with.
      if (tokenMissing && polling) return { outcome: "PENDING", handle };
      if (tokenMissing) throw unreadable("redirect: neither code nor error");
      return { outcome: "GIVEN", handle, validUntil: await grantedUntil(client, memory, psu, signal) };
    }
    if (!polling && ms === 0) await confirm(client, memory, returned, signal);
  }
  return { outcome: "PENDING", handle };
}

/** The first consent has shown which accounts there are: the second one names them, and the user decides once more. */
async function listedConsent(
  client: Xs2aClient,
  { memory, expiresAt }: Held,
  returned: ReturnedGrant,
  signal: AbortSignal,
): Promise<CompletedGrant> {
  const accounts = await accountReferences(client, memory, returned.psu, signal);
  const { accessToken, refreshToken, tokenUrl } = memory;
  // A token that belongs to the first consent (integrated OAuth) does not open the second one.
  const tokens = memory.tokenForConsents
    ? { accessToken, refreshToken, tokenUrl, expiresAt }
    : { accessToken: null, refreshToken: null, tokenUrl: null, expiresAt: null };
  const opened = await openConsent(client, { ...memory.request, ...returned, accounts, tokens }, signal);
  if (opened.decoupled) return { outcome: "PENDING", handle: opened.handle };
  return { outcome: "CONTINUE", handle: opened.handle, authorizationUrl: opened.authorizationUrl };
}

function verdictOf(status: BankStatus, refused: boolean): "USER_DENIED" | "BANK_REJECTED" | null {
  if (status === "REJECTED") return refused ? "USER_DENIED" : "BANK_REJECTED";
  if (status === "EXPIRED" || status === "REVOKED") return "BANK_REJECTED";
  return refused && status !== "VALID" ? "USER_DENIED" : null;
}

/** Null where the bank cannot say now. After a code exchange the tokens must not be lost over that. */
async function statusOrNull(
  client: Xs2aClient,
  memory: GrantMemory,
  { psu }: ReturnedGrant,
  signal: AbortSignal,
): Promise<BankStatus | null> {
  try {
    return await consentStatus(client, memory, psu, signal);
  } catch (error) {
    if (!(error instanceof BankError)) throw error;
    if (error.failure === "CONSENT_INVALID") return "REJECTED";
    if (["BANK_TEMPORARY", "RATE_LIMITED", "PROTOCOL"].includes(error.failure)) return null;
    throw error;
  }
}

/** The confirmation step of 1.3.6: where the bank waits for it, the code from the redirect goes back to it. */
async function confirm(client: Xs2aClient, memory: GrantMemory, returned: ReturnedGrant, signal: AbortSignal): Promise<void> {
  const { parameters, psu } = returned;
  const confirmationCode = parameters[client.profile.confirmationParameter] ?? parameters["code"];
  if (confirmationCode === undefined || (memory.confirmation ?? memory.scaStatus) === null) return;
  const accessToken = memory.tokenForConsents ? memory.accessToken : null;
  const common = { operation: "authorisation" as const, accessToken, psu };
  let link = memory.confirmation;
  if (link === null && memory.scaStatus !== null) {
    const { body } = await client.call({ ...common, method: "GET", url: client.follow(memory.scaStatus) }, signal);
    if (textOf(body["scaStatus"])?.toLowerCase() === "unconfirmed") link = linkOf(body, "confirmation") ?? memory.scaStatus;
  }
  if (link !== null) await client.call({ ...common, method: "PUT", url: client.follow(link), body: { confirmationCode } }, signal);
}
