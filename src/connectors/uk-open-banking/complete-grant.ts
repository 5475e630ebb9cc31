import type { JWTPayload } from "jose";
import { BankError } from "../../domain/failure.ts";
import { SECOND, type Instant } from "../../domain/time.ts";
import type { CompletedGrant, ReturnedGrant } from "../connector.ts";
import { unreadable } from "../kit/failures.ts";
import { checkIssuer } from "../kit/oauth-metadata.ts";
import { deniedBy } from "../kit/redirect-error.ts";
import { tokenAnswer, type Tokens } from "../kit/tokens.ts";
import { endOfDay } from "../kit/values.ts";
import { CONSENT_INVALID } from "../kit/verdicts.ts";
import { textOf } from "../kit/wire.ts";
import { sentNonce } from "./authorization-request.ts";
import type { BankServer } from "./bank-server.ts";
import { readConsent, type ConsentResource } from "./consent-resource.ts";
import { readHandle, writeHandle, type GrantMemory } from "./handle.ts";
import { checkedIdToken, type Expected } from "./id-token.ts";
import type { Parts } from "./parts.ts";

/**
 * The user came back. In the hybrid flow the id_token proves that code and state belong together and that the bank means this consent, before the code
 * is used. The proof of the grant is the token that the bank exchanges for the code; its status is asked only for the end that was granted.
 */
export async function completeGrant(parts: Parts, returned: ReturnedGrant, signal: AbortSignal): Promise<CompletedGrant> {
  const memory = readHandle(returned.handle);
  const { parameters } = returned;
  const error = parameters["error"];
  const denied = error === undefined ? null : () => deniedBy(error, parameters["error_description"]);
  if (denied && parameters["iss"] === undefined) return denied(); // nothing to compare: the bank need not be asked who it is
  if (Object.keys(parameters).length === 0) return polled(parts, memory, returned, signal);
  const server = await parts.servers.server(signal);
  // An id_token names its server itself (RFC 9207 section 2.4), and is checked below wherever there is one.
  checkIssuer(parameters, { ...server, issuerSent: server.issuerSent && parameters["id_token"] === undefined });
  if (denied) return denied();
  const code = parameters["code"];
  if (code === undefined) throw unreadable("redirect: neither code nor error");
  const subject = await redirectSubject(parts, server, memory, { ...returned, code }, signal);
  const { tokens, claims } = await exchanged(parts, server, memory, { ...returned, code, subject }, signal);
  const { expiresAt, ...held } = tokens;
  return settled(parts, { memory: { ...memory, ...held, tokenUrl: server.tokenUrl }, expiresAt, claims }, returned, signal);
}

/** `sub` of the id_token in the redirect; undefined in the flow without one. */
async function redirectSubject(
  parts: Parts,
  server: BankServer,
  memory: GrantMemory,
  returned: ReturnedGrant & { readonly code: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  const idToken = returned.parameters["id_token"];
  if (idToken === undefined) {
    if (parts.client.profile.responseType === "code") return undefined;
    throw refused("the redirect lacks the id_token that proves its code", "ID_TOKEN missing");
  }
  const expected = { ...expectedOf(parts, server, memory, returned), redirect: { code: returned.code, state: returned.state } };
  return (await checkedIdToken(idToken, expected, (fresh) => parts.servers.keys(fresh, signal))).sub;
}

function expectedOf(
  { client }: Parts,
  { issuer }: BankServer,
  { consentId }: GrantMemory,
  { nonce }: Pick<ReturnedGrant, "nonce">,
): Expected {
  return {
    issuer,
    clientId: client.connection.auth.clientId,
    nonce: sentNonce(client, nonce),
    consentId,
    redirect: null,
    algorithms: client.profile.idToken.algorithms,
    now: client.clock.now(),
  };
}

async function exchanged(
  parts: Parts,
  server: BankServer,
  memory: GrantMemory,
  returned: ReturnedGrant & { readonly code: string; readonly subject: string | undefined },
  signal: AbortSignal,
): Promise<{ readonly tokens: Tokens; readonly claims: JWTPayload | null }> {
  const { client, servers } = parts;
  const { code, redirectUri, codeVerifier, subject } = returned;
  const verifier = client.profile.pkce ? { code_verifier: codeVerifier } : {};
  const form = { grant_type: "authorization_code", code, redirect_uri: redirectUri, ...verifier };
  const { tokens, body } = await tokenAnswer(client, server.tokenUrl, form, CONSENT_INVALID, signal);
  const idToken = textOf(body["id_token"]);
  if (idToken === null) {
    const due = client.profile.responseType === "code" && client.profile.idToken.required;
    if (due) throw refused("the token answer lacks the id_token that names the consent", "ID_TOKEN missing");
    return { tokens, claims: null };
  }
  const expected = { ...expectedOf(parts, server, memory, returned), subject, accessToken: tokens.accessToken };
  return { tokens, claims: await checkedIdToken(idToken, expected, (fresh) => servers.keys(fresh, signal)) };
}

/** Nobody came back, or the outcome got lost: the status can say no, but without a code it opens nothing. */
async function polled(parts: Parts, memory: GrantMemory, returned: ReturnedGrant, signal: AbortSignal): Promise<CompletedGrant> {
  const expiresAt = returned.handle.accessExpiresAt;
  if (memory.accessToken !== null) return settled(parts, { memory, expiresAt, claims: null }, returned, signal);
  const consent = await consentOrNull(parts, memory, returned, signal);
  if (consent !== null && ["REJECTED", "EXPIRED"].includes(consent.status)) return { outcome: "DENIED", reason: "BANK_REJECTED" };
  return { outcome: "PENDING", handle: returned.handle };
}

interface Held {
  readonly memory: GrantMemory;
  readonly expiresAt: Instant | null;
  readonly claims: JWTPayload | null;
}

async function settled(parts: Parts, held: Held, returned: ReturnedGrant, signal: AbortSignal): Promise<CompletedGrant> {
  const { memory, expiresAt, claims } = held;
  const consent = await consentOrNull(parts, memory, returned, signal);
  if (consent !== null && ["REJECTED", "EXPIRED", "REVOKED"].includes(consent.status))
    return { outcome: "DENIED", reason: "BANK_REJECTED" };
  const permissions = consent !== null && consent.permissions.length > 0 ? [...consent.permissions] : memory.permissions;
  const end = consent?.until ?? endOfDay(parts.client.bank.timeZone, memory.validUntil);
  const validUntil = Math.min(end, refreshEnd(claims, parts.client.clock.now()) ?? end);
  return { outcome: "GIVEN", handle: writeHandle({ ...memory, permissions }, expiresAt), validUntil };
}

/** The bank may say in the id_token when its refresh token ends; 0 and times past say nothing. */
function refreshEnd(claims: JWTPayload | null, now: Instant): Instant | null {
  const seconds = Number(claims?.["http://openbanking.org.uk/refresh_token_expires_at"] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds * SECOND > now ? seconds * SECOND : null;
}

/** Null where the bank cannot say now. After a code exchange the tokens must not be lost over that. */
async function consentOrNull(
  parts: Parts,
  memory: GrantMemory,
  { psu }: ReturnedGrant,
  signal: AbortSignal,
): Promise<ConsentResource | null> {
  try {
    return await readConsent(parts, memory, psu, signal);
  } catch (error) {
    if (error instanceof BankError) return null;
    throw error;
  }
}

function refused(message: string, bankCode: string): BankError {
  return new BankError("CONSENT_INVALID", "CONSENT_INVALID", message, { bankCode });
}
