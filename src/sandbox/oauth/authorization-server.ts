import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Configuration, default as Provider, KoaContextWithOIDC } from "oidc-provider";
import type { SandboxClock } from "../ledger/clock.ts";
import { clockAdapter } from "./clock-adapter.ts";
import { certificateOf, isAuthorized, sameSubject } from "./client-certificate.ts";
import { clientMetadata, redirectUriAllowed, type ClientRegistration } from "./client-registration.ts";

export interface AuthorizationServerOptions {
  readonly issuer: string;
  readonly clock: SandboxClock;
  readonly client: ClientRegistration;
  /** Seconds. */
  readonly accessTokenTtl: number;
  /** Where the person goes for an authorisation request; the pages live there. */
  readonly interactionPath: (uid: string) => string;
  /** May this scope be asked for? Others are dropped, and a request left without any ends in access_denied. */
  readonly scopeKnown: (scope: string) => boolean;
  /** Asked at every code exchange and refresh: false makes it invalid_grant. */
  readonly mayIssue: (user: string, scopes: ReadonlySet<string>, grantId: string | undefined) => boolean;
}

export interface TokenFacts {
  readonly user: string;
  readonly scopes: ReadonlySet<string>;
  readonly expired: boolean;
  /** What `approve` made; all tokens of one authorisation share it. */
  readonly grantId: string | undefined;
}

const DAY = 86_400;

/** Paths of the OAuth server below the bank's origin. */
export const OAUTH_PATHS = {
  authorization: "/oauth/authorize",
  token: "/oauth/token",
  jwks: "/oauth/jwks",
  revocation: "/oauth/revoke",
} as const;

/** The name of an OAuth request for faults and the log, by its path. */
export function oauthOperation({ path }: { readonly path: string }): string {
  if (path === OAUTH_PATHS.token) return "token";
  if (path === OAUTH_PATHS.revocation) return "token-revocation";
  if (path === OAUTH_PATHS.authorization) return "authorize";
  return path.startsWith(`${OAUTH_PATHS.authorization}/`) ? "authorize-resume" : "oauth";
}

/** RFC 8414 metadata, without having to load the server for it. */
export function serverMetadata(issuer: string, method: string): Record<string, unknown> {
  return {
    issuer,
    authorization_endpoint: issuer + OAUTH_PATHS.authorization,
    token_endpoint: issuer + OAUTH_PATHS.token,
    jwks_uri: issuer + OAUTH_PATHS.jwks,
    revocation_endpoint: issuer + OAUTH_PATHS.revocation,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: method.startsWith("client_secret") ? ["client_secret_basic", "client_secret_post"] : [method],
    token_endpoint_auth_signing_alg_values_supported: ["RS256", "PS256", "ES256"],
    authorization_response_iss_parameter_supported: true,
  };
}

/** oidc-provider around one client and one resource: PKCE S256 always, opaque tokens, refresh tokens that rotate at every use. */
export class AuthorizationServer {
  readonly #provider: Provider;
  readonly #options: AuthorizationServerOptions;
  readonly #resource: string;

  private constructor(provider: Provider, options: AuthorizationServerOptions, resource: string) {
    this.#provider = provider;
    this.#options = options;
    this.#resource = resource;
  }

  /** Loads oidc-provider, which takes some hundred milliseconds: call it only when a mode with OAuth is really used. */
  static async create(options: AuthorizationServerOptions): Promise<AuthorizationServer> {
    const { default: ProviderClass } = await import("oidc-provider");
    const { generateKeyPair, exportJWK } = await import("jose");
    const key = await exportJWK((await generateKeyPair("ES256", { extractable: true })).privateKey);
    const resource = `${options.issuer}/v1`;
    const provider = new ProviderClass(options.issuer, configurationOf(options, resource, { ...key, alg: "ES256", use: "sig" }));
    const prototype = provider.Client.prototype as { redirectUriAllowed: (uri: string) => boolean };
    prototype.redirectUriAllowed = (uri) => redirectUriAllowed(uri, options.client.redirectUris);
    return new AuthorizationServer(provider, options, resource);
  }

  handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Every authorisation starts without the browser's earlier session, so that each one asks for credentials.
    if (request.url?.startsWith(`${OAUTH_PATHS.authorization}?`)) delete request.headers.cookie;
    return this.#provider.callback()(request, response);
  }

  /** The authorisation request behind an interaction page. Throws when the browser's cookie does not belong to it. */
  async requestOf(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<{ readonly uid: string; readonly scopes: readonly string[] }> {
    const { uid, params } = await this.#provider.interactionDetails(request, response);
    return {
      uid,
      scopes: String(params["scope"] ?? "")
        .split(" ")
        .filter(this.#options.scopeKnown),
    };
  }

  /** The person approved: where to send the browser next. `granted` gets the id that all tokens of this approval will carry. */
  async approve(
    request: IncomingMessage,
    response: ServerResponse,
    user: string,
    scopes: readonly string[],
    granted?: (grantId: string) => void,
  ): Promise<string> {
    const grant = new this.#provider.Grant({ accountId: user, clientId: this.#options.client.clientId });
    grant.addResourceScope(this.#resource, scopes.join(" "));
    const grantId = await grant.save();
    granted?.(grantId);
    return this.#provider.interactionResult(
      request,
      response,
      { login: { accountId: user, remember: false }, consent: { grantId } },
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

  async lookUp(accessToken: string): Promise<TokenFacts | undefined> {
    const token = await this.#provider.AccessToken.find(accessToken, { ignoreExpiration: true });
    if (!token) return undefined;
    return { user: token.accountId, scopes: token.scopes, expired: token.isExpired, grantId: token.grantId };
  }
}

function configurationOf(options: AuthorizationServerOptions, resource: string, key: object): Configuration {
  const requested = (ctx: KoaContextWithOIDC): string => {
    const { AuthorizationCode, RefreshToken } = ctx.oidc.entities;
    const scope = AuthorizationCode?.scope ?? RefreshToken?.scope ?? String(ctx.oidc.params?.["scope"] ?? "");
    return scope.split(" ").filter(options.scopeKnown).join(" ");
  };
  return {
    adapter: clockAdapter(options.clock),
    clients: [clientMetadata(options.client)],
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth"],
    jwks: { keys: [key] },
    scopes: ["offline_access"],
    responseTypes: ["code"],
    routes: { ...OAUTH_PATHS },
    cookies: { keys: [randomUUID()], names: { session: "sandbox_session", interaction: "sandbox_interaction", resume: "sandbox_resume" } },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    issueRefreshToken: () => true,
    clientBasedCORS: () => false,
    findAccount: (_ctx, id, token) =>
      token && "scopes" in token && !options.mayIssue(id, token.scopes, "grantId" in token ? token.grantId : undefined)
        ? undefined
        : { accountId: id, claims: () => ({ sub: id }) },
    interactions: { url: (_ctx, interaction) => options.interactionPath(interaction.uid) },
    ttl: {
      AccessToken: options.accessTokenTtl,
      AuthorizationCode: 60,
      RefreshToken: 180 * DAY,
      Grant: 400 * DAY,
      Interaction: 3600,
      Session: 3600,
      IdToken: 300,
    },
    renderError: (ctx, out) => {
      ctx.type = "text";
      ctx.body = `${out.error}: ${out.error_description ?? ""}`;
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx: unknown, client: { clientId: string }, token: { clientId?: string | undefined }) =>
          token.clientId === client.clientId,
      },
      mTLS: {
        enabled: true,
        tlsClientAuth: true,
        getCertificate: (ctx) => certificateOf(ctx.req),
        certificateAuthorized: (ctx) => isAuthorized(ctx.req),
        certificateSubjectMatches: (ctx, _property, expected) => sameSubject(ctx.req, expected),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx) => ({
          scope: requested(ctx),
          accessTokenFormat: "opaque",
          accessTokenTTL: options.accessTokenTtl,
          audience: resource,
        }),
      },
    },
  } as Configuration;
}
