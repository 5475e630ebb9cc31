import { isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import type { PsuContext } from "../../domain/update.ts";
import type { PsuIpRules } from "./profile-parts.ts";

/**
 * "The person is here": what is known of them, and nothing invented. `mandatory` (POST /consents): where no address is known the standard
 * wants the caller's own ("If not available, the TPP shall use the IP Address used by the TPP when submitting this request"). That is no claim
 * of presence: the call counts against nothing, and the person must act at the bank before anything comes of it. Every other call carries an
 * address "if and only if" the person is there, or where the operator set `always` for a bank that demands it.
 */
export function psuHeaders(psu: PsuContext | null, rules: PsuIpRules, mandatory: boolean): Record<string, string> {
  const known = psu !== null && (!rules.ipv4Only || isIPv4(psu.ipAddress)) ? psu.ipAddress : null;
  const standIn = rules.constant ?? (mandatory ? ownAddress() : null);
  const address = known ?? (mandatory || rules.always || psu !== null ? standIn : null);
  if (address === null) return {};
  return {
    "psu-ip-address": address,
    ...(psu?.userAgent ? { "psu-user-agent": printable(psu.userAgent) } : {}),
    ...(psu?.acceptLanguage ? { "psu-accept-language": printable(psu.acceptLanguage) } : {}),
  };
}

/** A browser may send what no header may hold. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "").slice(0, 500);
}

function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";
}
