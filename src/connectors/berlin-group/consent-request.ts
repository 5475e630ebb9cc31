import type { Bank, ConsentScope } from "../../domain/bank.ts";
import { addDays, dayIn, type Day, type Instant } from "../../domain/time.ts";
import type { Profile } from "./profile.ts";
import type { Row } from "../kit/wire.ts";

const LONGEST_DAYS = 180;

/** What is asked for; `accounts` of a detailed consent may be any references that the bank handed out. */
export type ConsentRules = Omit<Profile["consent"], "accounts"> & { readonly accounts: readonly Row[] };

/** The body of POST /v1/consents for what the caller wants to read, in the consent model of the bank (standards.md 3.3). */
export function consentBody(
  request: { readonly scopes: readonly ConsentScope[]; readonly validUntil: Day },
  parts: { readonly bank: Bank; readonly profile: ConsentRules; readonly now: Instant },
): Row {
  const { bank, profile, now } = parts;
  const recurring = profile.recurring && profile.model !== "account-list";
  const calls = profile.frequencyPerDay ?? Math.min(4, Math.max(1, bank.unattendedCallsPerDay));
  return {
    access: access(request.scopes, profile),
    recurringIndicator: recurring,
    validUntil: earlier(request.validUntil, lastDay(bank, profile, now)),
    frequencyPerDay: recurring ? calls : 1,
    combinedServiceIndicator: false,
  };
}

/** Today counts as a day, and banks refuse the round number: 180 allowed days end at today + 179. */
function lastDay(bank: Bank, profile: ConsentRules, now: Instant): Day {
  const days = Math.min(bank.maxConsentDays ?? LONGEST_DAYS, profile.maxValidDays ?? LONGEST_DAYS);
  return addDays(dayIn(bank.timeZone, now), Math.max(0, days - 1));
}

function earlier(a: Day, b: Day): Day {
  return a < b ? a : b;
}

function access(scopes: readonly ConsentScope[], { model, accounts }: ConsentRules): Row {
  const [balances, transactions, identity] = (["BALANCES", "TRANSACTIONS", "IDENTITY"] as const).map((scope) => scopes.includes(scope));
  const global = model === "global" || (model === "auto" && balances && transactions);
  if (global) return { allPsd2: identity ? "allAccountsWithOwnerName" : "allAccounts" };
  // The list alone, for which one access is enough; a detailed consent for what it shows follows.
  if (model === "account-list") return { availableAccounts: "allAccounts" };
  const list = model === "detailed" ? accounts : [];
  return {
    accounts: list,
    ...(balances ? { balances: list } : {}),
    ...(transactions ? { transactions: list } : {}),
    ...(identity ? { additionalInformation: { ownerName: list } } : {}),
  };
}
