import type { BalanceFacts, BalanceType } from "../../domain/account.ts";
import { negate } from "../../domain/money.ts";
import { readDay, readMoney } from "../kit/values.ts";
import { BadRow, listOf, rowOf, textOf } from "../kit/wire.ts";

/** CLBD accounting, XPCD instant, VALU by value date, OTHR of a card's month; the rest is seen at Belgian banks. */
const TYPES: Readonly<Record<string, BalanceType>> = {
  CLBD: "CLOSING_BOOKED", OPBD: "OPENING_BOOKED", ITBD: "INTERIM_BOOKED", PRCD: "PREVIOUSLY_CLOSED_BOOKED", XPCD: "EXPECTED",
  CLAV: "CLOSING_AVAILABLE", OPAV: "OPENING_AVAILABLE", ITAV: "INTERIM_AVAILABLE", FWAV: "FORWARD_AVAILABLE", INFO: "INFORMATION",
}; // prettier-ignore

export interface BalanceReading {
  readonly timeZone: string;
  /** Debt is printed positive. */
  readonly debitsPositive: boolean;
}

/**
 * The readable ones of a list of balances.
 * @throws BadRow where there are some and none can be read
 */
export function normaliseBalances(value: unknown, path: string, reading: BalanceReading): readonly BalanceFacts[] {
  let bad: BadRow | null = null;
  const read: BalanceFacts[] = [];
  for (const [index, item] of listOf(value).entries()) {
    try {
      read.push(normaliseBalance(item, `${path}[${String(index)}]`, reading));
    } catch (error) {
      if (!(error instanceof BadRow)) throw error;
      bad ??= error;
    }
  }
  if (bad !== null && read.length === 0) throw bad;
  return read;
}

function normaliseBalance(value: unknown, path: string, { timeZone, debitsPositive }: BalanceReading): BalanceFacts {
  const row = rowOf(value);
  if (!row) throw new BadRow(path, "expected an object");
  const { amount, currency } = readMoney(row["balanceAmount"], `${path}.balanceAmount`);
  const named = textOf(row["name"]);
  return {
    type: TYPES[(textOf(row["balanceType"]) ?? "").toUpperCase()] ?? "OTHER",
    amount: debitsPositive ? negate(amount) : amount,
    currency,
    creditLimitIncluded: null,
    // The day may stand in the label only: "Solde comptable au 12/01/2017".
    referenceDate:
      readDay(row["referenceDate"], timeZone) ??
      readDay(row["lastChangeDateTime"], timeZone) ??
      readDay(/\b\d{2}[/.-]\d{2}[/.-]\d{4}\b/.exec(named ?? "")?.[0], timeZone),
  };
}
