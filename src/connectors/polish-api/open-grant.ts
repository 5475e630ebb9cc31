import { randomUUID } from "node:crypto";
import type { PsuContext } from "../../domain/update.ts";
import type { GrantRequest, OpenedGrant } from "../connector.ts";
import { unreadable } from "../kit/failures.ts";
import { textOf } from "../kit/wire.ts";
import type { PolishApiClient } from "./client.ts";
import { writeHandle, type GrantMemory } from "./handle.ts";
import { authorizeHeader } from "./request-header.ts";
import { scopeDetails, timeLimit, type Scope } from "./scope-details.ts";

/** Asks for the consent that the person sees first: of the accounts they pick, or only of the list of their accounts. */
export async function openGrant(client: PolishApiClient, request: GrantRequest, signal: AbortSignal): Promise<OpenedGrant> {
  const { bank, profile, clock } = client;
  const { scopes, psuType, validUntil } = request;
  const listing = profile.consent.flow !== "one-step";
  const memory: GrantMemory = {
    v: 1,
    stage: listing ? "LISTING" : "AIS",
    consentId: randomUUID(),
    listingConsentId: null,
    accessToken: null,
    refreshToken: null,
    privileges: [],
    scopeTimeLimit: timeLimit(validUntil, { bank, profile, now: clock.now() }),
    request: { scopes: [...scopes], psuType, validUntil },
  };
  const authorizationUrl = await authorize(client, memory, { ...request, accounts: listing ? [] : profile.consent.accounts }, signal);
  return { authorizationUrl, handle: writeHandle(memory, null), expiresAt: null, decoupled: false };
}

/** POST /authorize: where the person must go. */
export async function authorize(
  client: PolishApiClient,
  memory: GrantMemory,
  request: { readonly state: string; readonly redirectUri: string; readonly psu: PsuContext | null; readonly accounts: readonly string[] },
  signal: AbortSignal,
): Promise<string> {
  const { bank, profile, clock, connection } = client;
  const { consentId, request: asked } = memory;
  const scope: Scope = memory.stage === "LISTING" ? "ais-accounts" : "ais";
  const details = { consentId, scopes: asked.scopes, validUntil: asked.validUntil, accounts: request.accounts };
  const { body, requestId } = await client.call(
    {
      operation: "authorize",
      header: (parts) => authorizeHeader(parts, asked.psuType),
      body: {
        response_type: "code",
        client_id: connection.auth.clientId,
        redirect_uri: request.redirectUri,
        scope,
        scope_details: scopeDetails(scope, details, { bank, profile, now: clock.now() }),
        state: request.state,
      },
      psu: request.psu,
      repeatable: false,
    },
    signal,
  );
  const target = textOf(body["aspspRedirectUri"]);
  if (target === null || !isPage(target, connection.baseUrl)) throw unreadable("aspspRedirectUri: no https URL", requestId);
  return new URL(target).href;
}

/** Plain http only at a bank that is itself spoken to by plain http (a sandbox). */
function isPage(target: string, baseUrl: string): boolean {
  if (!URL.canParse(target)) return false;
  const { protocol, username } = new URL(target);
  return username === "" && (protocol === "https:" || (protocol === "http:" && baseUrl.startsWith("http:")));
}
