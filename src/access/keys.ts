import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Environment } from "../domain/bank.ts";
import { Secret } from "../domain/secret.ts";

/**
 * API keys: `hub_<environment>_<keyId>_<secret>` with 256 random bits in the secret (security.md, Credentials). The prefix lets
 * secret scanners find them; the store keeps an HMAC under a pepper that is not in the store in plain text. A slow hash would
 * protect nothing: nobody guesses 256 bits.
 */
export interface ParsedKey {
  readonly environment: KeyKind;
  readonly keyId: string;
  readonly secret: Secret;
}

/** Operators' keys are of no environment. */
export type KeyKind = Environment | "OPERATOR";

const SECRET_BYTES = 32;
const ID_BYTES = 9;
const KINDS: Readonly<Record<string, KeyKind>> = { sandbox: "SANDBOX", production: "PRODUCTION", operator: "OPERATOR" };
const FORM = /^hub_(sandbox|production|operator)_([A-Za-z0-9]{12})_([A-Za-z0-9_-]{43})$/;

export function newApiKey(environment: KeyKind): { keyId: string; secret: Secret; apiKey: string } {
  // Letters and digits only: the id is set apart by underscores and typed by people.
  const keyId = randomBytes(ID_BYTES).toString("base64").replace(/\+/g, "0").replace(/\//g, "1");
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  return { keyId, secret: new Secret(secret), apiKey: `hub_${environment.toLowerCase()}_${keyId}_${secret}` };
}

/** Null for anything that has not the shape of a key. */
export function parseApiKey(text: string): ParsedKey | null {
  const match = FORM.exec(text);
  if (!match) return null;
  const [, environment = "", keyId = "", secret = ""] = match;
  return { environment: KINDS[environment] ?? "SANDBOX", keyId, secret: new Secret(secret) };
}

/** @returns base64url, what the store keeps */
export function hashApiKey(secret: Secret, pepper: Secret): string {
  return createHmac("sha256", pepper.reveal()).update(secret.reveal()).digest("base64url");
}

/** Compares in a time that does not depend on where the two differ. */
export function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
