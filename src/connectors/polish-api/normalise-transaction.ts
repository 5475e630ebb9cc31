import { absolute, negate, parseCurrency, type Currency, type Decimal } from "../../domain/money.ts";
import type { TransactionFacts } from "../../domain/transaction.ts";
import { isHolder, NOBODY, type Counterparty } from "../kit/parties.ts";
import { readDay, readDecimal } from "../kit/values.ts";
import { BadRow, firstOf, kindOf, meaningOf, rowOf, textOf, type Row } from "../kit/wire.ts";
import type { AccountMemory } from "./account-memory.ts";
import { accountName, bareNumber } from "./account-number.ts";
import { partyName } from "./name-address.ts";

export interface RowContext {
  readonly status: "BOOKED" | "PENDING";
  /** A blocked amount: always money out. */
  readonly hold: boolean;
  readonly account: AccountMemory;
  /** Of the account, for rows that name none. */
  readonly currency: string | null;
  readonly timeZone: string;
  readonly trustItemId: boolean;
}

/**
 * One row of any list (standards.md 5.3 and 7.3).
 * @throws BadRow naming the path for an amount, currency, side or booking date that cannot be read
 */
export function normaliseTransaction(value: unknown, context: RowContext): TransactionFacts {
  const { status, timeZone } = context;
  const row = rowOf(value);
  if (!row) throw new BadRow("", `expected an object, got ${kindOf(value)}`);
  const currency = parseCurrency(firstOf(row["currency"], context.currency) ?? "");
  const size = readDecimal(row["amount"], currency ?? undefined);
  if (size === null) throw new BadRow("amount", `expected a decimal, got ${kindOf(row["amount"])}`);
  if (currency === null) throw new BadRow("currency", `expected an ISO 4217 code, got ${kindOf(row["currency"])}`);
  const out = isOut(row, size, context);
  const amount = out ? negate(absolute(size)) : absolute(size);
  const booking = readDay(row["bookingDate"], timeZone);
  // A booked row without a readable day would fall on the day it was fetched: better looked at than misplaced.
  if (booking === null && status === "BOOKED" && textOf(row["bookingDate"]) !== null) throw new BadRow("bookingDate", "expected a date");
  const counterparty = counterpartyOf(row, out, context.account);
  const text = textOf(row["description"]);
  const remittance = (text ?? "").split(/\r?\n/).map(meaningOf).filter((line) => line !== null); // prettier-ignore
  const after = balanceAfter(row, currency, context);
  return {
    status,
    amount,
    currency,
    bookingDate: booking,
    valueDate: null,
    transactionDate: readDay(row["tradeDate"], timeZone),
    description: firstOf(counterparty.counterpartyName, oneLine(text), row["transactionType"]) ?? (out ? "Payment" : "Receipt"),
    ...counterparty,
    remittance,
    structuredReference: null,
    bankTransactionCode: meaningOf(row["transactionType"]),
    merchantCategoryCode: meaningOf(row["mcc"]),
    endToEndId: null,
    mandateId: null,
    // Rates stand only in getTransactionDetail, at one call a row.
    exchangeAmount: null,
    exchangeCurrency: null,
    exchangeRate: null,
    balanceAfterAmount: after,
    balanceAfterCurrency: after === null ? null : currency,
    bankTransactionId: context.trustItemId ? meaningOf(row["itemId"]) : null,
    entryReference: null,
  };
}

/** The category decides, the amount has no sign. Without a category: a minus, else the side on which the account itself stands. */
function isOut(row: Row, size: Decimal, { hold, account }: RowContext): boolean {
  const category = textOf(row["transactionCategory"])?.toUpperCase() ?? "";
  if (/^(D|OBC|WN)/.test(category)) return true;
  if (/^(C|K|UZN|MA)/.test(category)) return false;
  if (hold || size.startsWith("-")) return true;
  const own = (side: "sender" | "recipient") =>
    account.number !== null && bareNumber(rowOf(row[side])?.["accountNumber"]) === account.number;
  if (own("sender") !== own("recipient")) return own("sender");
  throw new BadRow("transactionCategory", `expected CREDIT or DEBIT, got ${kindOf(row["transactionCategory"])}`);
}

/** The recipient where money left, the sender where it came; the other side where the bank fills only one, but never the holder. */
function counterpartyOf(row: Row, out: boolean, account: AccountMemory): Counterparty {
  for (const side of out ? (["recipient", "sender"] as const) : (["sender", "recipient"] as const)) {
    const party = partyOf(rowOf(row[side]));
    if (party !== null && !isOwn(row, side, account) && !isHolder(party, account)) return party;
  }
  return NOBODY;
}

function isOwn(row: Row, side: "sender" | "recipient", account: AccountMemory): boolean {
  return account.number !== null && bareNumber(rowOf(row[side])?.["accountNumber"]) === account.number;
}

function partyOf(side: Row | null): Counterparty | null {
  if (side === null) return null;
  const { iban, other, maskedPan } = accountName(firstOf(side["accountNumber"], side["accountMassPayment"]));
  const name = partyName(side["nameAddress"]);
  if (name === null && iban === null && other === null && maskedPan === null) return null;
  const bic = meaningOf(rowOf(side["bank"])?.["bicOrSwift"]);
  return {
    counterpartyName: name,
    counterpartyIban: iban,
    counterpartyAccount: iban === null ? (other ?? maskedPan) : null,
    counterpartyBic: bic,
  };
}

function balanceAfter(row: Row, currency: Currency, { account }: RowContext): Decimal | null {
  const amount = readDecimal(row["postTransactionBalance"], currency);
  return amount !== null && account.debt ? negate(amount) : amount;
}

function oneLine(text: string | null): string | null {
  return text === null ? null : text.replace(/\s+/g, " ").trim();
}
