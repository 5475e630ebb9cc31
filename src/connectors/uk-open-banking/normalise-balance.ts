import type { BalanceFacts } from "../../domain/account.ts";
import { balanceType } from "../kit/balance-types.ts";
import { readDay } from "../kit/values.ts";
import { BadRow, flagOf, kindOf, listOf, rowOf, textOf } from "../kit/wire.ts";
import { isDebit, moneyIn, signed } from "./money.ts";

export interface BalanceReading {
  readonly timeZone: string;
  /** This account says Credit for debt. */
  readonly signsReversed: boolean;
}

/**
 * The readable ones of `Data.Balance`.
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

function normaliseBalance(value: unknown, path: string, { timeZone, signsReversed }: BalanceReading): BalanceFacts {
  const row = rowOf(value);
  if (!row) throw new BadRow(path, `expected an object, got ${kindOf(value)}`);
  const { amount, currency } = moneyIn(row["Amount"], `${path}.Amount`);
  const debit = isDebit(row["CreditDebitIndicator"], `${path}.CreditDebitIndicator`);
  const lines = listOf(row["CreditLine"]).map((line) => flagOf(rowOf(line)?.["Included"]));
  return {
    type: balanceType(textOf(row["Type"])),
    amount: signed(amount, debit !== signsReversed),
    currency,
    creditLimitIncluded: lines.length === 0 ? null : lines.includes(true),
    referenceDate: readDay(row["DateTime"], timeZone),
  };
}
