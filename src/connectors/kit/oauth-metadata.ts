import { BankError } from "../../domain/failure.ts";
import { HttpFailure } from "../../http/http-failure.ts";
import { parseJson } from "../../http/json.ts";
import { unreadable } from "./failures.ts";
import type { OAuthClient } from "./oauth-client.ts";
import { rowOf, textOf, type Row } from "./wire.ts";

export interface OAuthServer {
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  /** Null = unknown: `iss` cannot be checked. */
  readonly issuer: string | null;
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
  };
  if (server.authorizationUrl === null || server.tokenUrl === null) throw unreadable("_links.scaOAuth: no OAuth metadata there");
  return { authorizationUrl: server.authorizationUrl, tokenUrl: server.tokenUrl, issuer: server.issuer };
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

/** RFC 9207: where the bank names itself in the redirect, it must be the one that was asked. */
export function checkIssuer(parameters: Readonly<Record<string, string>>, issuer: string | null): void {
  const named = parameters["iss"];
  if (named === undefined || issuer === null || trimmed(named) === trimmed(issuer)) return;
  throw new BankError("CONSENT_INVALID", "CONSENT_INVALID", "the redirect came from another authorisation server", {
    bankCode: "ISSUER_MISMATCH",
  });
}

function trimmed(issuer: string): string {
  return issuer.replace(/\/$/, "");
}
