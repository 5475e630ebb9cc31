import { BankError } from "../../domain/failure.ts";
import { SECOND, type Instant } from "../../domain/time.ts";
import type { PsuContext } from "../../domain/update.ts";
import { retried } from "../../http/retries.ts";
import { unreadable } from "../kit/failures.ts";
import { textOf, type Row } from "../kit/wire.ts";
import type { PolishApiClient } from "./client.ts";
import type { GrantMemory } from "./handle.ts";
import { personOf, tokenHeader } from "./request-header.ts";
import { granted, scopeDetails } from "./scope-details.ts";

export interface Held {
  readonly memory: GrantMemory;
  readonly expiresAt: Instant | null;
}

export function exchangeCode(
  client: PolishApiClient,
  memory: GrantMemory,
  request: { readonly code: string; readonly redirectUri: string; readonly psu: PsuContext | null },
  signal: AbortSignal,
): Promise<Held> {
  const form = { grant_type: "authorization_code", [client.profile.codeField]: request.code, redirect_uri: request.redirectUri };
  return tokenCall(client, memory, { form, psu: request.psu, as: "CODE" }, signal);
}

/** New tokens; the old refresh token stays where the bank sends no new one. Repeated only where a lost answer cannot cost the token. */
export async function refreshTokens(
  client: PolishApiClient,
  memory: GrantMemory,
  refreshToken: string,
  signal: AbortSignal,
): Promise<Held> {
  const { refreshRotates, refreshExtraParams } = client.profile.tokenRules;
  const form = { grant_type: "refresh_token", refresh_token: refreshToken, ...refreshExtraParams };
  return retried(
    () => tokenCall(client, memory, { form, psu: null, as: "REFRESH" }, signal),
    (error, tried) => !refreshRotates && error instanceof BankError && error.failure === "BANK_TEMPORARY" && tried < 3,
    signal,
  );
}

/** The token of the scope `ais-accounts` for one of the scope `ais` on these accounts (`exchange_token`, the standard's own grant type). */
export function exchangeToken(
  client: PolishApiClient,
  memory: GrantMemory,
  request: { readonly accounts: readonly string[]; readonly consentId: string; readonly psu: PsuContext | null },
  signal: AbortSignal,
): Promise<Held> {
  const { bank, profile, clock } = client;
  const { scopes, validUntil } = memory.request;
  const { accounts, consentId } = request;
  const form = {
    grant_type: "exchange_token",
    exchange_token: memory.accessToken ?? "",
    scope: "ais",
    scope_details: scopeDetails("ais", { consentId, scopes, validUntil, accounts }, { bank, profile, now: clock.now() }),
  };
  const next: GrantMemory = { ...memory, stage: "AIS", consentId, listingConsentId: memory.consentId, refreshToken: null, privileges: [] };
  return tokenCall(client, next, { form, psu: request.psu, as: "CODE" }, signal);
}

async function tokenCall(
  client: PolishApiClient,
  memory: GrantMemory,
  request: { readonly form: Row; readonly psu: PsuContext | null; readonly as: "CODE" | "REFRESH" },
  signal: AbortSignal,
): Promise<Held> {
  const { auth } = client.connection;
  const { tokenRules, psuIp, version } = client.profile;
  const { form, psu, as } = request;
  const person = personOf(psu, psuIp);
  const answer = await client.call(
    {
      operation: "token",
      header: (parts) => tokenHeader(parts, memory.request.psuType, version),
      body: {
        ...form,
        client_id: auth.clientId,
        is_user_session: person !== null,
        ...(person === null ? {} : { user_ip: person.ip, user_agent: person.userAgent }),
      },
      psu,
      headers: basicHeader(client),
      repeatable: false,
      about: { refusedGrant: { as, patterns: tokenRules.invalidGrantPatterns } },
    },
    signal,
  );
  return heldOf(client, memory, answer.body, answer.requestId);
}

function heldOf(client: PolishApiClient, memory: GrantMemory, body: Row, requestId: string): Held {
  const accessToken = textOf(body["access_token"]);
  if (accessToken === null) throw unreadable("access_token: missing", requestId);
  const rights = granted(body, memory, client.bank.timeZone);
  if (rights.consentId !== memory.consentId && !client.profile.consent.bankNames) throw injected(requestId);
  const { lifeFactor } = client.profile.tokenRules;
  const seconds = Number(textOf(body["expires_in"]) ?? Number.NaN);
  const life = Number.isFinite(seconds) && seconds >= 0 ? Math.floor(seconds * SECOND * lifeFactor) : null;
  const refreshToken = textOf(body["refresh_token"]) ?? memory.refreshToken;
  return {
    memory: { ...memory, ...rights, accessToken, refreshToken },
    expiresAt: life === null ? null : client.clock.now() + life,
  };
}

/** The standard knows the TPP by its certificate; a secret, which /register of 3.0 may give, goes where OAuth puts it. */
function basicHeader({ connection }: PolishApiClient): Record<string, string> {
  const { clientId, clientSecret, method } = connection.auth;
  if (clientSecret === null || method !== "client_secret_basic") return {};
  const pair = [clientId, clientSecret].map((text) => encodeURIComponent(text)).join(":");
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

/**
 * The standard has neither PKCE nor `iss`: that the bank names the consent it was asked for is all that ties a code to this attempt, and the tokens of
 * another person's code must not end up here (RFC 9700 section 4.5).
 */
function injected(requestId: string): BankError {
  const message = "the bank's tokens are for another consent than the one that was asked for";
  return new BankError("CONSENT_INVALID", "CONSENT_INVALID", message, { bankCode: "CONSENT_ID_MISMATCH", supportReference: requestId });
}
