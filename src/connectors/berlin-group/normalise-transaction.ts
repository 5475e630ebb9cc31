import { absolute, isNegative, negate, parseCurrency, type Currency, type Decimal } from "../../domain/money.ts";
import type { Day } from "../../domain/time.ts";
import type { TransactionFacts } from "../../domain/transaction.ts";
import type { AccountMemory, Reading } from "./account-memory.ts";
import { counterpartyOf, sideNamed } from "./counterparty.ts";
import type { Profile } from "./profile.ts";
import { descriptionOf, remittanceOf, structuredReferenceOf } from "./texts.ts";
import { moneyOrNull, readDay, readDecimal, readMoney } from "../kit/values.ts";
import { BadRow, firstOf, kindOf, listOf, meaningOf, rowOf, textOf, type Row } from "../kit/wire.ts";

export interface RowContext {
  readonly status: "PENDING" | "BOOKED";
  readonly reading: Reading;
  readonly account: AccountMemory;
  readonly profile: Pick<Profile, "amounts" | "ids" | "dates">;
}

/**
 * One row of a transaction or card transaction list (standards.md 3.6 and 7.3).
 * @throws BadRow naming the path for an amount, currency or booking date that cannot be read
 */
export function normaliseTransaction(value: unknown, context: RowContext): TransactionFacts {
  const { status, reading, profile } = context;
  const wire = rowOf(value);
  if (!wire) throw new BadRow("", `expected an object, got ${kindOf(value)}`);
  const row = withSinglePart(wire);
  const money = readMoney(row["transactionAmount"] ?? row["amount"], "transactionAmount");
  const amount = signedAmount(row, money.amount, context);
  const counterparty = counterpartyOf(row, isNegative(amount), context.account);
  const remittance = remittanceOf(row);
  const after = balanceAfter(row, reading);
  return {
    status,
    amount,
    currency: money.currency,
    ...datesOf(row, context),
    description: descriptionOf(row, counterparty.counterpartyName, remittance, isNegative(amount)),
    ...counterparty,
    remittance,
    structuredReference: structuredReferenceOf(row),
    bankTransactionCode: firstOf(row["bankTransactionCode"], row["proprietaryBankTransactionCode"]),
    merchantCategoryCode: meaningOf(row["merchantCategoryCode"]),
    endToEndId: meaningOf(row["endToEndId"]),
    mandateId: meaningOf(row["mandateId"]),
    ...exchangeOf(row, amount, money.currency),
    balanceAfterAmount: after?.amount ?? null,
    balanceAfterCurrency: after?.currency ?? null,
    bankTransactionId: profile.ids.trustTransactionId ? firstOf(row["transactionId"], row["cardTransactionId"]) : null,
    entryReference: profile.ids.trustEntryReference ? meaningOf(row["entryReference"]) : null,
  };
}

/** A booking with one part says in the part what it leaves out itself; a batch stays as it is. */
function withSinglePart(row: Row): Row {
  const parts = listOf(row["entryDetails"]);
  const part = parts.length === 1 ? rowOf(parts[0]) : null;
  if (!part) return row;
  const inner = { ...part, ...rowOf(part["transactionDetails"]) };
  const said = Object.fromEntries(Object.entries(row).filter(([, value]) => textOf(value) !== null || typeof value !== "string"));
  return { ...inner, ...said };
}

/** Positive = the holder has more. */
function signedAmount(row: Row, amount: Decimal, { reading, profile }: RowContext): Decimal {
  switch (profile.amounts.signRule) {
    case "signed":
      return reading.debitsPositive ? negate(amount) : amount;
    case "inverted":
      return negate(amount);
    case "counterparty": {
      if (isNegative(amount)) return amount;
      return sideNamed(row) === "creditor" ? negate(absolute(amount)) : amount;
    }
  }
}

function datesOf(row: Row, context: RowContext): Pick<TransactionFacts, "bookingDate" | "valueDate" | "transactionDate"> {
  const { timeZone } = context.reading;
  const booking = readDay(row["bookingDate"], timeZone);
  const value = readDay(row["valueDate"] ?? row["valueDateTime"], timeZone);
  // A booked row without a readable day would fall on the day it was fetched: better looked at than misplaced.
  if (booking === null && context.status === "BOOKED" && textOf(row["bookingDate"]) !== null)
    throw new BadRow("bookingDate", "expected a date YYYY-MM-DD");
  const swap = context.profile.dates.swapBookingValue;
  return {
    bookingDate: swap ? (value ?? booking) : booking,
    valueDate: swap ? (booking ?? value) : value,
    transactionDate: purchaseDay(row, timeZone),
  };
}

function purchaseDay(row: Row, zone: string): Day | null {
  return readDay(row["transactionDate"], zone) ?? readDay(row["acceptorTransactionDateTime"], zone);
}

function balanceAfter(row: Row, { debitsPositive }: Reading): { readonly amount: Decimal; readonly currency: Currency } | null {
  const balance = rowOf(row["balanceAfterTransaction"]);
  const money = moneyOrNull(balance?.["balanceAmount"] ?? balance);
  return money !== null && debitsPositive ? { ...money, amount: negate(money.amount) } : money;
}

/** The side of an exchange that is not the account's own; its amount carries the sign of the booking. */
function exchangeOf(
  row: Row,
  amount: Decimal,
  currency: Currency,
): Pick<TransactionFacts, "exchangeAmount" | "exchangeCurrency" | "exchangeRate"> {
  const exchange = rowOf(listOf(row["currencyExchange"] ?? row["exchangeRate"])[0]);
  const original = moneyOrNull(row["originalAmount"]) ?? moneyOrNull(exchange?.["instructedAmount"]);
  const foreign = original !== null && original.currency !== currency ? original : null;
  const named = ["sourceCurrency", "targetCurrency", "currencyFrom", "currencyTo"]
    .map((key) => parseCurrency(textOf(exchange?.[key]) ?? ""))
    .find((code) => code !== null && code !== currency);
  const size = foreign === null ? null : absolute(foreign.amount);
  return {
    exchangeAmount: size !== null && isNegative(amount) ? negate(size) : size,
    exchangeCurrency: foreign?.currency ?? named ?? null,
    exchangeRate: readDecimal(exchange?.["exchangeRate"] ?? exchange?.["rateFrom"] ?? exchange?.["rate"]),
  };
}
