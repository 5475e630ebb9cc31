import { BankError } from "../../domain/failure.ts";
import type { CompletedGrant } from "../connector.ts";

/**
 * A redirect with `error` (RFC 6749 4.1.2.1): who said no.
 * @throws BankError BANK_TEMPORARY where the bank's own authorisation server failed
 */
export function deniedBy(error: string, description: string | undefined): CompletedGrant {
  if (/^access[_ ]?denied$/i.test(error)) return { outcome: "DENIED", reason: "USER_DENIED" };
  if (/^(server_error|temporarily_unavailable)$/i.test(error))
    throw new BankError("BANK_TEMPORARY", "BANK_UNAVAILABLE", "the bank's authorisation failed", { bankCode: error.toUpperCase() });
  return { outcome: "DENIED", reason: /cancel|denied|declined/i.test(description ?? "") ? "USER_DENIED" : "BANK_REJECTED" };
}
