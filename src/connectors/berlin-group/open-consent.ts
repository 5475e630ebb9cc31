import type { ConsentScope, PsuType } from "../../domain/bank.ts";
import { BankError } from "../../domain/failure.ts";
import type { Day, Instant } from "../../domain/time.ts";
import type { PsuContext } from "../../domain/update.ts";
import type { GrantRequest, OpenedGrant } from "../connector.ts";
import type { ApiAnswer, Xs2aClient } from "./client.ts";
import { consentBody, type ConsentRules } from "./consent-request.ts";
import { loginLinkOf, type LoginLink } from "./errors.ts";
import { unreadable } from "../kit/failures.ts";
import { writeHandle, type GrantMemory } from "./handle.ts";
import { linkOf } from "../kit/links.ts";
import { isSafe, oauthServer, type OAuthServer } from "../kit/oauth-metadata.ts";
import { authorizationUrl } from "../kit/tokens.ts";
import { rowOf, textOf, type Row } from "../kit/wire.ts";

/** What both ways to a consent know: the direct one, and the one after a pre-step. */
export interface ConsentOpening {
  readonly scopes: readonly ConsentScope[];
  readonly psuType: PsuType;
  readonly validUntil: Day;
  readonly state: string;
  readonly codeVerifier: string;
  readonly redirectUri: string;
  readonly psu: PsuContext | null;
  /** What a first consent listed: a detailed one for exactly these. */
  readonly accounts?: readonly Row[];
  /** Of a pre-step. */
  readonly tokens: Pick<GrantMemory, "accessToken" | "refreshToken" | "tokenUrl"> & { readonly expiresAt: Instant | null };
}

const NO_TOKENS = { accessToken: null, refreshToken: null, tokenUrl: null, expiresAt: null };

/** Opens the grant: the consent at once, or where the bank wants a token first, the page that gives one. */
export async function openGrant(client: Xs2aClient, request: GrantRequest, signal: AbortSignal): Promise<OpenedGrant> {
  const { oauthMode } = client.profile;
  if (oauthMode === "pre-step" && client.profile.authUrlFromError === null) return preStep(client, request, null, signal);
  try {
    return await openConsent(client, { ...request, tokens: NO_TOKENS }, signal);
  } catch (error) {
    const login = oauthMode === "none" ? null : loginLinkOf(error);
    if (login === null) throw error;
    return preStep(client, request, login, signal);
  }
}

/** The page that gives a token. `login`: where the bank's refusal of the consent says that it is. */
async function preStep(client: Xs2aClient, request: GrantRequest, login: LoginLink | null, signal: AbortSignal): Promise<OpenedGrant> {
  const { state, codeVerifier, redirectUri } = request;
  const server = await loginServer(client, login, signal);
  const scope = client.connection.auth.scope ?? "AISP";
  const endpoint = server.authorizationUrl;
  const url = await pageOf(client, authorizationUrl(client, { endpoint, scope, state, redirectUri, codeVerifier }), signal);
  const memory = { ...freshMemory(request), stage: "PRE_STEP" as const, sca: "oauth" as const, tokenUrl: server.tokenUrl };
  const { issuer, issuerSent } = server;
  const handle = writeHandle({ ...memory, issuer, issuerSent, tokenForConsents: true }, null);
  return { authorizationUrl: url, handle, expiresAt: null, decoupled: false };
}

async function loginServer(client: Xs2aClient, login: LoginLink | null, signal: AbortSignal): Promise<OAuthServer> {
  if (login?.kind !== "page") return oauthServer(client, login?.url ?? null, signal);
  const url = new URL(login.url, client.connection.baseUrl).href;
  const { tokenUrl } = client.connection.auth;
  if (!isSafe(client, url)) throw unreadable("login page: no https URL");
  if (tokenUrl === null) throw unreadable("login page: the entry needs auth.tokenUrl");
  return { authorizationUrl: url, tokenUrl, issuer: client.profile.issuer, issuerSent: false };
}

/** Some banks want the authorization request from the hub itself, and answer with the page for the user (standards.md 8.5). */
async function pageOf(client: Xs2aClient, authorization: string, signal: AbortSignal): Promise<string> {
  if (!client.profile.authorizeOnServer) return authorization;
  const location = await client.redirectedTo(new URL(authorization), signal);
  if (location === null || !isSafe(client, location)) throw unreadable("authorization: no redirect to a page");
  return new URL(location).href;
}

/** POST /v1/consents, and where the bank wants it an explicit start of the authorisation; then where the person goes. */
export async function openConsent(client: Xs2aClient, opening: ConsentOpening, signal: AbortSignal): Promise<OpenedGrant> {
  const created = await createConsent(client, opening, signal);
  const consentId = textOf(created.body["consentId"]);
  if (consentId === null) throw unreadable("consentId: missing", created.requestId);
  const started = await startedAuthorisation(client, created, opening, signal);
  const { accessToken, refreshToken, tokenUrl, expiresAt } = opening.tokens;
  const memory: GrantMemory = {
    ...freshMemory(opening),
    stage: rulesOf(client, opening).model === "account-list" ? "ACCOUNT_LIST" : "CONSENT",
    consentId,
    ...{ accessToken, refreshToken, tokenUrl, tokenForConsents: accessToken !== null },
    scaStatus: linkOf(started.body, "scaStatus") ?? linkOf(created.body, "scaStatus"),
    confirmation: linkOf(started.body, "confirmation"),
  };
  return whereToGo(client, { memory, started, created, opening, expiresAt }, signal);
}

function freshMemory({ scopes, psuType, validUntil }: Pick<ConsentOpening, "scopes" | "psuType" | "validUntil">): GrantMemory {
  const tokens = { accessToken: null, refreshToken: null, tokenUrl: null, issuer: null, issuerSent: false, tokenForConsents: false };
  const request = { scopes: [...scopes], psuType, validUntil };
  return { v: 1, stage: "CONSENT", sca: "redirect", consentId: null, ...tokens, scaStatus: null, confirmation: null, request };
}

/** Of what banks allow since 2023, and of what some still do. A refused request has opened nothing: asking once more is safe. */
const OLD_LIMIT_DAYS = 90;

async function createConsent(client: Xs2aClient, opening: ConsentOpening, signal: AbortSignal): Promise<ApiAnswer> {
  const rules = rulesOf(client, opening);
  const parts = { bank: client.bank, now: client.clock.now() };
  const body = consentBody(opening, { ...parts, profile: rules });
  const shorter = consentBody(opening, {
    ...parts,
    profile: { ...rules, maxValidDays: Math.min(rules.maxValidDays ?? OLD_LIMIT_DAYS, OLD_LIMIT_DAYS) },
  });
  try {
    return await postConsent(client, opening, body, signal);
  } catch (error) {
    const tooLong = error instanceof BankError && error.bankCode === "PERIOD_INVALID" && shorter["validUntil"] !== body["validUntil"];
    if (!tooLong) throw error;
    return postConsent(client, opening, shorter, signal);
  }
}

async function postConsent(client: Xs2aClient, opening: ConsentOpening, body: Row, signal: AbortSignal): Promise<ApiAnswer> {
  const { profile } = client;
  const decoupled = profile.scaApproach === "decoupled";
  const headers = {
    "tpp-redirect-uri": returnUrl(opening),
    "tpp-nok-redirect-uri": returnUrl(opening, { nok: "1" }),
    "tpp-redirect-preferred": String(!decoupled),
    ...(decoupled ? { "tpp-decoupled-preferred": "true" } : {}),
    ...(profile.explicitAuthorisation ? { "tpp-explicit-authorisation-preferred": "true" } : {}),
    ...(profile.brand === null ? {} : { "tpp-brand-logging-information": profile.brand }),
  };
  const { accessToken } = opening.tokens;
  const url = client.url("consents");
  return client.call({ operation: "consent-create", method: "POST", url, body, headers, accessToken, psu: opening.psu }, signal);
}

function rulesOf({ profile }: Xs2aClient, { accounts }: ConsentOpening): ConsentRules {
  return accounts === undefined ? profile.consent : { ...profile.consent, model: "detailed", accounts };
}

/** The standard adds nothing to the redirect URI: our own state stands in it. */
function returnUrl(
  { redirectUri, state }: Pick<ConsentOpening, "redirectUri" | "state">,
  more: Readonly<Record<string, string>> = {},
): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries({ state, ...more })) url.searchParams.set(name, value);
  return url.href;
}

const START_LINKS = ["startAuthorisation", "startAuthorisationWithPsuIdentification"];

/** The answer that holds the `sca…` links: the consent's own, or that of an explicitly started authorisation. */
async function startedAuthorisation(
  client: Xs2aClient,
  created: ApiAnswer,
  opening: ConsentOpening,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const link = linkOf(created.body, ...START_LINKS);
  if (link === null || linkOf(created.body, "scaRedirect", "scaOAuth") !== null) return created;
  const { accessToken } = opening.tokens;
  const headers = { "tpp-redirect-uri": returnUrl(opening), "tpp-nok-redirect-uri": returnUrl(opening, { nok: "1" }) };
  const url = client.follow(link);
  return client.call({ operation: "authorisation", method: "POST", url, body: {}, headers, accessToken, psu: opening.psu }, signal);
}

async function whereToGo(
  client: Xs2aClient,
  parts: {
    readonly memory: GrantMemory;
    readonly started: ApiAnswer;
    readonly created: ApiAnswer;
    readonly opening: ConsentOpening;
    readonly expiresAt: Instant | null;
  },
  signal: AbortSignal,
): Promise<OpenedGrant> {
  const { memory, started, created, opening, expiresAt } = parts;
  const [redirect, oauth] = [linkOf(started.body, "scaRedirect"), linkOf(started.body, "scaOAuth")];
  if (oauth !== null && (redirect === null || client.profile.oauthMode === "integrated")) {
    const server = await oauthServer(client, oauth, signal);
    const scope = client.profile.oauthScope.replace("{consentId}", memory.consentId ?? "");
    const url = await pageOf(client, authorizationUrl(client, { endpoint: server.authorizationUrl, scope, ...opening }), signal);
    const { tokenUrl, issuer, issuerSent } = server;
    const handle = writeHandle({ ...memory, sca: "oauth", tokenUrl, issuer, issuerSent }, expiresAt);
    return { authorizationUrl: url, handle, expiresAt: null, decoupled: false };
  }
  if (redirect !== null) {
    const url = new URL(redirect, client.connection.baseUrl).href;
    if (!isSafe(client, url)) throw unreadable("_links.scaRedirect: no https URL", started.requestId);
    return { authorizationUrl: url, handle: writeHandle(memory, expiresAt), expiresAt: null, decoupled: false };
  }
  if (!isDecoupled(started, created)) {
    const message = "the bank offers no redirect, OAuth or decoupled authorisation";
    throw new BankError("NOT_SUPPORTED", "UNKNOWN", message, { bankCode: "SCA_APPROACH", supportReference: started.requestId });
  }
  // Nowhere to go: the person confirms in the bank's app, then comes back by our own callback, or we find out by polling.
  const handle = writeHandle({ ...memory, sca: "decoupled" }, expiresAt);
  return { authorizationUrl: returnUrl(opening), handle, expiresAt: null, decoupled: true };
}

function isDecoupled(started: ApiAnswer, created: ApiAnswer): boolean {
  const approach = (started.headers["aspsp-sca-approach"] ?? created.headers["aspsp-sca-approach"] ?? "").toUpperCase();
  if (approach === "EMBEDDED") return false;
  return approach === "DECOUPLED" || textOf(created.body["consentStatus"])?.toLowerCase() === "valid" || hasStatusOnly(started.body);
}

/** A link to look at the progress and none to take part in it. */
function hasStatusOnly(body: Row): boolean {
  const names = Object.keys(rowOf(body["_links"]) ?? {});
  return names.includes("scaStatus") && !names.some((name) => /^(start|update|select|authorise)/.test(name));
}
