import type { LedgerAccount } from "../ledger/model.ts";
import { accountIdOf } from "./account-gate.ts";
import type { Consent } from "./consent.ts";
import { dateTime } from "./context.ts";
import type { ApiVersion } from "./options.ts";
import { wordsOf } from "./words.ts";

const STATUSES = { enabled: "Enabled", blocked: "Disabled", deleted: "Deleted" } as const;

/** OBAccount6. Numbers and names only with ReadAccountsDetail; a card number in clear never, the ledger has none. */
export function wireAccount(account: LedgerAccount, consent: Consent, version: ApiVersion): Record<string, unknown> {
  const usage = account.usage === "business" ? "Business" : "Personal";
  const type = wordsOf(version).accountType[account.kind];
  const detail = consent.permissions.includes("ReadAccountsDetail");
  return {
    AccountId: accountIdOf(account.id),
    Status: STATUSES[account.status],
    StatusUpdateDateTime: dateTime(consent.createdAt),
    Currency: account.currency,
    ...(version === "3.1" ? { AccountType: usage, AccountSubType: type } : { AccountCategory: usage, AccountTypeCode: type }),
    Description: account.name,
    ...(account.displayName === undefined ? {} : { Nickname: account.displayName }),
    ...(detail ? { Account: schemesOf(account) } : {}),
    ...(detail && account.bic !== undefined ? { Servicer: { SchemeName: "UK.OBIE.BICFI", Identification: account.bic } } : {}),
  };
}

/** A UK account is known by sort code and number, and by the IBAN made of them; the owners' names stand beside. */
function schemesOf({ iban, bban, maskedPan, owners }: LedgerAccount): object[] {
  const Name = owners
    .map(({ name }) => name)
    .join(" & ")
    .slice(0, 350);
  const local = iban?.startsWith("GB") ? iban.slice(8) : undefined;
  return [
    ...(local === undefined ? [] : [{ SchemeName: "UK.OBIE.SortCodeAccountNumber", Identification: local, Name }]),
    ...(iban === undefined ? [] : [{ SchemeName: "UK.OBIE.IBAN", Identification: iban, Name }]),
    ...(bban === undefined ? [] : [{ SchemeName: "UK.OBIE.BBAN", Identification: bban, Name }]),
    ...(maskedPan === undefined ? [] : [{ SchemeName: "UK.OBIE.PAN", Identification: maskedPan, Name }]),
  ];
}
