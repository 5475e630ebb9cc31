import { psuHeaders } from "../kit/psu-headers.ts";
import type { PsuIpRules } from "../kit/profile-parts.ts";
import type { PsuContext } from "../../domain/update.ts";

/**
 * "The person is here" in the standard's words. `x-fapi-auth-date` (when they last logged in with us) stays away: the hub does not know it, and
 * nothing is invented.
 */
export function fapiHeaders(psu: PsuContext | null, rules: PsuIpRules): Record<string, string> {
  const { "psu-ip-address": address, "psu-user-agent": agent } = psuHeaders(psu, rules, false);
  return {
    ...(address === undefined ? {} : { "x-fapi-customer-ip-address": address }),
    ...(agent === undefined ? {} : { "x-customer-user-agent": agent }),
  };
}
