import type { Bank } from "../../domain/bank.ts";
import type { AddressPolicy } from "../../http/ssrf.ts";

/** Real banks are on the public internet: a name of theirs that leads elsewhere is a mistake or an attack. Sandboxes may be anywhere. */
export function addressesOf(bank: Pick<Bank, "environment">): AddressPolicy | "any" {
  return bank.environment === "PRODUCTION" ? "public" : "any";
}
