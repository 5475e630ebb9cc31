import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import { networkList } from "../domain/network.ts";
import type { Peer } from "./access.ts";

/**
 * Who is at the other end of a connection. What proxies say about it (`X-Forwarded-For`, and `Client-Cert` of RFC 9440) is believed only
 * where the connection itself comes from one of `trustedProxies`, and only up to the first address that is none.
 */
export function createPeerOf(trustedProxies: readonly string[]): (request: IncomingMessage) => Peer {
  const isTrusted = networkList(trustedProxies);
  return (request) => {
    const direct = request.socket.remoteAddress ?? "";
    if (!isTrusted(direct)) return { address: direct, certificate: ofSocket(request.socket) };
    const forwarded = String(request.headers["x-forwarded-for"] ?? "")
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
    const address = forwarded.findLast((one) => !isTrusted(one)) ?? direct;
    return { address, certificate: ofHeader(request.headers["client-cert"]) };
  };
}

/** The certificate whose key the far side has proven to hold; null without one. Nothing is said yet about who issued it. */
function ofSocket(socket: unknown): Uint8Array | null {
  return socket instanceof TLSSocket ? (socket.getPeerX509Certificate()?.raw ?? null) : null;
}

function ofHeader(header: string | string[] | undefined): Uint8Array | null {
  const base64 = typeof header === "string" ? /^:([A-Za-z0-9+/=]+):$/.exec(header.trim())?.[1] : undefined;
  return base64 === undefined ? null : Buffer.from(base64, "base64");
}
