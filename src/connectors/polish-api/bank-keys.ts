import { createPublicKey, X509Certificate, type JsonWebKey, type KeyObject } from "node:crypto";
import { BankError } from "../../domain/failure.ts";
import { MINUTE, type Clock, type Instant } from "../../domain/time.ts";
import type { BankHttp, HttpResponse } from "../../http/bank-http.ts";
import { HttpFailure } from "../../http/http-failure.ts";
import { listOf, rowOf } from "../kit/wire.ts";
import type { Profile } from "./profile.ts";

export interface BankKey {
  readonly kid: string | null;
  readonly key: KeyObject;
}

/** The keys by which a bank's answers are checked: those of the profile, and where it names a URL, those published there. */
export interface BankKeys {
  /** True where the bank has none: nothing can be checked. */
  readonly none: boolean;
  /** `anew`: those at hand did not fit, the bank may have changed them. Published keys are fetched at most every five minutes. */
  list(anew: boolean, signal: AbortSignal): Promise<readonly BankKey[]>;
}

const FETCH_AGAIN = 5 * MINUTE;

/** @throws Error for keys of the profile that cannot be read */
export function createBankKeys(
  bankId: string,
  profile: Profile["answers"],
  parts: { readonly http: BankHttp; readonly clock: Clock },
): BankKeys {
  const own = keysOf(bankId, profile);
  const { jwksUrl } = profile;
  if (jwksUrl === null) return { none: own.length === 0, list: () => Promise.resolve(own) };
  let published: readonly BankKey[] = [];
  let fetchedAt: Instant | null = null;
  return {
    none: false,
    async list(anew, signal) {
      const now = parts.clock.now();
      if (fetchedAt === null || (anew && now - fetchedAt >= FETCH_AGAIN)) {
        published = await fetched(parts.http, new URL(jwksUrl), signal);
        fetchedAt = now;
      }
      return [...own, ...published];
    },
  };
}

function keysOf(bankId: string, { jwks, certificates }: Profile["answers"]): readonly BankKey[] {
  try {
    return [...certificates.map((pem) => ({ kid: null, key: new X509Certificate(pem).publicKey })), ...jwks.map(keyOf)];
  } catch {
    throw new Error(`bank "${bankId}": profile.answers holds a key that cannot be read`);
  }
}

/** A JWK by its numbers, or as /register of 3.0 gives it: by its certificate alone. */
function keyOf(jwk: Readonly<Record<string, unknown>>): BankKey {
  const kid = typeof jwk["kid"] === "string" ? jwk["kid"] : null;
  const first: unknown = Array.isArray(jwk["x5c"]) ? jwk["x5c"][0] : undefined;
  const bare = jwk["n"] === undefined && jwk["x"] === undefined;
  if (bare && typeof first === "string") return { kid, key: new X509Certificate(Buffer.from(first, "base64")).publicKey };
  return { kid, key: createPublicKey({ key: jwk as JsonWebKey, format: "jwk" }) };
}

async function fetched(http: BankHttp, url: URL, signal: AbortSignal): Promise<readonly BankKey[]> {
  let response: HttpResponse;
  try {
    response = await http.send({ method: "GET", url, headers: { accept: "application/json" } }, signal);
  } catch (error) {
    if (error instanceof HttpFailure) throw unavailable(error);
    throw error;
  }
  try {
    // Keys of other kinds and uses may stand beside those of seals.
    const keys = listOf(rowOf(JSON.parse(response.text) as unknown)?.["keys"]).flatMap((jwk): BankKey[] => {
      try {
        return [keyOf(rowOf(jwk) ?? {})];
      } catch {
        return [];
      }
    });
    if (response.status === 200 && keys.length > 0) return keys;
  } catch {
    // No JSON: told below.
  }
  throw unavailable(null);
}

function unavailable(cause: HttpFailure | null): BankError {
  return new BankError("BANK_TEMPORARY", "BANK_UNAVAILABLE", "the bank's keys cannot be had", {
    bankCode: "JWKS",
    ...(cause === null ? {} : { cause }),
  });
}
