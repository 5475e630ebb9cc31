import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { BankError } from "../../domain/failure.ts";
import { HOUR, MINUTE, type Instant } from "../../domain/time.ts";
import { HttpFailure } from "../../http/http-failure.ts";
import { parseJson } from "../../http/json.ts";
import { unanswered, unreadable } from "../kit/failures.ts";
import { isSafe, issuerSent } from "../kit/oauth-metadata.ts";
import { flagOf, rowOf, textOf, type Row } from "../kit/wire.ts";
import type { ReadWriteClient } from "./client.ts";

/** The bank's OpenID provider. */
export interface BankServer {
  readonly issuer: string;
  readonly issuerSent: boolean;
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  readonly jwksUrl: string | null;
  readonly parUrl: string | null;
  readonly parRequired: boolean;
}

const KEPT = HOUR;
/** Keys are fetched again for a signature that none of them made, but not more often. */
const KEYS_KEPT = MINUTE;

/** Knows where the bank's provider is and which keys it signs with; both are fetched when first needed and kept for an hour. */
export class ServerDirectory {
  readonly #client: ReadWriteClient;
  #server: { readonly value: BankServer; readonly at: Instant } | null = null;
  #keys: { readonly value: JWTVerifyGetKey; readonly at: Instant } | null = null;

  constructor(client: ReadWriteClient) {
    this.#client = client;
  }

  /**
   * The operator's own URLs win over discovered ones, because client credentials go there; with mutual TLS the metadata's aliases for it are taken.
   * @throws BankError PROTOCOL where an endpoint is neither configured nor discovered
   */
  async server(signal: AbortSignal): Promise<BankServer> {
    const { clock } = this.#client;
    if (this.#server !== null && clock.now() - this.#server.at < KEPT) return this.#server.value;
    const value = await this.#discover(signal);
    this.#server = { value, at: clock.now() };
    return value;
  }

  async #discover(signal: AbortSignal): Promise<BankServer> {
    const { connection, profile } = this.#client;
    const { authorizationUrl, tokenUrl } = connection.auth;
    const complete = [authorizationUrl, tokenUrl, profile.issuer, profile.jwksUrl, profile.par === "never" ? "" : profile.parUrl];
    const metadata = complete.every((url) => url !== null) ? null : await this.#metadata(signal);
    const at = (name: string) => this.#endpoint(metadata, name);
    const server = {
      issuer: profile.issuer ?? textOf(metadata?.["issuer"]),
      issuerSent: issuerSent(metadata),
      authorizationUrl: authorizationUrl ?? at("authorization_endpoint"),
      tokenUrl: tokenUrl ?? at("token_endpoint"),
      jwksUrl: profile.jwksUrl ?? at("jwks_uri"),
      parUrl: profile.parUrl ?? at("pushed_authorization_request_endpoint"),
      parRequired: flagOf(metadata?.["require_pushed_authorization_requests"]) ?? false,
    };
    const { issuer } = server;
    if (server.authorizationUrl === null || server.tokenUrl === null || issuer === null)
      throw unreadable("openid-configuration: issuer, authorization_endpoint or token_endpoint missing, and not in the bank's entry");
    return { ...server, issuer, authorizationUrl: server.authorizationUrl, tokenUrl: server.tokenUrl };
  }

  #endpoint(metadata: Row | null, name: string): string | null {
    const aliases = this.#client.connection.tls === null ? null : rowOf(metadata?.["mtls_endpoint_aliases"]);
    const url = textOf(aliases?.[name]) ?? textOf(metadata?.[name]);
    return url !== null && isSafe(this.#client, url) ? url : null;
  }

  /** Null where there is none: then the entry must say everything. */
  async #metadata(signal: AbortSignal): Promise<Row | null> {
    const { connection, profile } = this.#client;
    const issuer = profile.issuer ?? new URL(connection.auth.authorizationUrl ?? connection.auth.tokenUrl ?? connection.baseUrl).origin;
    const url = profile.discoveryUrl ?? `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
    return isSafe(this.#client, url) ? this.#document(url, signal) : null;
  }

  /** The keys for {@link import("./id-token.ts")}. `fresh`: not the kept ones, if those are older than a minute. */
  async keys(fresh: boolean, signal: AbortSignal): Promise<JWTVerifyGetKey> {
    const { clock } = this.#client;
    const age = this.#keys === null ? Number.POSITIVE_INFINITY : clock.now() - this.#keys.at;
    if (this.#keys !== null && age < (fresh ? KEYS_KEPT : KEPT)) return this.#keys.value;
    const { jwksUrl } = await this.server(signal);
    if (jwksUrl === null)
      throw new BankError("NOT_SUPPORTED", "UNKNOWN", "the bank's signing keys are nowhere: set profile.jwksUrl", { bankCode: "NO_JWKS" });
    const row = await this.#document(jwksUrl, signal);
    if (!row || !Array.isArray(row["keys"])) throw unreadable("jwks: no list of keys");
    // Numbers in our JSON are wrapped; a key has none that matter.
    const value = createLocalJWKSet(JSON.parse(JSON.stringify(row)) as JSONWebKeySet);
    this.#keys = { value, at: clock.now() };
    return value;
  }

  async #document(url: string, signal: AbortSignal): Promise<Row | null> {
    try {
      const { status, text } = await this.#client.http.send(
        { method: "GET", url: new URL(url), headers: { accept: "application/json" } },
        signal,
      );
      if (status >= 500)
        throw new BankError("BANK_TEMPORARY", "BANK_UNAVAILABLE", "the bank's metadata cannot be had", { bankCode: String(status) });
      return status === 200 ? rowOf(parseJson(text)) : null;
    } catch (error) {
      if (error instanceof SyntaxError) return null;
      if (error instanceof HttpFailure) throw unanswered(error, "openid-configuration", false);
      throw error;
    }
  }
}
