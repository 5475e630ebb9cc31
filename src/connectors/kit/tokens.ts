import { createHash, randomUUID } from "node:crypto";
import { BankError } from "../../domain/failure.ts";
import { SECOND, type Instant } from "../../domain/time.ts";
import type { HttpResponse } from "../../http/bank-http.ts";
import { HttpFailure } from "../../http/http-failure.ts";
import { parseJson } from "../../http/json.ts";
import { retried } from "../../http/retries.ts";
import { clientAuthentication } from "./client-auth.ts";
import { bankWords } from "./error-words.ts";
import { unanswered, unreadable } from "./failures.ts";
import type { OAuthClient } from "./oauth-client.ts";
import { CONSENT_EXPIRED, CONSENT_INVALID, TPP_REFUSED, type Verdict } from "./verdicts.ts";
import { rowOf, textOf, type Row } from "./wire.ts";

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly expiresAt: Instant | null;
}

/** The page of the bank that gives a code (RFC 6749 4.1.1, RFC 7636). */
export function authorizationUrl(
  client: OAuthClient,
  request: { endpoint: string; scope: string; state: string; redirectUri: string; codeVerifier: string },
): string {
  const url = new URL(request.endpoint);
  const challenge = createHash("sha256").update(request.codeVerifier).digest("base64url");
  const query = {
    response_type: "code",
    client_id: client.connection.auth.clientId,
    redirect_uri: request.redirectUri,
    scope: request.scope,
    state: request.state,
    ...(client.profile.pkce ? { code_challenge: challenge, code_challenge_method: "S256" } : {}),
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

export async function exchangeCode(
  client: OAuthClient,
  request: { tokenUrl: string; code: string; redirectUri: string; codeVerifier: string },
  signal: AbortSignal,
): Promise<Tokens> {
  const { code, redirectUri, codeVerifier } = request;
  const form = {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    ...(client.profile.pkce ? { code_verifier: codeVerifier } : {}),
    ...client.profile.tokenRules.codeExtraParams,
  };
  return tokenRequest(client, request.tokenUrl, form, CONSENT_INVALID, signal);
}

/** New tokens; the old refresh token stays where the bank sends no new one. Repeated only where a lost answer cannot cost the token. */
export async function refreshTokens(client: OAuthClient, tokenUrl: string, refreshToken: string, signal: AbortSignal): Promise<Tokens> {
  const { refreshRotates, refreshExtraParams } = client.profile.tokenRules;
  const form = { grant_type: "refresh_token", refresh_token: refreshToken, ...refreshExtraParams };
  const tokens = await retried(
    () => tokenRequest(client, tokenUrl, form, CONSENT_EXPIRED, signal),
    (error, tried) => !refreshRotates && error instanceof BankError && error.failure === "BANK_TEMPORARY" && tried < 3,
    signal,
  );
  return { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
}

/**
 * One POST to the token endpoint. Written by hand rather than with openid-client: that library insists on an issuer that equals its
 * metadata, on `token_type` and on numeric `expires_in`, each of which banks get wrong (standards.md 8.5), and would own the transport.
 */
export async function tokenRequest(
  client: OAuthClient,
  tokenUrl: string,
  form: Readonly<Record<string, string>>,
  refused: Verdict,
  signal: AbortSignal,
): Promise<Tokens> {
  return (await tokenAnswer(client, tokenUrl, form, refused, signal)).tokens;
}

/** The same with the whole answer, for standards that read more in it than the tokens. */
export async function tokenAnswer(
  client: OAuthClient,
  tokenUrl: string,
  form: Readonly<Record<string, string>>,
  refused: Verdict,
  signal: AbortSignal,
): Promise<{ readonly tokens: Tokens; readonly body: Row; readonly requestId: string }> {
  const { response, requestId } = await postForm(client, new URL(tokenUrl), form, signal);
  if (response.status !== 200 && response.status !== 201) throw tokenRefusal(client, response, requestId, refused);
  return { ...tokensOf(client, response.text, requestId), requestId };
}

/**
 * RFC 7009: ends a token, and with a refresh token all that hangs on it.
 * @returns "ALREADY_ENDED" where the bank says that it does not know the token; by the RFC it need not tell
 */
export async function revokeToken(
  client: OAuthClient,
  revocationUrl: string,
  token: { readonly token: string; readonly token_type_hint: "refresh_token" | "access_token" },
  signal: AbortSignal,
): Promise<"DONE" | "ALREADY_ENDED"> {
  const { response, requestId } = await postForm(client, new URL(revocationUrl), token, signal);
  if (response.status >= 200 && response.status <= 299) return "DONE";
  const refusal = tokenRefusal(client, response, requestId, CONSENT_EXPIRED);
  const unknown = response.status < 500 && /invalid_token|unknown token/i.test(response.text);
  if (unknown || refusal.failure === "CONSENT_INVALID" || refusal.failure === "TOKEN_EXPIRED") return "ALREADY_ENDED";
  throw refusal;
}

/** A form to an OAuth endpoint, with the client's own proof. */
export async function postForm(
  client: OAuthClient,
  url: URL,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<{ readonly response: HttpResponse; readonly requestId: string }> {
  const requestId = randomUUID();
  const auth = await clientAuthentication(client, url.href);
  const headers = {
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded",
    "x-request-id": requestId,
    ...auth.headers,
  };
  const body = new URLSearchParams({ ...form, ...auth.form }).toString();
  try {
    const signed = { ...headers, ...client.signTokenRequest?.({ url, headers, body }) };
    return { response: await client.http.send({ method: "POST", url, headers: signed, body }, signal), requestId };
  } catch (error) {
    if (error instanceof HttpFailure) throw unanswered(error, requestId, true);
    throw error;
  }
}

function tokensOf(client: OAuthClient, text: string, requestId: string): { readonly tokens: Tokens; readonly body: Row } {
  let parsed: unknown = null;
  try {
    parsed = parseJson(text);
  } catch {
    // Told below like any other answer without a token.
  }
  const row = rowOf(parsed);
  const accessToken = textOf(row?.["access_token"]);
  if (row === null || accessToken === null) throw unreadable("access_token: missing", requestId);
  const seconds = Number(textOf(row["expires_in"]) ?? Number.NaN);
  const life = Number.isFinite(seconds) && seconds >= 0 ? seconds * SECOND * client.profile.tokenRules.lifeFactor : null;
  const expiresAt = life === null ? null : client.clock.now() + Math.floor(life);
  return { tokens: { accessToken, refreshToken: textOf(row["refresh_token"]), expiresAt }, body: row };
}

const GONE = /invalid_grant|(refresh|access) token.*(expired|invalid|used)|(invalid|expired).*refresh token/i;

function tokenRefusal(client: OAuthClient, response: HttpResponse, requestId: string, refused: Verdict): BankError {
  const words = bankWords(response.text);
  const said = [...words.codes, words.text].join(" ");
  const details = { bankCode: words.shown || String(response.status), supportReference: requestId };
  const patterns = client.profile.tokenRules.invalidGrantPatterns.map((pattern) => new RegExp(pattern, "i"));
  if (response.status < 500 && [GONE, ...patterns].some((pattern) => pattern.test(said)))
    return new BankError(refused.failure, refused.code, "the bank refused the code or refresh token", details);
  if (/invalid_client|unauthorized_client/i.test(said))
    return new BankError(TPP_REFUSED.failure, TPP_REFUSED.code, "the bank refused the client's own credentials", details);
  return client.tokenRefusal(response, requestId);
}
