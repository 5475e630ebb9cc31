import type { Bank } from "../domain/bank.ts";
import bundled from "./bundled.json" with { type: "json" };
import { timeZoneOf } from "./time-zones.ts";

/**
 * Real institutions from a public registry (see the head of bundled.json; made by src/tools/bundle-banks.mjs): names, BICs and bank codes as
 * facts. There is no endpoint to use, so that nothing can be asked of them: no scopes, nobody may sign in. The registry is one of
 * Berlin Group adapters, which is where the standard comes from.
 * @param unattendedCallsPerDay what PSD2 leaves to a bank that says nothing else
 */
export function bundledBanks(unattendedCallsPerDay: number): readonly Bank[] {
  return bundled.banks.map((row) => {
    const [id = "", name = "", bics = "", codes = ""] = row.split("|");
    const country = id.slice(0, 2).toUpperCase();
    const [bic, ...otherBics] = listOf(bics);
    const [nationalBankCode, ...otherNationalBankCodes] = listOf(codes);
    return {
      id,
      name,
      country,
      bic: bic ?? null,
      nationalBankCode: nationalBankCode ?? null,
      otherBics,
      otherNationalBankCodes,
      logo: null,
      standard: "BERLIN_GROUP",
      environment: "PRODUCTION",
      connection: null,
      psuTypes: [],
      scopes: [],
      maxHistoryDays: null,
      maxConsentDays: null,
      unattendedCallsPerDay,
      timeZone: timeZoneOf(country) ?? "UTC",
    };
  });
}

function listOf(text: string): readonly string[] {
  return text === "" ? [] : text.split(",");
}
