import { createHash, createVerify, X509Certificate } from "node:crypto";
import { TLSSocket } from "node:tls";
import { header, type Call } from "../kit/http-message.ts";
import type { Settings } from "./options.ts";
import { tppError } from "./tpp-error.ts";

/** Who calls: the organizationIdentifier or name in the client certificate; without mTLS every caller is one TPP. */
export function identifyTpp(call: Call, settings: Settings): string {
  if (!settings.tls) return "tpp";
  const socket = call.request.socket;
  const raw = socket instanceof TLSSocket ? socket.getPeerCertificate().raw : undefined;
  if (!(socket instanceof TLSSocket) || !raw) throw tppError(401, "CERTIFICATE_MISSING", "A client certificate is needed.");
  if (!socket.authorized) throw tppError(401, "CERTIFICATE_INVALID", "The client certificate is not accepted.");
  if (settings.requireAisRole && !raw.includes("PSP_AI")) throw tppError(401, "ROLE_INVALID", "The certificate lacks the role PSP_AI.");
  const { subject } = new X509Certificate(raw);
  return /organizationIdentifier=(.*)/.exec(subject)?.[1] ?? /CN=(.*)/.exec(subject)?.[1] ?? subject;
}

/** Cavage signature of 1.3.x (Implementation Guidelines, section 12): digest of the body, signed headers, certificate in its own header. */
export function checkSignature(call: Call, settings: Settings): void {
  if (!settings.signatures) return;
  const [signature, digest, encoded] = [header(call, "Signature"), header(call, "Digest"), header(call, "TPP-Signature-Certificate")];
  if (signature === undefined || digest === undefined || encoded === undefined)
    throw tppError(401, "SIGNATURE_MISSING", "Digest, Signature and TPP-Signature-Certificate are needed.");
  const expected = `SHA-256=${createHash("sha256").update(call.body).digest("base64")}`;
  if (digest !== expected) throw tppError(401, "SIGNATURE_INVALID", "The Digest does not match the body.", { path: "Digest" });
  const certificate = readCertificate(encoded);
  if (!certificate) throw tppError(401, "CERTIFICATE_INVALID", "TPP-Signature-Certificate cannot be read.");
  const { ca } = settings.signatures;
  if (ca !== undefined && !certificate.verify(new X509Certificate(ca).publicKey))
    throw tppError(401, "CERTIFICATE_INVALID", "The signature certificate has another issuer.");
  const parts = parseSignature(signature);
  const names = (parts["headers"] ?? "date").split(" ");
  const missing = mustBeSigned(call).filter((name) => !names.includes(name));
  if (missing.length > 0) throw tppError(401, "SIGNATURE_INVALID", `Not signed: ${missing.join(", ")}.`, { path: "Signature" });
  const serial = /^SN=([0-9A-F]+),CA=/i.exec(parts["keyId"] ?? "")?.[1];
  if (serial === undefined || BigInt(`0x${serial}`) !== BigInt(`0x${certificate.serialNumber}`))
    throw tppError(401, "SIGNATURE_INVALID", "keyId must be SN=<serial in hex>,CA=<issuer> of the certificate.", { path: "Signature" });
  const text = names
    .map((name) =>
      name === "(request-target)" ? `${name}: ${call.method.toLowerCase()} ${call.target}` : `${name}: ${header(call, name) ?? ""}`,
    )
    .join("\n");
  if (
    !createVerify("RSA-SHA256")
      .update(text)
      .verify(certificate.publicKey, parts["signature"] ?? "", "base64")
  )
    throw tppError(401, "SIGNATURE_INVALID", "The signature does not verify.");
}

/** Headers that must be signed whenever they are sent. */
function mustBeSigned(call: Call): string[] {
  return [
    "digest",
    "x-request-id",
    ...["psu-id", "psu-corporate-id", "date", "tpp-redirect-uri"].filter((name) => header(call, name) !== undefined),
  ];
}

function parseSignature(text: string): Record<string, string> {
  const parts: Record<string, string> = {};
  for (const match of text.matchAll(/([a-zA-Z()]+)=(?:"([^"]*)"|([^,]*))(?:,\s*|$)/g)) parts[match[1] ?? ""] = match[2] ?? match[3] ?? "";
  return parts;
}

/** Base64 DER, or PEM with or without line breaks, or a whole PEM in base64. */
function readCertificate(encoded: string): X509Certificate | undefined {
  const bare = encoded.replace(/-----(BEGIN|END) CERTIFICATE-----/g, "").replace(/\s+/g, "");
  const bytes = Buffer.from(bare, "base64");
  try {
    return new X509Certificate(bytes);
  } catch {
    return undefined;
  }
}
