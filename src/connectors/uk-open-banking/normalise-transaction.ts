import { absolute, isNegative, negate, parseCurrency, type Currency, type Decimal } from "../../domain/money.ts";
import { dayIn, type Instant } from "../../domain/time.ts";
import type { TransactionFacts } from "../../domain/transaction.ts";
import { familyName } from "../kit/code-families.ts";
import { readDecimal } from "../kit/values.ts";
import { BadRow, firstOf, kindOf, listOf, meaningOf, rowOf, textOf, type Row } from "../kit/wire.ts";
import type { AccountMemory } from "./account-memory.ts";
import { counterpartyOf } from "./counterparty.ts";
import { dayOf } from "./days.ts";
import { isDebit, moneyIn, moneyOrNull, signed } from "./money.ts";
import type { Profile } from "./profile.ts";

export interface RowContext {
  readonly account: AccountMemory;
  readonly timeZone: string;
  readonly now: Instant;
  readonly profile: Pick<Profile, "amounts" | "ids">;
}

/** Rejected rows moved no money; future and information rows of 4.0 have not moved any yet. Null = not for the hub. */
const STATUSES: Readonly<Record<string, TransactionFacts["status"] | null>> = {
  BOOKED: "BOOKED",
  BOOK: "BOOKED",
  PENDING: "PENDING",
  PDNG: "PENDING",
  REJECTED: null,
  RJCT: null,
  FUTR: null,
  INFO: null,
};

/**
 * One row of `Data.Transaction`; null for one that is no booked or pending transaction.
 * @throws BadRow naming the path for an amount, indicator, status or booking date that cannot be read
 */
export function normaliseTransaction(value: unknown, context: RowContext): TransactionFacts | null {
  const row = rowOf(value);
  if (!row) throw new BadRow("", `expected an object, got ${kindOf(value)}`);
  const said = STATUSES[(textOf(row["Status"]) ?? "").toUpperCase()];
  if (said === null) return null;
  const money = moneyIn(row["Amount"], "Amount");
  const amount = signedAmount(row, money.amount, context);
  if (said === undefined) throw new BadRow("Status", `expected Booked or Pending, got ${kindOf(row["Status"])}`);
  const { ids } = context.profile;
  const counterparty = counterpartyOf(row, isNegative(amount), context.account);
  const remittance = linesOf(row["TransactionInformation"]);
  const reference = meaningOf(row["TransactionReference"]);
  const code = codeOf(row);
  const after = balanceAfter(row, context);
  const known = firstOf(counterparty.counterpartyName, remittance.join(" "), listOf(row["AddressLine"])[0], reference, code.said);
  return {
    status: said,
    amount,
    currency: money.currency,
    ...datesOf(row, said, context),
    description: known?.replace(/\s+/g, " ").trim() ?? (isNegative(amount) ? "Payment" : "Receipt"),
    ...counterparty,
    remittance,
    structuredReference: null,
    bankTransactionCode: code.code,
    merchantCategoryCode: meaningOf(rowOf(row["MerchantDetails"])?.["MerchantCategoryCode"]),
    endToEndId: null,
    mandateId: null,
    ...exchangeOf(row, amount, money.currency),
    balanceAfterAmount: after?.amount ?? null,
    balanceAfterCurrency: after?.currency ?? null,
    bankTransactionId: ids.trustTransactionId ? meaningOf(row["TransactionId"]) : null,
    entryReference: ids.trustTransactionReference ? reference : null,
  };
}

/** Positive = the holder has more. A minus beside `Credit` says two things: nobody may guess which is meant. */
function signedAmount(row: Row, amount: Decimal, context: RowContext): Decimal {
  const debit = isDebit(row["CreditDebitIndicator"], "CreditDebitIndicator");
  if (!debit && isNegative(amount)) throw new BadRow("Amount.Amount", "a minus beside Credit");
  return signed(absolute(amount), debit !== reversed(context));
}

function reversed({ account, profile }: RowContext): boolean {
  return account.card && profile.amounts.cardSignsReversed;
}

function datesOf(
  row: Row,
  status: TransactionFacts["status"],
  { timeZone, now }: RowContext,
): Pick<TransactionFacts, "bookingDate" | "valueDate" | "transactionDate"> {
  const booking = dayOf(row["BookingDateTime"], timeZone);
  const valueDate = dayOf(row["ValueDateTime"], timeZone);
  if (status === "BOOKED") {
    // A booked row without a readable day would fall on the day it was fetched: better looked at than misplaced.
    if (booking === null && (valueDate === null || textOf(row["BookingDateTime"]) !== null))
      throw new BadRow("BookingDateTime", `expected an ISO 8601 date-time, got ${kindOf(row["BookingDateTime"])}`);
    return { bookingDate: booking, valueDate, transactionDate: null };
  }
  // A pending row prints when it happened or, at some banks, when it is going to be booked.
  const happened = booking !== null && booking <= dayIn(timeZone, now) ? booking : null;
  return { bookingDate: null, valueDate, transactionDate: happened };
}

function linesOf(value: unknown): readonly string[] {
  return listOf(value)
    .flatMap((item) => (textOf(item) ?? "").split(/<br\s*\/?>|\r?\n/i))
    .map(meaningOf)
    .filter((line) => line !== null);
}

/** ISO names in 3.1 (`ReceivedCreditTransfers`, `DomesticCreditTransfer`), codes in 4.0; the bank's own where there is neither. */
function codeOf(row: Row): { readonly code: string | null; readonly said: string | null } {
  const iso = rowOf(row["BankTransactionCode"]);
  const parts = [meaningOf(iso?.["Code"]), meaningOf(iso?.["SubCode"])].filter((part) => part !== null);
  const own = meaningOf(rowOf(row["ProprietaryBankTransactionCode"])?.["Code"]);
  const [first, second] = parts;
  const families = [first, second].map((part) => familyName(`PMNT-${part ?? ""}`)).find((family) => family !== null) ?? null;
  const spelt = first !== undefined && /[a-z][A-Z]/.test(first) ? first.replace(/([a-z])(?=[A-Z])/g, "$1 ") : null;
  return { code: parts.length > 0 ? parts.join("-") : own, said: families ?? spelt ?? own ?? first ?? null };
}

function balanceAfter(row: Row, context: RowContext): { readonly amount: Decimal; readonly currency: Currency } | null {
  const balance = rowOf(row["Balance"]);
  const money = moneyOrNull(balance?.["Amount"]);
  if (!balance || money === null) return null;
  try {
    return { ...money, amount: signed(money.amount, isDebit(balance["CreditDebitIndicator"], "") !== reversed(context)) };
  } catch {
    return null;
  }
}

/** The side of an exchange that is not the account's own; its amount carries the sign of the booking. */
function exchangeOf(
  row: Row,
  amount: Decimal,
  currency: Currency,
): Pick<TransactionFacts, "exchangeAmount" | "exchangeCurrency" | "exchangeRate"> {
  const exchange = rowOf(listOf(row["CurrencyExchange"])[0]);
  const original = moneyOrNull(exchange?.["InstructedAmount"]);
  const foreign = original !== null && original.currency !== currency ? original : null;
  const named = ["SourceCurrency", "TargetCurrency"]
    .map((key) => parseCurrency(textOf(exchange?.[key]) ?? ""))
    .find((code) => code !== null && code !== currency);
  const size = foreign === null ? null : absolute(foreign.amount);
  return {
    exchangeAmount: size !== null && isNegative(amount) ? negate(size) : size,
    exchangeCurrency: foreign?.currency ?? named ?? null,
    exchangeRate: readDecimal(exchange?.["ExchangeRate"]),
  };
}
