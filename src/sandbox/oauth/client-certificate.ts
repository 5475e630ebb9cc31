import { X509Certificate } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";

/** True where the certificate was issued by the authority that the server trusts. */
export function isAuthorized(request: IncomingMessage): boolean {
  return tlsOf(request)?.authorized ?? false;
}

function tlsOf(request: IncomingMessage): TLSSocket | undefined {
  return request.socket instanceof TLSSocket ? request.socket : undefined;
}

/** PEM of the caller's certificate; undefined without TLS or certificate. */
export function certificateOf(request: IncomingMessage): string | undefined {
  const raw = tlsOf(request)?.getPeerCertificate().raw;
  return raw && new X509Certificate(raw).toString();
}

/** The parts of a DN in any order: RFC 4514 writes them backwards. */
export function sameSubject(request: IncomingMessage, expected: string): boolean {
  const pem = certificateOf(request);
  const parts = (text: string) =>
    text
      .split(/\s*[,\n]\s*/)
      .sort()
      .join("|");
  return pem !== undefined && parts(new X509Certificate(pem).subject) === parts(expected);
}
