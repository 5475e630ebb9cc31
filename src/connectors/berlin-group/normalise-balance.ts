import type { BalanceFacts, BalanceType } from "../../domain/account.ts";
import { negate } from "../../domain/money.ts";
import type { Reading } from "./account-memory.ts";
import { balanceType } from "../kit/balance-types.ts";
import type { Profile } from "./profile.ts";
import { readDay, readMoney } from "../kit/values.ts";
import { BadRow, flagOf, listOf, rowOf, textOf } from "../kit/wire.ts";

/** The bank's own meaning of a type, where its profile says one; else {@link balanceType}. */
function typeOf(text: string | null, types: Profile["balances"]["types"]): BalanceType {
  const bare = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, "");
  return Object.entries(types).find(([name]) => bare(name) === bare(text ?? ""))?.[1] ?? balanceType(text);
}

/**
 * The readable ones of a list of balances, in the account's own currency where it is one of several.
 * @throws BadRow where there are some and none can be read
 */
export function normaliseBalances(value: unknown, path: string, reading: Reading): readonly BalanceFacts[] {
  let bad: BadRow | null = null;
  const read: BalanceFacts[] = [];
  const items = listOf(value);
  for (const [index, item] of items.entries()) {
    try {
      read.push(normaliseBalance(item, `${path}[${String(index)}]`, reading));
    } catch (error) {
      if (!(error instanceof BadRow)) throw error;
      bad ??= error;
    }
  }
  if (bad !== null && read.length === 0) throw bad;
  return reading.onlyCurrency === null ? read : read.filter(({ currency }) => currency === reading.onlyCurrency);
}

function normaliseBalance(value: unknown, path: string, { timeZone, debitsPositive, balanceTypes }: Reading): BalanceFacts {
  const row = rowOf(value);
  if (!row) throw new BadRow(path, "expected an object");
  const { amount, currency } = readMoney(row["balanceAmount"], `${path}.balanceAmount`);
  return {
    type: typeOf(textOf(row["balanceType"]), balanceTypes),
    amount: debitsPositive ? negate(amount) : amount,
    currency,
    creditLimitIncluded: flagOf(row["creditLimitIncluded"]),
    referenceDate: readDay(row["referenceDate"], timeZone) ?? readDay(row["lastChangeDateTime"], timeZone),
  };
}
