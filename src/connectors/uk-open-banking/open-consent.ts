import { BankError } from "../../domain/failure.ts";
import { addDays, DAY, dayIn, type Day } from "../../domain/time.ts";
import type { GrantRequest, OpenedGrant } from "../connector.ts";
import { endOfDay } from "../kit/values.ts";
import type { Row } from "../kit/wire.ts";
import { authorizationUrl } from "./authorization-request.ts";
import { consentIn, onConsents, printed, readConsent, type ConsentResource } from "./consent-resource.ts";
import { readHandle, writeHandle } from "./handle.ts";
import type { Parts } from "./parts.ts";
import { permissionsFor } from "./permissions.ts";
import type { ApiVersion } from "./profile.ts";

/** A consent that has been cancelled is worth re-authenticating only if it then lives a while. */
const WORTH_REVIVING = 7 * DAY;

interface Opened {
  readonly version: ApiVersion;
  readonly consent: ConsentResource;
}

/** An account-access-consent (a new one, or the one that is renewed where that reaches far enough), and the page on which the person approves it. */
export async function openGrant(parts: Parts, request: GrantRequest, signal: AbortSignal): Promise<OpenedGrant> {
  const validUntil = lastDay(parts, request.validUntil);
  const permissions = permissionsFor(request.scopes, parts.client.profile.consent);
  const again = await reusable(parts, request, { validUntil, permissions }, signal);
  const { version, consent } = again ?? (await createConsent(parts, request, { validUntil, permissions }, signal));
  const server = await parts.servers.server(signal);
  const { consentId } = consent;
  const url = await authorizationUrl(parts.client, server, { ...request, consentId }, signal);
  const granted = consent.permissions.length > 0 ? [...consent.permissions] : permissions;
  const memory = { v: 1 as const, version, consentId, permissions: granted, accessToken: null, refreshToken: null, validUntil };
  const handle = writeHandle({ ...memory, tokenUrl: server.tokenUrl }, null);
  return { authorizationUrl: url, handle, expiresAt: null, decoupled: false, sameGrant: again !== null };
}

interface Wanted {
  readonly validUntil: Day;
  readonly permissions: readonly string[];
}

/** Today counts as a day: 90 allowed days end at today + 89. */
function lastDay({ client }: Parts, wanted: Day): Day {
  const { bank, profile, clock } = client;
  const days = Math.min(bank.maxConsentDays ?? Number.POSITIVE_INFINITY, profile.consent.maxValidDays ?? Number.POSITIVE_INFINITY);
  if (!Number.isFinite(days)) return wanted;
  const last = addDays(dayIn(bank.timeZone, clock.now()), Math.max(0, days - 1));
  return last < wanted ? last : wanted;
}

/**
 * Re-authentication (Account Access Consents, "Consent Re-authentication"): the same ConsentId goes through the redirect again, and its
 * ExpirationDateTime stays. So it serves a renewal only where that date is far enough; else a new consent is due.
 */
async function reusable(
  parts: Parts,
  { renews, psu }: GrantRequest,
  { validUntil, permissions }: Wanted,
  signal: AbortSignal,
): Promise<Opened | null> {
  const { client } = parts;
  if (renews === null || client.profile.consent.reauthenticate === "never") return null;
  try {
    const memory = readHandle(renews);
    const consent = await readConsent(parts, memory, psu, signal);
    if (permissions.some((permission) => !(consent.permissions.length > 0 ? consent.permissions : memory.permissions).includes(permission)))
      return null;
    const reaches =
      consent.status === "AUTHORISED"
        ? endOfDay(client.bank.timeZone, validUntil) - 2 * DAY
        : consent.status === "REVOKED" && memory.version === "4.0"
          ? client.clock.now() + WORTH_REVIVING
          : Number.POSITIVE_INFINITY;
    const end = consent.until ?? (Number.isFinite(reaches) ? reaches : 0);
    return end >= reaches ? { version: memory.version, consent } : null;
  } catch (error) {
    // Whatever is wrong with the old consent, a new one can be had.
    if (error instanceof BankError && ["CONSENT_INVALID", "BAD_REQUEST", "NOT_SUPPORTED", "PROTOCOL"].includes(error.failure)) return null;
    throw error;
  }
}

/** POST /account-access-consents, in the version that the bank speaks. */
async function createConsent(parts: Parts, request: GrantRequest, wanted: Wanted, signal: AbortSignal): Promise<Opened> {
  const known = parts.client.knownVersion ?? parts.learned.version;
  if (known !== null) return { version: known, consent: await postConsent(parts, known, request, wanted, signal) };
  for (const version of ["4.0", "3.1"] as const) {
    try {
      const consent = await postConsent(parts, version, request, wanted, signal);
      parts.learned.version = version;
      return { version, consent };
    } catch (error) {
      // 404: no such API here. Nothing was made, so the older one may be tried.
      if (version === "3.1" || !(error instanceof BankError) || error.failure !== "NOT_SUPPORTED") throw error;
    }
  }
  throw new BankError("NOT_SUPPORTED", "UNKNOWN", "the bank speaks neither 4.0 nor 3.1", { bankCode: "VERSION" });
}

async function postConsent(
  parts: Parts,
  version: ApiVersion,
  { psu }: Pick<GrantRequest, "psu">,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<ConsentResource> {
  const url = parts.client.url(version, "account-access-consents");
  const permissions = wanted.permissions.filter((permission) => parts.learned.partyPsu || permission !== "ReadPartyPSU");
  const post = async (asked: readonly string[]) => {
    const body = consentBody(parts, { ...wanted, permissions: asked });
    const answer = await onConsents(parts, { operation: "consent-create", method: "POST", url, psu, body }, signal);
    return consentIn(parts, answer.body, answer.requestId);
  };
  const without = permissions.filter((permission) => permission !== "ReadPartyPSU");
  try {
    return await post(permissions);
  } catch (error) {
    // A bank without `GET /party` refuses the whole list, and must not shorten it by itself. A refused consent does not exist.
    const refused = error instanceof BankError && error.failure === "BAD_REQUEST";
    if (!refused || without.length === permissions.length) throw error;
    const consent = await post(without).catch(() => Promise.reject(error));
    parts.learned.partyPsu = false;
    return consent;
  }
}

function consentBody({ client }: Parts, { validUntil, permissions }: Wanted): Row {
  const end = client.profile.consent.openEnded ? {} : { ExpirationDateTime: printed(endOfDay(client.bank.timeZone, validUntil)) };
  return { Data: { Permissions: permissions, ...end }, Risk: {} };
}
