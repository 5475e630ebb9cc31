import { absolute, isNegative, negate, parseCurrency, type Currency, type Decimal } from "../../domain/money.ts";
import type { TransactionFacts } from "../../domain/transaction.ts";
import { moneyOrNull, readDay, readDecimal, readMoney } from "../kit/values.ts";
import { BadRow, kindOf, listOf, meaningOf, rowOf, textOf, type Row } from "../kit/wire.ts";
import { counterpartyOf } from "./counterparty.ts";
import type { Profile } from "./profile.ts";
import { descriptionOf, remittanceOf, structuredReferenceOf, transactionCodeOf } from "./texts.ts";

export interface RowContext {
  readonly timeZone: string;
  /** Of the account itself. */
  readonly iban: string | null;
  readonly profile: Pick<Profile, "amounts" | "ids" | "dates" | "transactions">;
}

/**
 * One row of `transactions` (standards.md 6.4 and 7.3); null for what is no money that moved: rejected, or listed for information.
 * @throws BadRow naming the path for an amount, currency, indicator or booking date that cannot be read
 */
export function normaliseTransaction(value: unknown, context: RowContext): TransactionFacts | null {
  const row = rowOf(value);
  if (!row) throw new BadRow("", `expected an object, got ${kindOf(value)}`);
  const status = statusOf(row, context.profile.transactions);
  if (status === null) return null;
  const money = readMoney(row["transactionAmount"] ?? row["amount"], "transactionAmount");
  const amount = signedAmount(row, money.amount, context.profile.amounts.signRule);
  const out = isNegative(amount);
  const counterparty = counterpartyOf(row, out, context.iban);
  const remittance = remittanceOf(row);
  const { ids } = context.profile;
  return {
    status,
    amount,
    currency: money.currency,
    ...datesOf(row, status, context),
    description: descriptionOf(row, counterparty.counterpartyName, remittance, out),
    ...counterparty,
    remittance,
    structuredReference: structuredReferenceOf(row),
    bankTransactionCode: transactionCodeOf(row),
    merchantCategoryCode: meaningOf(row["merchantCategoryCode"]),
    endToEndId: meaningOf(row["endToEndId"]),
    mandateId: meaningOf(row["mandateId"]),
    ...exchangeOf(row, amount, money.currency),
    balanceAfterAmount: null,
    balanceAfterCurrency: null,
    bankTransactionId: ids.trustResourceId ? meaningOf(row["resourceId"]) : null,
    entryReference: ids.trustEntryReference ? meaningOf(row["entryReference"]) : null,
  };
}

/** By the status; an unknown one, or none, is booked where the bank gives a booking date. Null: no money moved. */
function statusOf(row: Row, { otherStatus, future }: Profile["transactions"]): TransactionFacts["status"] | null {
  switch (textOf(row["status"])?.toUpperCase()) {
    case "BOOK":
      return "BOOKED";
    case "PDNG":
      return "PENDING";
    case "OTHR":
      return otherStatus === "booked" ? "BOOKED" : "PENDING";
    case "FUTR":
      return future ? "PENDING" : null;
    case "RJCT":
    case "INFO":
      return null;
    default:
      return textOf(row["bookingDate"]) === null ? "PENDING" : "BOOKED";
  }
}

/** Positive = the holder has more. Banks print the size alone, or a minus beside DBIT: it must not be applied twice. */
function signedAmount(row: Row, amount: Decimal, rule: Profile["amounts"]["signRule"]): Decimal {
  if (rule === "signed") return amount;
  const said = textOf(row["creditDebitIndicator"]) ?? "";
  if (/^(?:DBIT|DEBIT|D)$/i.test(said)) return negate(absolute(amount));
  if (/^(?:CRDT|CREDIT|C)$/i.test(said)) return absolute(amount);
  // A minus says it alone; a plain size could be either, and a wrong sign is worse than a row set aside.
  if (isNegative(amount)) return amount;
  throw new BadRow("creditDebitIndicator", `expected CRDT or DBIT beside an amount, got ${kindOf(row["creditDebitIndicator"])}`);
}

type Dates = Pick<TransactionFacts, "bookingDate" | "valueDate" | "transactionDate">;

/** The booking date of a row that is not booked is the expected one (1.4.0 has no field of its own for it): never ours. */
function datesOf(row: Row, status: TransactionFacts["status"], { timeZone, profile }: RowContext): Dates {
  const said = readDay(row["bookingDate"], timeZone);
  const value = readDay(row["valueDate"], timeZone);
  const transactionDate = readDay(row["transactionDate"], timeZone);
  if (status === "PENDING") {
    const expected = readDay(row["expectedBookingDate"], timeZone) ?? said;
    return { bookingDate: null, valueDate: value ?? (transactionDate === null ? expected : null), transactionDate };
  }
  // A booked row without a readable day would fall on the day it was fetched: better looked at than misplaced.
  if (said === null && textOf(row["bookingDate"]) !== null) throw new BadRow("bookingDate", "expected a date or date-time");
  const booking = said ?? readDay(row["expectedBookingDate"], timeZone);
  const swap = profile.dates.swapBookingValue;
  return { bookingDate: swap ? (value ?? booking) : booking, valueDate: swap ? (booking ?? value) : value, transactionDate };
}

const EXCHANGES = ["instructedAmount", "transactionAmount", "counterValueAmount", "announcedPostingAmount", "proprietaryAmount"];

/** The side of an exchange that is not the account's own; its amount carries the sign of the booking. */
function exchangeOf(
  row: Row,
  amount: Decimal,
  currency: Currency,
): Pick<TransactionFacts, "exchangeAmount" | "exchangeCurrency" | "exchangeRate"> {
  const details = rowOf(row["transactionAmountDetails"]);
  const entries = EXCHANGES.flatMap((name) => listOf(details?.[name])).map(rowOf);
  for (const entry of entries) {
    const original = moneyOrNull(entry?.["amount"]);
    if (original === null || original.currency === currency) continue;
    const size = absolute(original.amount);
    return {
      exchangeAmount: isNegative(amount) ? negate(size) : size,
      exchangeCurrency: original.currency,
      exchangeRate: readDecimal(entry?.["exchangeRate"]),
    };
  }
  const rated = entries.find((entry) => readDecimal(entry?.["exchangeRate"]) !== null);
  const foreign = ["sourceCurrency", "targetCurrency", "unitCurrency"]
    .map((name) => parseCurrency(textOf(rated?.[name]) ?? ""))
    .find((code) => code !== null && code !== currency);
  // A rate of one within the account's own currency exchanges nothing.
  return { exchangeAmount: null, exchangeCurrency: foreign ?? null, exchangeRate: foreign ? readDecimal(rated?.["exchangeRate"]) : null };
}
