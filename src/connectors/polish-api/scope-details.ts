import type { Bank, ConsentScope } from "../../domain/bank.ts";
import { addDays, dayIn, SECOND, type Day, type Instant } from "../../domain/time.ts";
import { endOfDay } from "../kit/values.ts";
import { listOf, rowOf, textOf, type Row } from "../kit/wire.ts";
import type { GrantMemory, Privilege } from "./handle.ts";
import { instantOf } from "./instants.ts";
import { LISTS, type ListName } from "./lists.ts";
import type { Profile } from "./profile.ts";

const LONGEST_DAYS = 180;
/** The standard's most for `maxAllowedHistoryLong`. */
const LONGEST_HISTORY = 1460;

export type Scope = "ais" | "ais-accounts";

/** `scope_details` of a request: which operations on which accounts, how far back, until when (standards.md 5.2). */
export function scopeDetails(
  scope: Scope,
  request: {
    readonly consentId: string;
    readonly scopes: readonly ConsentScope[];
    readonly validUntil: Day;
    readonly accounts: readonly string[];
  },
  parts: { readonly bank: Bank; readonly profile: Profile; readonly now: Instant },
): Row {
  return {
    privilegeList: scope === "ais-accounts" ? [listing(parts.profile)] : readings(request, parts.bank, parts.profile),
    scopeGroupType: scope,
    consentId: request.consentId,
    scopeTimeLimit: new Date(timeLimit(request.validUntil, parts)).toISOString(),
    throttlingPolicy: "psd2Regulatory",
  };
}

/** The last second of the day asked for, or of the last one the bank takes. Today counts, and banks refuse the round number: 180 days end at today + 179. */
export function timeLimit(
  validUntil: Day,
  { bank, profile, now }: { readonly bank: Bank; readonly profile: Profile; readonly now: Instant },
): Instant {
  const days = Math.min(bank.maxConsentDays ?? LONGEST_DAYS, profile.consent.maxValidDays ?? LONGEST_DAYS);
  const last = addDays(dayIn(bank.timeZone, now), Math.max(0, days - 1));
  return endOfDay(bank.timeZone, validUntil < last ? validUntil : last) - SECOND;
}

function usage({ consent }: Profile): Row {
  return { scopeUsageLimit: consent.recurring ? "multiple" : "single" };
}

function listing(profile: Profile): Row {
  return { "ais-accounts:getAccounts": usage(profile) };
}

/** One entry for each account, or one without a number where the person picks at the bank. */
function readings(
  { scopes, accounts }: { readonly scopes: readonly ConsentScope[]; readonly accounts: readonly string[] },
  bank: Bank,
  profile: Profile,
): readonly Row[] {
  const lists = scopes.includes("TRANSACTIONS") ? profile.transactions.lists : [];
  const done = Math.min(bank.maxHistoryDays ?? LONGEST_HISTORY, LONGEST_HISTORY);
  const rights = Object.fromEntries([
    ["ais:getAccount", usage(profile)],
    ...lists.map((name) => {
      const maxAllowedHistoryLong = name === "done" ? done : Math.min(done, profile.consent.otherHistoryDays);
      return [`ais:${LISTS[name].operation}`, { ...usage(profile), maxAllowedHistoryLong }];
    }),
  ]);
  return accounts.length === 0 ? [rights] : accounts.map((accountNumber) => ({ accountNumber, ...rights }));
}

/** What the bank granted, from a token answer; what it does not say stays as `before`. */
export function granted(
  answer: Row,
  before: Pick<GrantMemory, "privileges" | "scopeTimeLimit" | "consentId">,
  zone: string,
): Pick<GrantMemory, "privileges" | "scopeTimeLimit" | "consentId"> {
  const details = rowOf(answer["scope_details"]);
  const privileges = listOf(details?.["privilegeList"]).map(rowOf).filter((row) => row !== null).map(privilegeOf); // prettier-ignore
  return {
    privileges: privileges.length > 0 ? merged(privileges) : before.privileges,
    scopeTimeLimit: instantOf(details?.["scopeTimeLimit"], zone) ?? before.scopeTimeLimit,
    consentId: textOf(details?.["consentId"]) ?? before.consentId,
  };
}

function privilegeOf(row: Row): Privilege {
  const lists: Privilege["lists"] = {};
  for (const name of Object.keys(LISTS) as ListName[]) {
    const right = row[`ais:${LISTS[name].operation}`];
    if (!isGiven(right)) continue;
    const days = Number(textOf(rowOf(right)?.["maxAllowedHistoryLong"]) ?? Number.NaN);
    lists[name] = Number.isInteger(days) && days > 0 ? days : null;
  }
  return { accountNumber: textOf(row["accountNumber"]), getAccount: isGiven(row["ais:getAccount"]), lists };
}

/** Banks print rights that they did not give as null, or as false. */
function isGiven(right: unknown): boolean {
  return right !== undefined && right !== null && right !== false;
}

/** Some banks give each right an entry of its own: one account is one privilege. */
function merged(privileges: readonly Privilege[]): Privilege[] {
  const byNumber = new Map<string | null, Privilege>();
  for (const one of privileges) {
    const before = byNumber.get(one.accountNumber);
    byNumber.set(
      one.accountNumber,
      before ? { ...one, getAccount: one.getAccount || before.getAccount, lists: { ...before.lists, ...one.lists } } : one,
    );
  }
  return [...byNumber.values()];
}
