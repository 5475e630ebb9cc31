import { createHash } from "node:crypto";
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from "jose";
import { BankError } from "../../domain/failure.ts";
import type { Instant } from "../../domain/time.ts";

/** What the id_token must say to belong to this very authorisation (OpenID Connect Core 3.3.2.11, FAPI 1 Advanced 5.2.2.1). */
export interface Expected {
  readonly issuer: string;
  readonly clientId: string;
  readonly nonce: string;
  readonly consentId: string;
  /** Of the same redirect, whose hashes must be there; null for an id_token from the token endpoint. */
  readonly redirect: { readonly code: string; readonly state: string } | null;
  /** The person of the id_token that came with the redirect. */
  readonly subject?: string | undefined;
  readonly accessToken?: string;
  readonly algorithms: readonly string[];
  readonly now: Instant;
}

/** Seconds by which the bank's clock and ours may differ. */
const CLOCK_TOLERANCE = 60;

/**
 * The claims of an id_token that is the bank's own, not older than it may be, and made for this client, this attempt and this consent.
 * @throws BankError CONSENT_INVALID naming the claim that fails
 */
export async function checkedIdToken(
  token: string,
  expected: Expected,
  keys: (fresh: boolean) => Promise<JWTVerifyGetKey>,
): Promise<JWTPayload> {
  const { payload, alg } = await verified(token, expected, keys);
  if (Array.isArray(payload.aud) && payload.aud.length > 1 && payload["azp"] !== expected.clientId) throw refused("azp");
  if (payload["nonce"] !== expected.nonce) throw refused("nonce");
  if (expected.redirect) {
    if (payload["c_hash"] !== halfHash(alg, expected.redirect.code)) throw refused("c_hash");
    if (payload["s_hash"] !== halfHash(alg, expected.redirect.state)) throw refused("s_hash");
  }
  const { accessToken, subject } = expected;
  if (accessToken !== undefined && payload["at_hash"] !== undefined && payload["at_hash"] !== halfHash(alg, accessToken))
    throw refused("at_hash");
  if (subject !== undefined && payload.sub !== subject) throw refused("sub");
  if (intentOf(payload) !== expected.consentId) throw refused("openbanking_intent_id");
  return payload;
}

async function verified(
  token: string,
  expected: Expected,
  keys: (fresh: boolean) => Promise<JWTVerifyGetKey>,
): Promise<{ readonly payload: JWTPayload; readonly alg: string }> {
  const options = {
    algorithms: [...expected.algorithms],
    issuer: expected.issuer,
    audience: expected.clientId,
    currentDate: new Date(expected.now),
    clockTolerance: CLOCK_TOLERANCE,
    requiredClaims: ["iss", "aud", "sub", "exp", "iat"],
  };
  const attempt = async (fresh: boolean) => {
    const { payload, protectedHeader } = await jwtVerify(token, await keys(fresh), options);
    return { payload, alg: protectedHeader.alg };
  };
  try {
    return await attempt(false).catch((error: unknown) => {
      // A key that is not among the kept ones may be new.
      if (error instanceof errors.JWKSNoMatchingKey) return attempt(true);
      throw error;
    });
  } catch (error) {
    if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) throw refused(error.claim);
    if (error instanceof errors.JOSEError) throw refused(error.code);
    throw error;
  }
}

/** Left half of the hash that the signature algorithm uses: all that are believed use SHA-256. */
function halfHash(alg: string, text: string): string {
  if (!alg.endsWith("256")) throw refused("alg");
  return createHash("sha256").update(text, "ascii").digest().subarray(0, 16).toString("base64url");
}

/** Its own claim; older banks put it into `sub`. */
function intentOf(payload: JWTPayload): unknown {
  const claim = payload["openbanking_intent_id"];
  if (claim === undefined) return payload.sub;
  return typeof claim === "object" && claim !== null && "value" in claim ? claim.value : claim;
}

function refused(what: string): BankError {
  return new BankError("CONSENT_INVALID", "CONSENT_INVALID", `the bank's id_token is not for this authorisation: ${what}`, {
    bankCode: `ID_TOKEN ${what}`,
  });
}
