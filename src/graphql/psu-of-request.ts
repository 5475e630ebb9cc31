import type { IncomingMessage } from "node:http";
import type { Peer } from "../access/access.ts";
import type { PsuContext } from "../domain/update.ts";

/** Who sits at the other end of a request, as a bank is told; for callers that are the user's own browser. */
export function psuOfRequest(request: IncomingMessage, { address }: Peer): PsuContext | null {
  if (address === "") return null;
  return {
    ipAddress: address,
    userAgent: request.headers["user-agent"] ?? null,
    acceptLanguage: request.headers["accept-language"] ?? null,
  };
}
