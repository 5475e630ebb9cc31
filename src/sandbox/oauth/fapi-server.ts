import type { IncomingMessage, ServerResponse } from "node:http";
import type { default as Provider } from "oidc-provider";
import type { Reply } from "../kit/http-message.ts";
import type { SandboxClock } from "../ledger/clock.ts";
import { redirectUriAllowed, type ClientRegistration } from "./client-registration.ts";
import { fapiConfiguration, FAPI_PATHS, REFRESH_LIFE_DAYS, type FapiFlow } from "./fapi-configuration.ts";

export interface FapiServerOptions {
  readonly issuer: string;
  readonly clock: SandboxClock;
  readonly client: ClientRegistration;
  readonly flow: FapiFlow;
  /** Seconds. */
  readonly accessTokenTtl: number;
  readonly rotateRefreshToken: boolean;
  /** Access tokens work only with the certificate they were issued to (RFC 8705). */
  readonly certificateBound: boolean;
  /** Where the person goes for an authorisation request; the pages live there. */
  readonly interactionPath: (uid: string) => string;
  /** Asked at every code exchange and refresh: false makes it invalid_grant. */
  readonly mayIssue: (grantId: string) => boolean;
}

export interface FapiTokenFacts {
  /** `client`: by client credentials, no person behind it. */
  readonly kind: "client" | "person";
  readonly grantId: string | undefined;
  readonly scopes: ReadonlySet<string>;
  readonly expired: boolean;
  /** SHA-256 of the certificate it is bound to, base64url. */
  readonly thumbprint: string | undefined;
}

/** What the person approved in the end. */
export interface AuthorizationRequest {
  readonly uid: string;
  /** `openbanking_intent_id` of the request object. */
  readonly consentId: string | undefined;
}

/**
 * oidc-provider as a bank of the Open Banking security profile: signed request objects, hybrid flow or pushed requests with `code`, client credentials,
 * private_key_jwt or mutual TLS. It knows real time only, so what it signs is dated anew by the sandbox clock, and what it is sent is checked by it.
 */
export class FapiServer {
  readonly #provider: Provider;
  readonly #options: FapiServerOptions;
  readonly #key: CryptoKey;

  private constructor(provider: Provider, options: FapiServerOptions, key: CryptoKey) {
    this.#provider = provider;
    this.#options = options;
    this.#key = key;
  }

  /** Loads oidc-provider and makes an RSA key: some hundred milliseconds, to be spent only when somebody comes. */
  static async create(options: FapiServerOptions): Promise<FapiServer> {
    const { default: ProviderClass, errors } = await import("oidc-provider");
    const { generateKeyPair, exportJWK } = await import("jose");
    const { privateKey } = await generateKeyPair("PS256", { extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), alg: "PS256", use: "sig", kid: "bank-1" };
    const provider = new ProviderClass(options.issuer, fapiConfiguration(options, jwk, errors));
    const prototype = provider.Client.prototype as { redirectUriAllowed: (uri: string) => boolean };
    prototype.redirectUriAllowed = (uri) => redirectUriAllowed(uri, options.client.redirectUris);
    return new FapiServer(provider, options, privateKey);
  }

  handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Every authorisation starts without the browser's earlier session, so that each one asks for credentials.
    if (request.url?.startsWith(`${FAPI_PATHS.authorization}?`)) delete request.headers.cookie;
    return this.#provider.callback()(request, response);
  }

  /** Dates the id_tokens of a redirect or a token answer by the sandbox clock. */
  async dated(reply: Reply): Promise<Reply> {
    const location = reply.headers["location"];
    if (typeof location === "string" && location.includes("#")) {
      const url = new URL(location);
      const answer = new URLSearchParams(url.hash.slice(1));
      const idToken = answer.get("id_token");
      if (idToken === null) return reply;
      answer.set("id_token", await this.#redated(idToken, {}));
      url.hash = answer.toString();
      return { ...reply, headers: { ...reply.headers, location: url.href } };
    }
    const body = reply.status === 200 ? (JSON.parse(reply.body.toString() || "{}") as Record<string, unknown>) : {};
    if (typeof body["id_token"] !== "string") return reply;
    const ends = Math.floor(this.#options.clock.nowMs() / 1000) + REFRESH_LIFE_DAYS * 86_400;
    const more = body["refresh_token"] === undefined ? {} : { "http://openbanking.org.uk/refresh_token_expires_at": ends };
    return { ...reply, body: JSON.stringify({ ...body, id_token: await this.#redated(body["id_token"], more) }) };
  }

  async #redated(idToken: string, more: Readonly<Record<string, unknown>>): Promise<string> {
    const { decodeJwt, decodeProtectedHeader, SignJWT } = await import("jose");
    const claims = decodeJwt(idToken);
    const gained = Math.floor(this.#options.clock.offset / 1000);
    const moved = Object.fromEntries(
      ["iat", "exp", "auth_time"].flatMap((name) => (typeof claims[name] === "number" ? [[name, claims[name] + gained]] : [])),
    );
    const { kid } = decodeProtectedHeader(idToken);
    return new SignJWT({ ...claims, ...moved, ...more })
      .setProtectedHeader({ alg: "PS256", typ: "JWT", ...(kid === undefined ? {} : { kid }) })
      .sign(this.#key);
  }

  /** The authorisation request behind an interaction page. Throws when the browser's cookie does not belong to it. */
  async requestOf(request: IncomingMessage, response: ServerResponse): Promise<AuthorizationRequest> {
    const { uid, params } = await this.#provider.interactionDetails(request, response);
    return { uid, consentId: intentIn(params["claims"]) };
  }

  /** The person approved: where to send the browser next. `granted` gets the id that all tokens of this approval will carry. */
  async approve(request: IncomingMessage, response: ServerResponse, user: string, granted: (grantId: string) => void): Promise<string> {
    const grant = new this.#provider.Grant({ accountId: user, clientId: this.#options.client.clientId });
    grant.addOIDCScope("openid accounts");
    grant.addOIDCClaims(["openbanking_intent_id", "acr"]);
    const grantId = await grant.save();
    granted(grantId);
    return this.#provider.interactionResult(
      request,
      response,
      { login: { accountId: user, acr: "urn:openbanking:psd2:sca", remember: false }, consent: { grantId } },
      { mergeWithLastSubmission: false },
    );
  }

  refuse(request: IncomingMessage, response: ServerResponse, description: string): Promise<string> {
    return this.#provider.interactionResult(
      request,
      response,
      { error: "access_denied", error_description: description },
      { mergeWithLastSubmission: false },
    );
  }

  async lookUp(accessToken: string): Promise<FapiTokenFacts | undefined> {
    const { AccessToken, ClientCredentials } = this.#provider;
    const person = await AccessToken.find(accessToken, { ignoreExpiration: true });
    const token = person ?? (await ClientCredentials.find(accessToken, { ignoreExpiration: true }));
    if (!token) return undefined;
    return {
      kind: person ? "person" : "client",
      grantId: person?.grantId,
      scopes: token.scopes,
      expired: token.isExpired,
      thumbprint: token["x5t#S256"],
    };
  }
}

function intentIn(claims: unknown): string | undefined {
  if (typeof claims !== "string") return undefined;
  const asked = JSON.parse(claims) as { readonly id_token?: { readonly openbanking_intent_id?: { readonly value?: unknown } } };
  const value = asked.id_token?.openbanking_intent_id?.value;
  return typeof value === "string" ? value : undefined;
}
