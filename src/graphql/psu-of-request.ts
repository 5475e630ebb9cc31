import type { IncomingMessage } from "node:http";
import type { PsuContext } from "../domain/update.ts";

/** Who sits at the other end of a request, as a bank is told; for callers that are the user's own browser. */
export function psuOfRequest(request: IncomingMessage): PsuContext | null {
  const ipAddress = request.socket.remoteAddress;
  if (ipAddress === undefined) return null;
  return { ipAddress, userAgent: request.headers["user-agent"] ?? null, acceptLanguage: request.headers["accept-language"] ?? null };
}
