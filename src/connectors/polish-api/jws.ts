import { constants, createHash, createPrivateKey, sign, verify, X509Certificate, type KeyObject } from "node:crypto";
import type { BankConnection } from "../../domain/bank.ts";
import type { BankKey, BankKeys } from "./bank-keys.ts";
import type { Profile } from "./profile.ts";

type Algorithm = "RS256" | "PS256" | "ES256";
const ALGORITHMS: readonly Algorithm[] = ["RS256", "PS256", "ES256"];

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
export type AnswerCheck = (signature: string | undefined, body: Uint8Array, signal: AbortSignal) => Promise<string | null>;

/** @throws Error where checks are switched on without any key of the bank */
export function createAnswerCheck(bankId: string, profile: Profile["answers"], keys: BankKeys): AnswerCheck {
  if (profile.verify === true && keys.none)
    throw new Error(`bank "${bankId}": profile.answers.verify needs the bank's key in answers.jwks, jwksUrl or certificates`);
  if (profile.verify === false || keys.none) return () => Promise.resolve(null);
  return async (signature, body, signal) => {
    if (signature === undefined) return "missing";
    const parts = signature.trim().split(".");
    const [start = "", payload, end = ""] = parts;
    if (parts.length !== 3 || payload !== "") return "no detached JWS";
    const header = headerOf(start);
    const alg = ALGORITHMS.find((one) => one === header?.["alg"]);
    if (!header || alg === undefined) return "of an algorithm that is not accepted";
    // RFC 7797: with b64 false the bytes stand in the signing input as they are.
    const bytes = Buffer.from(body);
    const input = Buffer.concat([Buffer.from(`${start}.`), header["b64"] === false ? bytes : Buffer.from(bytes.toString("base64url"))]);
    const isGood = (known: readonly BankKey[]) => {
      const named = known.filter(({ kid }) => kid !== null && kid === header["kid"]);
      return (named.length > 0 ? named : known).some(({ key }) => verified(alg, input, key, Buffer.from(end, "base64url")));
    };
    return isGood(await keys.list(false, signal)) || isGood(await keys.list(true, signal)) ? null : "not the bank's";
  };
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
