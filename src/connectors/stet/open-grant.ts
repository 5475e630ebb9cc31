import { BankError } from "../../domain/failure.ts";
import { addDays, dayIn, type Day } from "../../domain/time.ts";
import type { GrantRequest, OpenedGrant } from "../connector.ts";
import { oauthServer } from "../kit/oauth-metadata.ts";
import { authorizationUrl } from "../kit/tokens.ts";
import type { StetClient } from "./client.ts";
import { readHandle, writeHandle } from "./handle.ts";

const LONGEST_DAYS = 180;

/** The page of the bank that gives a code. Nothing is sent: at STET banks the token is the consent. */
export async function openGrant(client: StetClient, request: GrantRequest, signal: AbortSignal): Promise<OpenedGrant> {
  const { auth } = client.connection;
  const { issuer, revocationUrl } = client.profile;
  if (issuer === null && (auth.authorizationUrl === null || auth.tokenUrl === null)) {
    const message = "the bank's entry needs auth.authorizationUrl and auth.tokenUrl, or profile.issuer";
    throw new BankError("BAD_REQUEST", "UNKNOWN", message, { bankCode: "NO_OAUTH_URLS" });
  }
  const server = await oauthServer(client, issuer, signal);
  const { scopes, state, redirectUri, codeVerifier } = request;
  const scope = auth.scope ?? (scopes.includes("TRANSACTIONS") ? "aisp extended_transaction_history" : "aisp");
  const mixed = request.renews !== null && isMixed(request.renews);
  const memory = {
    ...{ v: 1 as const, accessToken: null, refreshToken: null, consented: null, mixed },
    ...{ tokenUrl: server.tokenUrl, issuer: server.issuer, issuerSent: server.issuerSent },
    request: { scopes: [...scopes], validUntil: earlier(request.validUntil, lastDay(client)) },
  };
  return {
    authorizationUrl: authorizationUrl(client, { endpoint: server.authorizationUrl, scope, state, redirectUri, codeVerifier }),
    handle: writeHandle(memory, null),
    expiresAt: null,
    decoupled: false,
    // A mixed consent belongs to the person, not to a token: emptying the old one would empty the new one too.
    sameGrant: revocationUrl === null && mixed,
  };
}

function isMixed(renewed: NonNullable<GrantRequest["renews"]>): boolean {
  return readHandle(renewed).consented !== null;
}

/** Today counts as a day: 180 allowed days end at today + 179. */
function lastDay({ bank, clock }: StetClient): Day {
  const days = Math.min(bank.maxConsentDays ?? LONGEST_DAYS, LONGEST_DAYS);
  return addDays(dayIn(bank.timeZone, clock.now()), Math.max(0, days - 1));
}

function earlier(a: Day, b: Day): Day {
  return a < b ? a : b;
}
