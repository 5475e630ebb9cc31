import { absolute, isNegative, negate, parseCurrency, type Currency, type Decimal } from "../../domain/money.ts";
import type { Day } from "../../domain/time.ts";
import type { TransactionFacts } from "../../domain/transaction.ts";
import type { AccountMemory, Reading } from "./account-memory.ts";
import { foundIn } from "../kit/field-patterns.ts";
import type { Counterparty } from "../kit/parties.ts";
import { counterpartyOf, sideNamed } from "./counterparty.ts";
import type { Profile } from "./profile.ts";
import { descriptionOf, remittanceOf, structuredReferenceOf, withCleanTexts } from "./texts.ts";
import { moneyOrNull, readDay, readDecimal, readMoney } from "../kit/values.ts";
import { BadRow, firstOf, kindOf, listOf, meaningOf, rowOf, textOf, type Row } from "../kit/wire.ts";

export interface RowContext {
  readonly status: "PENDING" | "BOOKED";
  readonly reading: Reading;
  readonly account: AccountMemory;
  /** The account's own, for amounts that a bank prints without one. */
  readonly currency: string | null;
  readonly profile: Pick<Profile, "amounts" | "ids" | "dates" | "text">;
}

/**
 * One row of a transaction or card transaction list (standards.md 3.6 and 7.3).
 * @throws BadRow naming the path for an amount, currency or booking date that cannot be read
 */
export function normaliseTransaction(value: unknown, context: RowContext): TransactionFacts {
  const { status, reading, profile } = context;
  const wire = rowOf(value);
  if (!wire) throw new BadRow("", `expected an object, got ${kindOf(value)}`);
  const row = withBilledAmount(withCleanTexts(withSinglePart(wire), profile.text.cleaners), context);
  const money = readMoney(row["transactionAmount"] ?? row["amount"], "transactionAmount");
  const amount = signedAmount(row, money.amount, context);
  const counterparty = named(counterpartyOf(row, isNegative(amount), context.account), row, profile);
  const remittance = remittanceOf(row, profile.text.remittanceFields);
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
    bankTransactionId: profile.ids.trustTransactionId ? wellFormed(firstOf(row["transactionId"], row["cardTransactionId"]), profile) : null,
    entryReference: profile.ids.trustEntryReference ? wellFormed(meaningOf(row["entryReference"]), profile) : null,
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

function wellFormed(id: string | null, { ids }: Pick<Profile, "ids">): string | null {
  return id !== null && ids.wellFormed !== null && !new RegExp(ids.wellFormed).test(id) ? null : id;
}

/** A name that stands in a text only, as the profile says. */
function named(counterparty: Counterparty, row: Row, { text }: Pick<Profile, "text">): Counterparty {
  if (counterparty.counterpartyName !== null) return counterparty;
  return { ...counterparty, counterpartyName: meaningOf(foundIn(row, text.counterpartyFrom)?.[1]) };
}

/** At banks that print the foreign amount, the booked one stands in a text: it takes its place, with the same sign. */
function withBilledAmount(row: Row, { profile, currency }: RowContext): Row {
  const billed = foundIn(row, profile.amounts.billedFrom)?.groups;
  const printed = rowOf(row["transactionAmount"]);
  if (!billed || !printed) return row;
  const amount = readDecimal(billed["amount"]);
  const out = isNegative(readDecimal(printed["amount"]) ?? "0");
  const booked = { amount: amount === null ? billed["amount"] : out ? negate(absolute(amount)) : absolute(amount) };
  return { ...row, originalAmount: printed, transactionAmount: { ...booked, currency: billed["currency"] ?? currency } };
}

/** Positive = the holder has more. */
function signedAmount(row: Row, amount: Decimal, { reading, profile }: RowContext): Decimal {
  if (foundIn(row, profile.amounts.outWhere)) return negate(absolute(amount));
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
  const { bookingOrder, swapBookingValue: swap, purchaseDayFrom } = context.profile.dates;
  const stated = readDay(row["bookingDate"], timeZone);
  const inOrder = bookingOrder.map((field) => readDay(row[field], timeZone)).find((day) => day !== null);
  const booking = context.status === "BOOKED" ? (inOrder ?? stated) : stated;
  const value = readDay(row["valueDate"] ?? row["valueDateTime"], timeZone);
  // A booked row without a readable day would fall on the day it was fetched: better looked at than misplaced.
  if (stated === null && context.status === "BOOKED" && textOf(row["bookingDate"]) !== null)
    throw new BadRow("bookingDate", "expected a date YYYY-MM-DD");
  return {
    bookingDate: swap ? (value ?? booking) : booking,
    valueDate: swap ? (booking ?? value) : value,
    transactionDate: purchaseDay(row, timeZone) ?? readDay(foundIn(row, purchaseDayFrom)?.[1], timeZone),
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
