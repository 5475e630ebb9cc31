import type { Balance, BalanceType } from "../../domain/account.ts";
import type { Currency } from "../../domain/money.ts";

/** Best first (engine.md section 4). The rest are no figure to show as "the balance". */
const RANK: readonly BalanceType[] = ["INTERIM_BOOKED", "CLOSING_BOOKED", "INTERIM_AVAILABLE", "EXPECTED"];

/**
 * The one figure to show: booked first, then what can be disposed of (only without a credit limit in it), in the account's
 * currency. Of equals the one of the latest day, then the bank's first. Null where the bank reports none of these.
 */
export function shownBalance(balances: readonly Balance[], currency: Currency | null): Balance | null {
  let best: Balance | null = null;
  for (const balance of balances) {
    if (currency !== null && balance.currency !== currency) continue;
    if (!RANK.includes(balance.type) || (balance.type === "INTERIM_AVAILABLE" && balance.creditLimitIncluded === true)) continue;
    if (best === null || isBetter(balance, best)) best = balance;
  }
  return best;
}

function isBetter(a: Balance, b: Balance): boolean {
  const rank = RANK.indexOf(a.type) - RANK.indexOf(b.type);
  return rank < 0 || (rank === 0 && (a.referenceDate ?? "") > (b.referenceDate ?? ""));
}
