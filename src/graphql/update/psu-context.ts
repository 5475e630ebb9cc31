import { isIP } from "node:net";
import type { PsuContext } from "../../domain/update.ts";
import type { PsuContextInput } from "./update.input.ts";

/** What may stand in a header that is forwarded to a bank. */
const HEADER_TEXT = /^[\x20-\x7e]{1,500}$/;

/** What is wrong with the user's presence as the caller describes it; null when nothing is. */
export function psuContextFault(input: PsuContextInput): { readonly field: keyof PsuContextInput; readonly message: string } | null {
  if (isIP(input.ipAddress) === 0) return { field: "ipAddress", message: "ipAddress is no IP address." };
  for (const field of ["userAgent", "acceptLanguage"] as const)
    if (input[field] != null && !HEADER_TEXT.test(input[field]))
      return { field, message: `${field} must be 1 to 500 printable ASCII characters.` };
  return null;
}

export function psuContextOf({ ipAddress, userAgent = null, acceptLanguage = null }: PsuContextInput): PsuContext {
  return { ipAddress, userAgent, acceptLanguage };
}
