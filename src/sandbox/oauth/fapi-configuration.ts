import { randomUUID } from "node:crypto";
import type { ClientMetadata, Configuration, errors as Errors, JWKS } from "oidc-provider";
import type { SandboxClock } from "../ledger/clock.ts";
import { clockAdapter } from "./clock-adapter.ts";
import { certificateOf, isAuthorized, sameSubject } from "./client-certificate.ts";
import type { ClientRegistration } from "./client-registration.ts";
import type { FapiServerOptions } from "./fapi-server.ts";

/** `hybrid`: `code id_token`, answer in the fragment (FAPI 1 Advanced). `par`: pushed request objects and `code`, answer in the query. */
export type FapiFlow = "hybrid" | "par";

export const REFRESH_LIFE_DAYS = 400;
const ALGORITHMS = ["PS256", "ES256"] as const;
const YEARS = 10 * 365 * 86_400;

/** Paths of the OAuth server below the bank's origin. */
export const FAPI_PATHS = {
  authorization: "/oauth/authorize",
  token: "/oauth/token",
  jwks: "/oauth/jwks",
  pushed_authorization_request: "/oauth/par",
  userinfo: "/oauth/userinfo",
} as const;

/** The name of an OAuth request for faults and the log, by its path. */
export function fapiOperation({ path }: { readonly path: string }): string {
  if (path === FAPI_PATHS.token) return "token";
  if (path === FAPI_PATHS.pushed_authorization_request) return "par";
  if (path === FAPI_PATHS.authorization) return "authorize";
  return path.startsWith(`${FAPI_PATHS.authorization}/`) ? "authorize-resume" : "oauth";
}

/** OpenID discovery, without having to load the server for it. */
export function fapiMetadata(issuer: string, { method }: ClientRegistration, flow: FapiFlow, mutualTls: boolean): Record<string, unknown> {
  const par = { pushed_authorization_request_endpoint: issuer + FAPI_PATHS.pushed_authorization_request };
  const endpoints = { token_endpoint: issuer + FAPI_PATHS.token, ...par };
  return {
    issuer,
    authorization_endpoint: issuer + FAPI_PATHS.authorization,
    ...endpoints,
    jwks_uri: issuer + FAPI_PATHS.jwks,
    userinfo_endpoint: issuer + FAPI_PATHS.userinfo,
    ...(mutualTls ? { mtls_endpoint_aliases: endpoints, tls_client_certificate_bound_access_tokens: true } : {}),
    require_pushed_authorization_requests: flow === "par",
    response_types_supported: [flow === "par" ? "code" : "code id_token"],
    response_modes_supported: [flow === "par" ? "query" : "fragment"],
    scopes_supported: ["openid", "accounts"],
    claims_supported: ["sub", "acr", "openbanking_intent_id"],
    claims_parameter_supported: true,
    request_parameter_supported: true,
    require_signed_request_object: true,
    request_object_signing_alg_values_supported: ALGORITHMS,
    id_token_signing_alg_values_supported: ["PS256"],
    subject_types_supported: ["public"],
    acr_values_supported: ["urn:openbanking:psd2:sca", "urn:openbanking:psd2:ca"],
    grant_types_supported: ["authorization_code", "refresh_token", "client_credentials"],
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: method.startsWith("client_secret") ? ["client_secret_basic", "client_secret_post"] : [method],
    token_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
    authorization_response_iss_parameter_supported: true,
  };
}

export function fapiConfiguration(options: FapiServerOptions, key: object, errors: typeof Errors): Configuration {
  const { clock, flow } = options;
  return {
    adapter: clockAdapter(clock),
    clients: [clientOf(options)],
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth"],
    jwks: { keys: [key] },
    scopes: ["openid", "offline_access", "accounts"],
    acrValues: ["urn:openbanking:psd2:sca", "urn:openbanking:psd2:ca"],
    claims: { openid: ["sub"], accounts: ["openbanking_intent_id"], acr: null },
    responseTypes: [flow === "par" ? "code" : "code id_token"],
    routes: { ...FAPI_PATHS },
    cookies: { keys: [randomUUID()], names: { session: "sandbox_session", interaction: "sandbox_interaction", resume: "sandbox_resume" } },
    enabledJWA: {
      clientAuthSigningAlgValues: [...ALGORITHMS],
      requestObjectSigningAlgValues: [...ALGORITHMS],
      idTokenSigningAlgValues: ["PS256"],
    },
    // The hooks below check times by the sandbox clock; real time must not get in their way.
    clockTolerance: YEARS,
    assertJwtClientAuthClaimsAndHeader: (_ctx: unknown, claims: Times) => {
      const wrong = wrongTime(claims, clock);
      if (wrong !== undefined) throw new errors.InvalidClientAuth(wrong);
    },
    pkce: { required: () => flow === "par" },
    rotateRefreshToken: options.rotateRefreshToken,
    expiresWithSession: () => false,
    issueRefreshToken: () => true,
    clientBasedCORS: () => false,
    findAccount: (_ctx, id, token) =>
      token && "grantId" in token && token.grantId !== undefined && !options.mayIssue(token.grantId)
        ? undefined
        : { accountId: id, claims: (_use, _scope, asked) => ({ sub: id, openbanking_intent_id: asked["openbanking_intent_id"]?.value }) },
    interactions: { url: (_ctx, interaction) => options.interactionPath(interaction.uid) },
    ttl: {
      AccessToken: options.accessTokenTtl,
      ClientCredentials: options.accessTokenTtl,
      AuthorizationCode: 60,
      RefreshToken: REFRESH_LIFE_DAYS * 86_400,
      Grant: REFRESH_LIFE_DAYS * 86_400,
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
      // Nobody calls it, but request objects of the profile name claims for it.
      userinfo: { enabled: true },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      claimsParameter: { enabled: true },
      // The profile's rule that a plain `code` needs JARM is FAPI 1's; pushed requests come from its successor.
      fapi: { enabled: flow === "hybrid", profile: "1.0 Final" },
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: flow === "par" },
      requestObjects: {
        enabled: true,
        requireSignedRequestObject: true,
        assertJwtClaimsAndHeader: (_ctx: unknown, claims: Times) => {
          const wrong = claims.nbf === undefined ? "nbf is missing" : wrongTime(claims, clock);
          if (wrong !== undefined) throw new errors.InvalidRequestObject(wrong);
        },
      },
      mTLS: {
        enabled: true,
        tlsClientAuth: true,
        certificateBoundAccessTokens: true,
        getCertificate: (ctx) => certificateOf(ctx.req),
        certificateAuthorized: (ctx) => isAuthorized(ctx.req),
        certificateSubjectMatches: (ctx, _property, expected) => sameSubject(ctx.req, expected),
      },
    },
  } as Configuration;
}

interface Times {
  readonly exp?: number;
  readonly nbf?: number;
  readonly iat?: number;
}

/** FAPI 1 Advanced 5.2.2 (13, 17): an hour from nbf to exp at most, and neither past nor yet to come. */
function wrongTime({ exp, nbf, iat }: Times, clock: SandboxClock): string | undefined {
  const now = clock.nowMs() / 1000;
  const start = nbf ?? iat ?? now;
  if (exp === undefined) return "exp is missing";
  if (exp <= now) return "exp is past";
  if (start > now + 10) return "nbf or iat is in the future";
  return exp - start > 3600 ? "exp is more than an hour after nbf" : undefined;
}

/** oidc-provider wants at least one URI; the real check is `redirectUriAllowed`. */
function clientOf({ client, flow, certificateBound }: FapiServerOptions): ClientMetadata {
  const { method } = client;
  return {
    client_id: client.clientId,
    ...(method.startsWith("client_secret") ? { client_secret: client.clientSecret } : {}),
    ...(client.jwks ? { jwks: client.jwks as unknown as JWKS } : {}),
    ...(method === "tls_client_auth" ? { tls_client_auth_subject_dn: client.tlsSubjectDn ?? "" } : {}),
    token_endpoint_auth_method: method,
    tls_client_certificate_bound_access_tokens: certificateBound,
    grant_types: ["authorization_code", "refresh_token", "client_credentials", ...(flow === "hybrid" ? (["implicit"] as const) : [])],
    response_types: [flow === "par" ? "code" : "code id_token"],
    id_token_signed_response_alg: "PS256",
    require_signed_request_object: true,
    require_pushed_authorization_requests: flow === "par",
    redirect_uris: ["https://placeholder.invalid/callback"],
  };
}
