import { createHash, createPrivateKey, createSign, X509Certificate, type KeyObject } from "node:crypto";
import type { BankConnection } from "../../domain/bank.ts";
import type { Instant } from "../../domain/time.ts";
import type { SigningRules } from "./profile-parts.ts";

export interface SignedRequest {
  readonly method: string;
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly now: Instant;
}

/** Headers to add to a request, or none where the bank takes unsigned ones. */
export type Signer = (request: SignedRequest) => Readonly<Record<string, string>>;

/**
 * Cavage HTTP signatures, RSA or ECDSA with SHA-256: Signature, Digest, Date where it is signed, and the certificate where the standard has a header for it.
 * What differs between Berlin Group and STET, and between their banks, stands in the rules.
 */
export function createSigner(sign: BankConnection["sign"], profile: SigningRules): Signer {
  if (sign === null || profile.enabled === false) return () => ({});
  const certificate = new X509Certificate(sign.cert);
  const key = createPrivateKey(sign.key);
  const keyId = sign.keyId ?? keyIdOf(certificate, profile.keyIdTemplate);
  const printed = printedCertificate(certificate, sign.cert, profile.certificateForm);
  const { targetRules = [] } = profile;
  return ({ method, url, headers, body, now }) => {
    const added: Record<string, string> = {
      ...(body === "" && profile.digest === "body" ? {} : { digest: `SHA-256=${createHash("sha256").update(body).digest("base64")}` }),
      ...(printed === null ? {} : { "tpp-signature-certificate": printed }),
      ...(profile.headers.includes("date") ? { date: new Date(now).toUTCString() } : {}),
    };
    const seconds = Math.floor(now / 1000);
    const path = targetRules.reduce((at, { from, to }) => (at.startsWith(from) ? to + at.slice(from.length) : at), url.pathname);
    const target = `${method.toLowerCase()} ${path}${url.search}`;
    const values: Readonly<Record<string, string>> = {
      ...headers,
      ...added,
      host: url.host,
      "(request-target)": target,
      "request-target": target,
      "(created)": String(seconds),
      "(expires)": String(seconds + profile.expiresAfter),
    };
    const names = profile.headers.filter((name) => values[name] !== undefined);
    const signature = signed(names.map((name) => `${name}: ${values[name] ?? ""}`).join("\n"), key);
    const times = ["(created)", "(expires)"].filter((name) => names.includes(name)).map((name) => `${name}=${values[name] ?? ""}`);
    const parts = [
      `keyId="${keyId}"`,
      `algorithm="${profile.algorithm}"`,
      `headers="${names.join(" ")}"`,
      ...times,
      `signature="${signature}"`,
    ];
    return { ...added, signature: parts.join(profile.separator) };
  };
}

function signed(text: string, key: KeyObject): string {
  return createSign("SHA256").update(text).sign(key, "base64");
}

/** The issuer as the standard prints it: `CN=…,O=…,C=…`, the most special part first, which is the reverse of the certificate. */
function keyIdOf(certificate: X509Certificate, template: string): string {
  const serial = certificate.serialNumber.toUpperCase();
  const issuer = certificate.issuer.split("\n").reverse().join(",");
  return template
    .replace("{serial}", serial)
    .replace("{serialDecimal}", BigInt(`0x${serial}`).toString())
    .replace("{issuer}", issuer)
    .replace("{fingerprint}", certificate.fingerprint256.replaceAll(":", "").toLowerCase())
    .replace("{fingerprintSha1}", certificate.fingerprint.replaceAll(":", "").toLowerCase());
}

function printedCertificate(certificate: X509Certificate, pem: string, form: SigningRules["certificateForm"]): string | null {
  switch (form) {
    case "none":
      return null;
    case "der":
      return certificate.raw.toString("base64");
    case "pem":
      return pem.replace(/\s*\n\s*/g, "").trim();
    case "pem-base64":
      return Buffer.from(pem).toString("base64");
  }
}
