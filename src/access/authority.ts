import { createPublicKey, randomBytes, type KeyObject } from "node:crypto";
import type { Sealer } from "../domain/cipher.ts";
import type { TenantId } from "../domain/ids.ts";
import { DAY, MINUTE, type Clock } from "../domain/time.ts";
import type { ClientCertificate } from "../store/reads.ts";
import type { Store } from "../store/store.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { sharedSecret } from "./shared-secret.ts";

/**
 * The hub's own certificate authority for tenants in production (security.md, Credentials). Its key is made once, lies sealed under the
 * master key, and signs nothing but client certificates.
 */
export interface Authority {
  /** What is wrong with a certificate request (PKCS#10, PEM), for its sender; null when nothing is. */
  requestFault(pem: string): Promise<string | null>;
  /** Takes the public key of the request and nothing else: subject, uses and term are the hub's. @throws where there is a fault */
  issue(tenant: TenantId, pem: string): Promise<ClientCertificate>;
  /** PEM of the authority's own certificate: what servers ask for, and what tenants may check theirs against. */
  certificate(): Promise<string>;
  publicKey(): Promise<KeyObject>;
}

const LIFE_DAYS = 365;
const OWN_LIFE_DAYS = 20 * 365;
/** Clocks of others are behind now and then. */
const SKEW = 5 * MINUTE;
const MOST_CHARACTERS = 16_384;
const LEAST_RSA_BITS = 2_048;
const MOST_RSA_BITS = 8_192;
const CURVES = ["P-256", "P-384", "P-521"];
const SIGNING = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Loaded when a certificate is made or checked for the first time: it needs reflect-metadata ahead of it. */
async function load() {
  await import("reflect-metadata");
  const { default: x509 } = await import("@peculiar/x509"); // CommonJS: in the bundle it has no other export
  return x509;
}

export function createAuthority(parts: { store: Pick<Store, "setting" | "tx">; sealer: Sealer; clock: Clock }): Authority {
  const { clock } = parts;
  let opened: Promise<{ certificate: string; key: string }> | undefined;
  const own = () =>
    (opened ??= sharedSecret(parts.store, parts.sealer, "access.client-authority", () => makeAuthority(clock)).then(
      (secret) => JSON.parse(secret.reveal()) as { certificate: string; key: string }, // written by makeAuthority
    ));

  async function requestFault(pem: string): Promise<string | null> {
    if (pem.length > MOST_CHARACTERS || !/-----BEGIN (NEW )?CERTIFICATE REQUEST-----/.test(pem))
      return "This is no certificate request: send PKCS#10 as PEM text (openssl req -new -key KEY -subj /CN=x).";
    const { Pkcs10CertificateRequest } = await load();
    try {
      const request = new Pkcs10CertificateRequest(pem);
      if (!(await request.verify())) return "The request is not signed with the key that it names.";
      return keyFault(request.publicKey.algorithm as KeyAlgorithmOf);
    } catch {
      return "The certificate request cannot be read.";
    }
  }

  return {
    requestFault,
    async issue(tenant, pem) {
      const fault = await requestFault(pem);
      if (fault !== null) throw new TypeError(fault);
      const x509 = await load();
      const { certificate, key } = await own();
      const issuer = new x509.X509Certificate(certificate);
      const { publicKey } = new x509.Pkcs10CertificateRequest(pem);
      const now = clock.now();
      const serialNumber = newSerial();
      const made = await x509.X509CertificateGenerator.create({
        serialNumber,
        issuer: issuer.subjectName.toJSON(),
        subject: [{ CN: [tenant] }],
        notBefore: new Date(now - SKEW),
        notAfter: new Date(now + LIFE_DAYS * DAY),
        publicKey,
        signingKey: await importKey(key),
        signingAlgorithm: SIGNING,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth], true),
          await x509.SubjectKeyIdentifierExtension.create(publicKey),
          await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
        ],
      });
      return {
        fingerprint: fingerprintOf(new Uint8Array(made.rawData)),
        tenantId: tenant,
        serialNumber,
        pem: made.toString("pem"),
        notBefore: made.notBefore.getTime(),
        notAfter: made.notAfter.getTime(),
        revokedAt: null,
      };
    },
    certificate: async () => (await own()).certificate,
    publicKey: async () => createPublicKey((await own()).certificate),
  };
}

interface KeyAlgorithmOf {
  readonly name: string;
  readonly namedCurve?: string;
  readonly modulusLength?: number;
}

function keyFault({ name, namedCurve, modulusLength }: KeyAlgorithmOf): string | null {
  if (name === "Ed25519") return null;
  if (name === "ECDSA" && namedCurve !== undefined && CURVES.includes(namedCurve)) return null;
  if (name.startsWith("RSA") && modulusLength !== undefined && modulusLength >= LEAST_RSA_BITS && modulusLength <= MOST_RSA_BITS)
    return null;
  return `The key of the request is too weak or of an unknown kind: use EC P-256, Ed25519, or RSA with ${String(LEAST_RSA_BITS)} bits or more.`;
}

async function makeAuthority(clock: Clock): Promise<string> {
  const x509 = await load();
  const keys = await crypto.subtle.generateKey(SIGNING, true, ["sign", "verify"]);
  const now = clock.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: "CN=PSD2 GraphQL hub, O=client certificates",
    notBefore: new Date(now - SKEW),
    notAfter: new Date(now + OWN_LIFE_DAYS * DAY),
    keys,
    signingAlgorithm: SIGNING,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const key = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return JSON.stringify({ certificate: certificate.toString("pem"), key });
}

function importKey(pkcs8: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("pkcs8", Buffer.from(pkcs8, "base64"), SIGNING, false, ["sign"]);
}

/** 127 random bits: positive, and never 0 in front, as DER wants it. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString("hex");
}
