import "reflect-metadata";
import { Pkcs10CertificateRequestGenerator, X509CertificateGenerator, type Extension } from "@peculiar/x509";

export interface Keys {
  readonly keys: CryptoKeyPair;
  /** PKCS#8, PEM. */
  readonly key: string;
}

const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

export async function newKeys(algorithm: EcKeyGenParams | RsaHashedKeyGenParams = EC): Promise<Keys> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  return { keys, key: pem("PRIVATE KEY", await crypto.subtle.exportKey("pkcs8", keys.privateKey)) };
}

/** What a tenant sends: PKCS#10, PEM, for a new key. */
export async function certificateRequest(
  options: { readonly keys?: Keys; readonly subject?: string; readonly extensions?: Extension[] } = {},
): Promise<Keys & { readonly csr: string }> {
  const keys = options.keys ?? (await newKeys());
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: options.subject ?? "CN=anything",
    keys: keys.keys,
    signingAlgorithm: { ...EC, ...keys.keys.privateKey.algorithm },
    extensions: options.extensions ?? [],
  });
  return { ...keys, csr: request.toString("pem") };
}

/** A certificate that somebody else made: signed by itself, or by `issuer`. */
export async function foreignCertificate(
  subject: string,
  options: { readonly issuer?: { readonly name: string; readonly keys: Keys }; readonly keys?: Keys } = {},
): Promise<Keys & { readonly cert: string }> {
  const keys = options.keys ?? (await newKeys());
  const made = await X509CertificateGenerator.create({
    serialNumber: "01",
    subject,
    issuer: options.issuer?.name ?? subject,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 86_400_000),
    publicKey: keys.keys.publicKey,
    signingKey: (options.issuer?.keys ?? keys).keys.privateKey,
    signingAlgorithm: EC,
  });
  return { ...keys, cert: made.toString("pem") };
}

function pem(label: string, der: ArrayBuffer): string {
  return `-----BEGIN ${label}-----\n${Buffer.from(der)
    .toString("base64")
    .replace(/(.{64})/g, "$1\n")}\n-----END ${label}-----\n`;
}
