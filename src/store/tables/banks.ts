import type { BankStandard, ConsentScope, Environment, PsuType } from "../../domain/bank.ts";
import type { BankId } from "../../domain/ids.ts";
import type { Kit } from "../kit.ts";

/** The last that was known of every bank that consents could be opened at: an operator may take it out of the directory, consents stay. */
export function bankTables({ table, text, textOrNull, int, intOrNull, json, primaryKey }: Kit) {
  const knownBank = table(
    "known_bank",
    {
      id: text<BankId>(),
      name: text(),
      country: text(),
      bic: textOrNull(),
      nationalBankCode: textOrNull(),
      logo: textOrNull(),
      standard: text<BankStandard>(),
      environment: text<Environment>(),
      psuTypes: json<readonly PsuType[]>(),
      scopes: json<readonly ConsentScope[]>(),
      maxHistoryDays: intOrNull(),
      maxConsentDays: intOrNull(),
      unattendedCallsPerDay: int(),
      timeZone: text(),
    },
    (t) => [primaryKey({ columns: [t.id] })],
  );
  return { knownBank };
}
