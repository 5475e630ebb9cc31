import { constants, createHash, createPrivateKey, createPublicKey, sign, verify, X509Certificate, type JsonWebKey, type KeyObject } from "node:crypto"; // prettier-ignore
import type { BankConnection } from "../../domain/bank.ts";
import type { Profile } from "./profile.ts";

type Algorithm = "RS256" | "PS256" | "ES256";
const ALGORITHMS: readonly string[] = ["RS256", "PS256", "ES256"] satisfies Algorithm[];

/** X-JWS-SIGNATURE of a body: a JWS (RFC 7515) whose payload is left out (Appendix F), over exactly these bytes. Null where none is due. */
export type BodySigner = (body: Uint8Array) => string | null;

/** @throws Error where signatures are switched on and the bank's entry has no `sign` */
export function createBodySigner(bankId: string, seal: BankConnection["sign"], profile: Profile["signing"]): BodySigner {
  if (seal === null && profile.enabled === true) throw new Error(`bank "${bankId}": profile.signing.enabled needs the entry's sign`);
  if (seal === null || profile.enabled === false) return () => null;
  const key = createPrivateKey(seal.key);
  const certificate = new X509Certificate(seal.cert);
  const alg = profile.algorithm ?? (key.asymmetricKeyType === "ec" ? "ES256" : "RS256");
  const named = {
    kid: seal.keyId,
    "x5t#S256": createHash("sha256").update(certificate.raw).digest("base64url"),
    x5c: [certificate.raw.toString("base64")],
  };
  const references = profile.references.filter((name) => named[name] !== null).map((name) => [name, named[name]]);
  const header = { alg, ...Object.fromEntries(references), ...(profile.x5u === null ? {} : { x5u: profile.x5u }) };
  const start = Buffer.from(JSON.stringify(header)).toString("base64url");
  return (body) => {
    const input = Buffer.from(`${start}.${Buffer.from(body).toString("base64url")}`);
    return `${start}..${sign("sha256", input, { key, ...parametersOf(alg) }).toString("base64url")}`;
  };
}

/** What is wrong with the signature of an answer; null = nothing, or nobody can or wants to know. */
export type AnswerCheck = (signature: string | undefined, body: Uint8Array) => string | null;

/** @throws Error for keys of the profile that cannot be read, and where checks are switched on without any */
export function createAnswerCheck(bankId: string, profile: Profile["answers"]): AnswerCheck {
  const keys = bankKeys(bankId, profile);
  if (profile.verify === true && keys.length === 0)
    throw new Error(`bank "${bankId}": profile.answers.verify needs the bank's key in answers.jwks or answers.certificates`);
  if (profile.verify === false || keys.length === 0) return () => null;
  return (signature, body) => {
    if (signature === undefined) return "missing";
    const parts = signature.trim().split(".");
    const [start = "", payload, end = ""] = parts;
    if (parts.length !== 3 || payload !== "") return "no detached JWS";
    const header = headerOf(start);
    const alg = header?.["alg"];
    if (!header || typeof alg !== "string" || !ALGORITHMS.includes(alg)) return "of an algorithm that is not accepted";
    // RFC 7797: with b64 false the bytes stand in the signing input as they are.
    const bytes = Buffer.from(body);
    const input = Buffer.concat([Buffer.from(`${start}.`), header["b64"] === false ? bytes : Buffer.from(bytes.toString("base64url"))]);
    const named = keys.filter(({ kid }) => kid !== null && kid === header["kid"]);
    const good = (named.length > 0 ? named : keys).some(({ key }) => verified(alg as Algorithm, input, key, Buffer.from(end, "base64url")));
    return good ? null : "not the bank's";
  };
}

interface BankKey {
  readonly kid: string | null;
  readonly key: KeyObject;
}

function bankKeys(bankId: string, { jwks, certificates }: Profile["answers"]): readonly BankKey[] {
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

function verified(alg: Algorithm, input: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  if (key.asymmetricKeyType !== (alg === "ES256" ? "ec" : "rsa")) return false;
  return verify("sha256", input, { key, ...parametersOf(alg) }, signature);
}

function parametersOf(alg: Algorithm): object {
  switch (alg) {
    case "RS256":
      return {};
    case "PS256":
      return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    case "ES256":
      return { dsaEncoding: "ieee-p1363" };
  }
}

function headerOf(start: string): Readonly<Record<string, unknown>> | null {
  try {
    const header: unknown = JSON.parse(Buffer.from(start, "base64url").toString("utf8"));
    return typeof header === "object" && header !== null && !Array.isArray(header) ? (header as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
