import type { Consent } from "./consent.ts";

/** `scope_details` of a token answer: what was granted, which may be less than asked. */
export function wireScopeDetails(consent: Consent): object {
  const listing = [{ "ais-accounts:getAccounts": { scopeUsageLimit: "multiple" } }];
  const readings = consent.accounts.map(({ number, rights }) => ({
    accountNumber: number,
    ...Object.fromEntries(
      [...rights].map(([operation, { limit, history }]) => [
        `ais:${operation}`,
        { scopeUsageLimit: limit, ...(history === null ? {} : { maxAllowedHistoryLong: history }) },
      ]),
    ),
  }));
  return {
    privilegeList: consent.scope === "ais" ? readings : listing,
    consentId: consent.id,
    scopeTimeLimit: new Date(consent.timeLimit).toISOString(),
    throttlingPolicy: "psd2Regulatory",
  };
}
