import type { BankDirectory } from "../../banks/directory.ts";
import type { Bank } from "../../domain/bank.ts";
import type { BankId } from "../../domain/ids.ts";

/**
 * The bank of a stored object. An operator may take a bank out of the directory while consents at it are stored: it is then shown
 * by its id, not connectable, instead of failing every query that passes by it.
 */
export function bankOrListed(banks: Pick<BankDirectory, "byId">, id: BankId): Bank {
  return banks.byId(id) ?? { ...GONE, id, name: id };
}

const GONE: Omit<Bank, "id" | "name"> = {
  country: "ZZ", // ISO 3166-1 leaves ZZ to its users: unknown
  bic: null,
  nationalBankCode: null,
  logo: null,
  standard: "BERLIN_GROUP",
  environment: "PRODUCTION",
  connection: null,
  psuTypes: [],
  scopes: [],
  maxHistoryDays: null,
  maxConsentDays: null,
  unattendedCallsPerDay: 0,
  timeZone: "UTC",
};
