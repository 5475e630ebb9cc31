import { absolute, isNegative, negate, type Currency, type Decimal } from "../../domain/money.ts";
import { readMoney } from "../kit/values.ts";
import { BadRow, kindOf, rowOf, textOf, type Row } from "../kit/wire.ts";

export interface Money {
  readonly amount: Decimal;
  readonly currency: Currency;
}

/** `{Amount, Currency}`, as it stands. @throws BadRow below `path` */
export function moneyIn(value: unknown, path: string): Money {
  const row = rowOf(value);
  if (!row) throw new BadRow(path, value === undefined ? "missing" : `expected {Amount, Currency}, got ${kindOf(value)}`);
  return readMoney({ amount: either(row, "Amount", "amount"), currency: either(row, "Currency", "currency") }, path);
}

function either(row: Row, name: string, other: string): unknown {
  return name in row ? row[name] : row[other];
}

/** Null where there is none, or none that can be read. */
export function moneyOrNull(value: unknown): Money | null {
  try {
    return moneyIn(value, "");
  } catch {
    return null;
  }
}

/** True = out or owed. `Credit`, `CREDIT`, `CRDT` and the like. @throws BadRow for any other word */
export function isDebit(value: unknown, path: string): boolean {
  const word = textOf(value)?.toUpperCase() ?? "";
  if (/^(DEBIT|DBIT)$/.test(word)) return true;
  if (/^(CREDIT|CRDT)$/.test(word)) return false;
  throw new BadRow(path, value === undefined ? "missing" : "expected Credit or Debit");
}

/** The standard's amounts have no sign; a bank that prints the minus beside `Debit` does not mean it twice. */
export function signed(amount: Decimal, debit: boolean): Decimal {
  return debit && !isNegative(amount) ? negate(absolute(amount)) : amount;
}
