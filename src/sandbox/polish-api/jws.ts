import { createPrivateKey, createPublicKey, createVerify, createSign, X509Certificate, type KeyObject } from "node:crypto";
import type { Certificate } from "../pki/sandbox-ca.ts";

/** The bank's seal: signs bodies, and shows its public key as a JWK the way /register of 3.0 does. */
export class BankSeal {
  readonly jwk: Readonly<Record<string, unknown>>;
  readonly #key: KeyObject;
  readonly #header: string;

  constructor({ cert, key }: Certificate) {
    const certificate = new X509Certificate(cert);
    const kid = certificate.serialNumber;
    this.#key = createPrivateKey(key);
    this.#header = Buffer.from(JSON.stringify({ alg: "RS256", kid })).toString("base64url");
    const { n, e, kty } = createPublicKey(this.#key).export({ format: "jwk" });
    this.jwk = { kty, n, e, kid, use: "sig", x5c: [certificate.raw.toString("base64")] };
  }

  /** X-JWS-SIGNATURE of a body: a JWS in compact form without its payload. */
  sign(body: Buffer): string {
    const signature = createSign("RSA-SHA256")
      .update(`${this.#header}.${body.toString("base64url")}`)
      .sign(this.#key);
    return `${this.#header}..${signature.toString("base64url")}`;
  }
}

/** Why a request's signature is refused; undefined = it is good: RS256 of the TPP's seal over exactly these bytes. */
export function signatureFault(signature: string, body: Buffer, tpp: X509Certificate): string | undefined {
  const parts = signature.split(".");
  const [header = "", payload, end = ""] = parts;
  if (parts.length !== 3 || payload !== "") return "X-JWS-SIGNATURE must be a detached JWS in compact form.";
  let alg: unknown;
  try {
    alg = (JSON.parse(Buffer.from(header, "base64url").toString("utf8")) as { alg?: unknown }).alg;
  } catch {
    return "The JWS header is not JSON.";
  }
  if (alg !== "RS256") return "The JWS algorithm must be RS256.";
  const good = createVerify("RSA-SHA256")
    .update(`${header}.${body.toString("base64url")}`)
    .verify(tpp.publicKey, Buffer.from(end, "base64url"));
  return good ? undefined : "The signature does not match the body.";
}
