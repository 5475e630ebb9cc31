import { createHash, createVerify, X509Certificate } from "node:crypto";
import { TLSSocket } from "node:tls";
import { header, type Call } from "../kit/http-message.ts";
import type { BankContext } from "./context.ts";
import { refused } from "./hal.ts";

/** Where the sandbox TPP's certificate is to be had: in real life on the TPP's own site. */
export const CERTIFICATE_PATH = "/tpp-certificates";

/** mTLS, where the bank has it: a client certificate of the right authority. */
export function identifyTpp(call: Call, { settings }: BankContext): void {
  if (!settings.tls) return;
  const { socket } = call.request;
  if (!(socket instanceof TLSSocket) || socket.getPeerCertificate().raw === undefined)
    throw refused(401, "A client certificate is needed.");
  if (!socket.authorized) throw refused(401, "The client certificate is not accepted.");
}

/** draft-cavage-http-signatures as STET asks for it: keyId is the URL of the certificate, which the bank fetches. */
export async function checkSignature(call: Call, context: BankContext): Promise<void> {
  if (!context.settings.signatures) return;
  const [signature, digest] = [header(call, "Signature"), header(call, "Digest")];
  if (signature === undefined) throw refused(401, "The header Signature is missing.");
  if (digest === undefined && call.body.length > 0) throw refused(401, "The header Digest is missing.");
  if (digest !== undefined && digest !== `SHA-256=${createHash("sha256").update(call.body).digest("base64")}`)
    throw refused(401, "The Digest does not match the body.");
  const parts = parsed(signature);
  if (parts["algorithm"] !== "rsa-sha256") throw refused(401, "Signature: the algorithm must be rsa-sha256.");
  const names = (parts["headers"] ?? "").split(" ");
  const missing = mustBeSigned(call).filter((name) => !names.includes(name));
  if (missing.length > 0) throw refused(401, `Signature: not signed: ${missing.join(", ")}.`);
  const certificate = await certificateAt(parts["keyId"] ?? "", context);
  const lines = names.map((name) => `${name}: ${valueOf(name, call, parts)}`);
  const verified = createVerify("RSA-SHA256")
    .update(lines.join("\n"))
    .verify(certificate.publicKey, parts["signature"] ?? "", "base64");
  if (!verified) throw refused(401, "The Signature does not verify.");
}

function mustBeSigned(call: Call): readonly string[] {
  return ["(request-target)", "x-request-id", ...["digest", "psu-ip-address", "date"].filter((name) => header(call, name) !== undefined)];
}

function valueOf(name: string, call: Call, parts: Readonly<Record<string, string>>): string {
  if (name === "(request-target)") return `${call.method.toLowerCase()} ${call.target}`;
  if (name === "(created)" || name === "(expires)") return parts[name] ?? "";
  return header(call, name) ?? "";
}

function parsed(text: string): Record<string, string> {
  const parts: Record<string, string> = {};
  for (const match of text.matchAll(/([a-zA-Z()]+)=(?:"([^"]*)"|([^,]*))(?:,\s*|$)/g)) parts[match[1] ?? ""] = match[2] ?? match[3] ?? "";
  return parts;
}

const fetched = new Map<string, Promise<string>>();

async function certificateAt(keyId: string, { seal, settings, origin }: BankContext): Promise<X509Certificate> {
  const url = URL.parse(keyId);
  if (!url || !/^https?:$/.test(url.protocol)) throw refused(401, "Signature: keyId must be the URL of the signing certificate.");
  const own = seal && keyId === certificateUrl(origin, seal.cert) ? Promise.resolve(seal.cert) : undefined;
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(await (own ?? download(url)));
  } catch {
    throw refused(401, "Signature: no certificate is to be had at keyId.");
  }
  const ca = settings.signatureCa ?? seal?.ca;
  if (ca !== undefined && !certificate.verify(new X509Certificate(ca).publicKey))
    throw refused(401, "The signing certificate is not of an authority that is known here.");
  return certificate;
}

/** Only from this machine: a sandbox bank must not be a way to reach others. Kept for the life of the process, as URLs name one certificate. */
function download(url: URL): Promise<string> {
  if (!["127.0.0.1", "localhost", "[::1]"].includes(url.hostname)) return Promise.reject(new Error("not on this machine"));
  let text = fetched.get(url.href);
  if (!text) {
    text = fetch(url).then((response) => (response.ok ? response.text() : Promise.reject(new Error(`HTTP ${response.status}`))));
    text.catch(() => fetched.delete(url.href));
    fetched.set(url.href, text);
  }
  return text;
}

export function certificateUrl(origin: string, pem: string): string {
  return `${origin}${CERTIFICATE_PATH}/${new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase()}.pem`;
}
