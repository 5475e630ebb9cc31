import type { Consent } from "./consent.ts";
import { obError } from "./ob-error.ts";
import type { Settings } from "./options.ts";

/** Every permission of the standard. */
const PERMISSIONS = [
  "ReadAccountsBasic", "ReadAccountsDetail", "ReadBalances", "ReadBeneficiariesBasic", "ReadBeneficiariesDetail", "ReadDirectDebits", "ReadOffers",
  "ReadPAN", "ReadParty", "ReadPartyPSU", "ReadProducts", "ReadScheduledPaymentsBasic", "ReadScheduledPaymentsDetail", "ReadStandingOrdersBasic",
  "ReadStandingOrdersDetail", "ReadStatementsBasic", "ReadStatementsDetail", "ReadTransactionsBasic", "ReadTransactionsCredits",
  "ReadTransactionsDebits", "ReadTransactionsDetail",
]; // prettier-ignore

const DATED = ["ExpirationDateTime", "TransactionFromDateTime", "TransactionToDateTime"] as const;
const WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

export type ConsentRequest = Pick<Consent, "permissions" | "expiration" | "transactionsFrom" | "transactionsTo">;

/** OBReadConsent1, with the rules that its text adds. */
export function readConsentRequest(body: unknown, settings: Settings, now: number): ConsentRequest {
  const { version } = settings;
  const fail = (code: Parameters<typeof obError>[2], message: string, path: string) => obError(version, 400, code, message, path);
  const top = objectOf(body);
  if (!top) throw obError(version, 400, "UK.OBIE.Resource.InvalidFormat", "The body is no JSON object.");
  const data = objectOf(top["Data"]);
  if (!data) throw fail("UK.OBIE.Field.Missing", "Data is missing.", "Data");
  const risk = objectOf(top["Risk"]);
  if (!risk) throw fail("UK.OBIE.Field.Missing", "Risk is missing.", "Risk");
  for (const [path, object, known] of [
    ["", top, ["Data", "Risk"]],
    ["Data.", data, ["Permissions", ...DATED]],
    ["Risk.", risk, []],
  ] as const) {
    const strange = Object.keys(object).find((key) => !(known as readonly string[]).includes(key));
    if (strange !== undefined) throw fail("UK.OBIE.Field.Unexpected", `${path}${strange} is not expected.`, `${path}${strange}`);
  }
  const permissions = data["Permissions"];
  if (permissions === undefined) throw fail("UK.OBIE.Field.Missing", "Data.Permissions is missing.", "Data.Permissions");
  checkPermissions(permissions, (message) => fail("UK.OBIE.Field.Invalid", message, "Data.Permissions"));
  for (const name of DATED) {
    const value = data[name];
    if (value !== undefined && (typeof value !== "string" || !WITH_ZONE.test(value) || Number.isNaN(Date.parse(value))))
      throw fail("UK.OBIE.Field.InvalidDate", `${name} must be an ISO 8601 date-time with an offset.`, `Data.${name}`);
  }
  const [expiration, transactionsFrom, transactionsTo] = DATED.map((name) => data[name] as string | undefined);
  if (expiration !== undefined) {
    const days = (Date.parse(expiration) - now) / 86_400_000;
    if (days <= 0 || days > settings.maxConsentDays)
      throw fail("UK.OBIE.Field.InvalidDate", "ExpirationDateTime is past or too far away.", "Data.ExpirationDateTime");
  }
  return { permissions: permissions as string[], expiration, transactionsFrom, transactionsTo };
}

/** "Permission Codes": at least one for accounts, and for transactions both the kind and the detail. */
function checkPermissions(value: unknown, fail: (message: string) => Error): void {
  if (!Array.isArray(value) || value.length === 0) throw fail("Permissions must be a list that is not empty.");
  const strange = value.find((permission: unknown) => typeof permission !== "string" || !PERMISSIONS.includes(permission)) as unknown;
  if (strange !== undefined) throw fail("Permissions holds one that is not offered.");
  const has = (...names: readonly string[]) => names.some((name) => value.includes(name));
  if (!has("ReadAccountsBasic", "ReadAccountsDetail")) throw fail("ReadAccountsBasic or ReadAccountsDetail is needed.");
  for (const family of ["Transactions", "Statements"] as const) {
    const detail = has(`Read${family}Basic`, `Read${family}Detail`);
    if (family === "Transactions" && detail !== has("ReadTransactionsCredits", "ReadTransactionsDebits"))
      throw fail("ReadTransactionsBasic or -Detail goes together with -Credits or -Debits.");
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}
