import { errors, exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT, type JWK } from "jose";
import { z } from "zod";
import type { Sealer } from "../domain/cipher.ts";
import type { TenantId, UserId } from "../domain/ids.ts";
import { TokenScope } from "../domain/tenant.ts";
import { SECOND, type Clock, type Instant } from "../domain/time.ts";
import type { Store } from "../store/store.ts";
import { sharedSecret } from "./shared-secret.ts";

/**
 * Tokens for one user's browser: JWTs signed with Ed25519 (security.md, Credentials). Bound to tenant, user, scopes and, where given,
 * a browser origin. They are not stored: what ends one early is the end of its user.
 */
export interface UserTokens {
  issue(claims: UserTokenClaims, ttlSeconds: number): Promise<{ token: string; expiresAt: Instant }>;
  /**
   * Null for a token that is not ours or is broken; "expired" for one that was good (30 s tolerance). The origin is the caller's to
   * check.
   */
  verify(token: string): Promise<(UserTokenClaims & { readonly expiresAt: Instant }) | "expired" | null>;
}

export interface UserTokenClaims {
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly scopes: readonly TokenScope[];
  /** Null = any. */
  readonly origin: string | null;
}

export const MAX_TTL_SECONDS = 3_600;
const TOLERANCE_SECONDS = 30;
const ALGORITHM = "EdDSA";
const TYPE = "hub-user+jwt";
const ISSUER = "psd2-graphql-hub";
const AUDIENCE = "psd2-graphql-hub/graphql";

const PAYLOAD = z.object({
  sub: z.string().regex(/^usr_/),
  ten: z.string().regex(/^ten_/),
  scp: z.array(z.enum(TokenScope)),
  org: z.string().nullable(),
  iat: z.int(),
  exp: z.int(),
});

export async function createUserTokens(parts: { store: Pick<Store, "setting" | "tx">; clock: Clock; sealer: Sealer }): Promise<UserTokens> {
  const { clock } = parts;
  const jwk = JSON.parse((await sharedSecret(parts.store, parts.sealer, "access.user-token-key", newSigningKey)).reveal()) as JWK;
  const signingKey = await importJWK(jwk, ALGORITHM);
  const { d: _private, ...publicJwk } = jwk;
  const publicKey = await importJWK(publicJwk, ALGORITHM);
  return {
    async issue({ tenantId, userId, scopes, origin }, ttlSeconds) {
      if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > MAX_TTL_SECONDS)
        throw new RangeError(`a user token lives 1 to ${String(MAX_TTL_SECONDS)} seconds, not ${String(ttlSeconds)}`);
      const issuedAt = Math.floor(clock.now() / SECOND);
      const token = await new SignJWT({ ten: tenantId, scp: [...scopes], org: origin })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ttlSeconds)
        .sign(signingKey);
      return { token, expiresAt: (issuedAt + ttlSeconds) * SECOND };
    },
    async verify(token) {
      let payload: unknown;
      try {
        ({ payload } = await jwtVerify(token, publicKey, {
          algorithms: [ALGORITHM],
          typ: TYPE,
          issuer: ISSUER,
          audience: AUDIENCE,
          requiredClaims: ["exp", "iss", "aud", "sub", "iat"],
          clockTolerance: TOLERANCE_SECONDS,
          currentDate: new Date(clock.now()),
        }));
      } catch (error) {
        if (error instanceof errors.JWTExpired) return "expired";
        if (error instanceof errors.JOSEError) return null;
        throw error;
      }
      const checked = PAYLOAD.safeParse(payload);
      if (!checked.success || checked.data.exp - checked.data.iat > MAX_TTL_SECONDS) return null;
      const { sub, ten, scp, org, exp } = checked.data;
      return { userId: sub as UserId, tenantId: ten as TenantId, scopes: scp, origin: org, expiresAt: exp * SECOND };
    },
  };
}

async function newSigningKey(): Promise<string> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { crv: "Ed25519", extractable: true });
  return JSON.stringify(await exportJWK(privateKey));
}
