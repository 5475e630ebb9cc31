import { BankError } from "../../domain/failure.ts";
import { HttpFailure } from "../../http/http-failure.ts";
import { parseJson } from "../../http/json.ts";
import { unreadable } from "./failures.ts";
import type { OAuthClient } from "./oauth-client.ts";
import { flagOf, rowOf, textOf, type Row } from "./wire.ts";

export interface OAuthServer {
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  /** Null = unknown: `iss` cannot be checked. */
  readonly issuer: string | null;
  /** The bank says of itself that every answer carries `iss`: one without it did not come from there. */
  readonly issuerSent: boolean;
}

/**
 * The bank's OAuth server. The operator's own URLs win over discovered ones, because client credentials go there; `link` (`scaOAuth`) may be the
 * RFC 8414 document itself or the issuer. Without configured URLs a document that cannot be had is an error.
 */
export async function oauthServer(client: OAuthClient, link: string | null, signal: AbortSignal): Promise<OAuthServer> {
  const { authorizationUrl, tokenUrl } = client.connection.auth;
  const configured = authorizationUrl !== null && tokenUrl !== null;
  const found = link === null || (configured && client.profile.issuer !== null) ? null : await discovered(client, link, signal);
  const server = {
    authorizationUrl: authorizationUrl ?? endpointOf(client, found, "authorization_endpoint"),
    tokenUrl: tokenUrl ?? endpointOf(client, found, "token_endpoint"),
    issuer: client.profile.issuer ?? textOf(found?.["issuer"]),
    issuerSent: issuerSent(found),
  };
  if (server.authorizationUrl === null || server.tokenUrl === null) throw unreadable("_links.scaOAuth: no OAuth metadata there");
  return { ...server, authorizationUrl: server.authorizationUrl, tokenUrl: server.tokenUrl };
}

function endpointOf(client: OAuthClient, metadata: Row | null, name: string): string | null {
  const url = textOf(metadata?.[name]);
  return url !== null && isSafe(client, url) ? url : null;
}

/** Plain http only to a bank that is itself spoken to by plain http (a sandbox). */
export function isSafe(client: OAuthClient, url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, username } = new URL(url);
  return username === "" && (protocol === "https:" || (protocol === "http:" && client.connection.baseUrl.startsWith("http:")));
}

async function discovered(client: OAuthClient, link: string, signal: AbortSignal): Promise<Row | null> {
  for (const url of candidates(client, link)) {
    const row = await document(client, url, signal);
    if (row?.["token_endpoint"] !== undefined) return row;
  }
  return null;
}

/** The link itself, then the well-known places of an issuer: path inserted (RFC 8414 3.1) and appended (OpenID discovery). */
function candidates(client: OAuthClient, link: string): readonly URL[] {
  const absolute = URL.canParse(link, client.connection.baseUrl) ? new URL(link, client.connection.baseUrl) : null;
  if (absolute === null || !isSafe(client, absolute.href)) return [];
  const path = absolute.pathname.replace(/\/$/, "");
  const wellKnown = [`/.well-known/oauth-authorization-server${path}`, `${path}/.well-known/openid-configuration`];
  const guesses = path.includes("/.well-known/") ? [] : [...wellKnown, `${path}/.well-known/oauth-authorization-server`];
  return [absolute, ...new Set(guesses)].map((place) => new URL(place, absolute.origin));
}

async function document(client: OAuthClient, url: URL, signal: AbortSignal): Promise<Row | null> {
  try {
    const { status, text } = await client.http.send({ method: "GET", url, headers: { accept: "application/json" } }, signal);
    return status === 200 ? rowOf(parseJson(text)) : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof HttpFailure) return null;
    throw error;
  }
}

/** Of RFC 9207, in the bank's metadata. */
export function issuerSent(metadata: Row | null): boolean {
  return flagOf(metadata?.["authorization_response_iss_parameter_supported"]) ?? false;
}

/**
 * RFC 9207 section 2.4: an answer that names another server than the one that was asked is not believed, be it a code or an error; nor is a code without
 * a name where the bank names itself always. An error without one is: it opens nothing, and banks forget the name there.
 */
export function checkIssuer(
  parameters: Readonly<Record<string, string>>,
  { issuer, issuerSent: due }: Pick<OAuthServer, "issuer" | "issuerSent">,
): void {
  const named = parameters["iss"];
  if (named === undefined && due && parameters["code"] !== undefined)
    throw mixedUp("the redirect does not say which authorisation server it comes from", "ISSUER_MISSING");
  if (named !== undefined && issuer !== null && trimmed(named) !== trimmed(issuer))
    throw mixedUp("the redirect came from another authorisation server", "ISSUER_MISMATCH");
}

function mixedUp(message: string, bankCode: string): BankError {
  return new BankError("CONSENT_INVALID", "CONSENT_INVALID", message, { bankCode });
}

function trimmed(issuer: string): string {
  return issuer.replace(/\/$/, "");
}
