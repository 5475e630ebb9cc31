import type { BalanceFacts, BalanceType } from "../../domain/account.ts";
import { negate } from "../../domain/money.ts";
import type { Reading } from "./account-memory.ts";
import type { Profile } from "./profile.ts";
import { readDay, readMoney } from "../kit/values.ts";
import { BadRow, flagOf, listOf, rowOf, textOf } from "../kit/wire.ts";

/** By letters only: banks write `closingBooked`, `CLOSING_BOOKED`, `Closing booked` and ISO 20022 codes. */
const TYPES: Readonly<Record<string, BalanceType>> = {
  closingbooked: "CLOSING_BOOKED",
  clbd: "CLOSING_BOOKED",
  openingbooked: "OPENING_BOOKED",
  opbd: "OPENING_BOOKED",
  interimbooked: "INTERIM_BOOKED",
  booked: "INTERIM_BOOKED",
  itbd: "INTERIM_BOOKED",
  previouslyclosedbooked: "PREVIOUSLY_CLOSED_BOOKED",
  prcd: "PREVIOUSLY_CLOSED_BOOKED",
  closingavailable: "CLOSING_AVAILABLE",
  clav: "CLOSING_AVAILABLE",
  openingavailable: "OPENING_AVAILABLE",
  opav: "OPENING_AVAILABLE",
  interimavailable: "INTERIM_AVAILABLE",
  available: "INTERIM_AVAILABLE",
  itav: "INTERIM_AVAILABLE",
  forwardavailable: "FORWARD_AVAILABLE",
  fwav: "FORWARD_AVAILABLE",
  expected: "EXPECTED",
  xpcd: "EXPECTED",
  noninvoiced: "NON_INVOICED",
  information: "INFORMATION",
  info: "INFORMATION",
};

export function balanceType(text: string | null): BalanceType {
  return TYPES[(text ?? "").toLowerCase().replace(/[^a-z]/g, "")] ?? "OTHER";
}

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
