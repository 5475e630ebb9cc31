import { createHash, createPrivateKey, randomUUID } from "node:crypto";
import { SignJWT, type JWTPayload } from "jose";
import { BankError } from "../../domain/failure.ts";
import { SECOND } from "../../domain/time.ts";
import { parseJson } from "../../http/json.ts";
import { unreadable } from "../kit/failures.ts";
import { postForm } from "../kit/tokens.ts";
import { rowOf, textOf } from "../kit/wire.ts";
import type { BankServer } from "./bank-server.ts";
import type { ReadWriteClient } from "./client.ts";

export interface AuthorizationRequest {
  readonly consentId: string;
  readonly state: string;
  readonly nonce: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
}

/** The page of the bank on which the person approves the consent: by a signed request object in the URL, or pushed beforehand (RFC 9126). */
export async function authorizationUrl(
  client: ReadWriteClient,
  server: BankServer,
  request: AuthorizationRequest,
  signal: AbortSignal,
): Promise<string> {
  const plain = parameters(client, request);
  const claims = claimsFor(client, request.consentId);
  const object = client.profile.requestObject.enabled ? { request: await signedRequest(client, server, { ...plain, claims }) } : null;
  const unsigned = { ...plain, claims: JSON.stringify(claims) };
  const url = new URL(server.authorizationUrl);
  const query: Readonly<Record<string, string>> = isPushed(client, server)
    ? { client_id: client.connection.auth.clientId, request_uri: await push(client, server, object ?? unsigned, signal) }
    : object === null
      ? unsigned
      : { ...plain, ...object };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

/** The nonce that was sent for the one that the caller chose. */
export function sentNonce({ profile }: ReadWriteClient, nonce: string): string {
  return nonce.slice(0, profile.requestObject.nonceMax ?? nonce.length);
}

function parameters(client: ReadWriteClient, { state, nonce, redirectUri, codeVerifier }: AuthorizationRequest): Record<string, string> {
  const { profile, connection } = client;
  const { maxAge } = profile.requestObject;
  const challenge = createHash("sha256").update(codeVerifier).digest("base64url");
  return {
    response_type: profile.responseType,
    client_id: connection.auth.clientId,
    redirect_uri: redirectUri,
    scope: connection.auth.scope ?? "openid accounts",
    state,
    nonce: sentNonce(client, nonce),
    ...(maxAge === null ? {} : { max_age: String(maxAge) }),
    ...(profile.pkce ? { code_challenge: challenge, code_challenge_method: "S256" } : {}),
  };
}

function claimsFor({ profile }: ReadWriteClient, consentId: string): Readonly<Record<string, unknown>> {
  const intent = { openbanking_intent_id: { value: consentId, essential: true } };
  const { acrValues } = profile.requestObject;
  const acr = acrValues.length === 0 ? {} : { acr: { essential: true, values: acrValues } };
  return { userinfo: intent, id_token: { ...intent, ...acr } };
}

/** RFC 9101 in the FAPI 1 Advanced profile: `nbf` and `exp` always; issued ten seconds ago for banks whose clock is behind. */
async function signedRequest(client: ReadWriteClient, server: BankServer, payload: JWTPayload): Promise<string> {
  const { connection, profile, clock } = client;
  const { sign, auth } = connection;
  if (sign === null)
    throw new BankError("TPP_NOT_ACCEPTED", "UNKNOWN", "a signed request object needs the bank entry's sign.key", { bankCode: "NO_KEY" });
  const { issuer, audience, lifeSeconds, maxAge, extraClaims } = profile.requestObject;
  const key = createPrivateKey(sign.key);
  const issuedAt = Math.floor((clock.now() - 10 * SECOND) / SECOND);
  const claims = {
    ...payload,
    ...(maxAge === null ? {} : { max_age: maxAge }),
    ...{
      iss: issuer ?? auth.clientId,
      aud: audience ?? server.issuer,
      iat: issuedAt,
      nbf: issuedAt,
      exp: issuedAt + lifeSeconds,
      jti: randomUUID(),
    },
    ...extraClaims,
  };
  return new SignJWT(claims)
    .setProtectedHeader({
      alg: key.asymmetricKeyType === "ec" ? "ES256" : "PS256",
      typ: "JWT",
      ...(sign.keyId === null ? {} : { kid: sign.keyId }),
    })
    .sign(key);
}

function isPushed({ profile }: ReadWriteClient, server: BankServer): boolean {
  if (profile.par === "never") return false;
  return profile.par === "always" || server.parRequired || (profile.responseType === "code" && server.parUrl !== null);
}

async function push(
  client: ReadWriteClient,
  { parUrl }: BankServer,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string> {
  if (parUrl === null)
    throw new BankError("NOT_SUPPORTED", "UNKNOWN", "the bank names no endpoint for pushed requests: set profile.parUrl", {
      bankCode: "NO_PAR",
    });
  const { response, requestId } = await postForm(client, new URL(parUrl), { client_id: client.connection.auth.clientId, ...form }, signal);
  if (response.status !== 200 && response.status !== 201) throw client.tokenRefusal(response, requestId);
  const uri = requestUriIn(response.text);
  if (uri === null) throw unreadable("request_uri: missing", requestId);
  return uri;
}

function requestUriIn(text: string): string | null {
  try {
    return textOf(rowOf(parseJson(text))?.["request_uri"]);
  } catch {
    return null;
  }
}
