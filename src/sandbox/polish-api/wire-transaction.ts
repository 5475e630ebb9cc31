import type { BookedEntry } from "../ledger/account-book.ts";
import { localDate } from "../ledger/calendar.ts";
import type { LedgerAccount, LedgerTransaction, Party, StandingOrder } from "../ledger/model.ts";
import type { Settings } from "./options.ts";
import { twoDecimals, wrapped } from "./wire-account.ts";

const printed = new WeakMap<BookedEntry, { readonly number: string; readonly text: string }>();

/** TransactionInfo of a booked entry as JSON text; kept, because entries do not change. */
export function doneJson(entry: BookedEntry, account: LedgerAccount, number: string, settings: Settings): string {
  const kept = printed.get(entry);
  if (kept?.number === number) return kept.text;
  const text = JSON.stringify(wireDone(entry, account, number, settings));
  printed.set(entry, { number, text });
  return text;
}

function wireDone(
  { transaction, bookingDate, balanceAfter }: BookedEntry,
  account: LedgerAccount,
  number: string,
  settings: Settings,
): object {
  return {
    ...wireBase(transaction, account),
    transactionCategory: transaction.amount < 0n ? "DEBIT" : "CREDIT",
    transactionStatus: { code: "DONE", description: "booked" },
    ...sides(transaction, account, number, settings),
    bookingDate: `${bookingDate}T00:00:00.000Z`,
    postTransactionBalance: twoDecimals(balanceAfter, account.currency),
  };
}

/** Pending, rejected and cancelled rows have one shape. */
export function wireUnbooked(row: LedgerTransaction, account: LedgerAccount, number: string, settings: Settings): object {
  return { ...wireBase(row, account), transactionCategory: row.amount < 0n ? "DEBIT" : "CREDIT", ...sides(row, account, number, settings) };
}

/** HoldInfo: no category, and an id of its own. */
export function wireHold(row: LedgerTransaction, account: LedgerAccount, number: string, settings: Settings): object {
  const holdExpirationDate = new Date(row.bookedAt + 7 * 86_400_000).toISOString();
  return { ...wireBase(row, account), itemId: `H-${row.id}`, holdExpirationDate, ...sides(row, account, number, settings) };
}

/** The next execution of a standing order. */
export function wireScheduled(
  order: StandingOrder,
  account: LedgerAccount,
  number: string,
  now: { readonly at: number; readonly settings: Settings },
) {
  const { id, amount, party, remittance, dayOfMonth } = order;
  const today = localDate(now.at, now.settings.timeZone);
  const [year = 0, month = 1, day = 1] = today.split("-").map(Number);
  const next = new Date(Date.UTC(year, month - 1 + (day < dayOfMonth ? 0 : 1), dayOfMonth)).toISOString();
  const row = { amount, party };
  return {
    id,
    amount,
    tradeDay: next.slice(0, 10),
    bookingDay: undefined,
    print: () =>
      JSON.stringify({
        itemId: id,
        amount: unsigned(amount, account.currency),
        currency: account.currency,
        description: remittance.slice(0, 140),
        transactionType: "ZLECENIE STALE",
        tradeDate: next,
        transactionCategory: amount < 0n ? "DEBIT" : "CREDIT",
        ...sides(row, account, number, now.settings),
      }),
  };
}

/** TransactionDetailResponse: the row, and what only its details say. */
export function wireDetail(entry: BookedEntry, account: LedgerAccount, number: string, settings: Settings): object {
  const { exchange, card } = entry.transaction;
  const rate = exchange && {
    transactionRate: [{ rate: Number(exchange.rate), fromCurrency: account.currency, toCurrency: exchange.currency }],
    currencyDate: `${exchange.quotationDate}T00:00:00.000Z`,
    baseCurrency: exchange.currency,
    amountBaseCurrency: unsigned(exchange.amount, exchange.currency),
  };
  return { baseInfo: wireDone(entry, account, number, settings), ...rate, ...(card ? { cardInfo: { cardNumber: card.maskedPan } } : {}) };
}

function wireBase(row: LedgerTransaction, { currency }: LedgerAccount): object {
  const description = row.remittance.join(" ").slice(0, 140);
  return {
    itemId: row.id,
    amount: unsigned(row.amount, currency),
    currency,
    ...(description === "" ? {} : { description }),
    transactionType: row.card ? "PLATNOSC KARTA" : "PRZELEW",
    tradeDate: new Date(row.enteredAt).toISOString(),
    ...(row.card ? { mcc: row.card.merchantCategory } : {}),
  };
}

function unsigned(amount: bigint, currency: string): string {
  return twoDecimals(amount < 0n ? -amount : amount, currency);
}

/** Sender and recipient; the account itself stands on one side, with its number and its first holder. */
function sides(
  { amount, party }: { readonly amount: bigint; readonly party?: Party },
  account: LedgerAccount,
  number: string,
  settings: Settings,
): object {
  const own = { accountNumber: number, nameAddress: { value: wrapped(account.owners[0]?.name ?? settings.name, settings) } };
  const other = party && {
    ...(party.iban === undefined ? {} : { accountNumber: party.iban }),
    ...(party.bic === undefined ? {} : { bank: { bicOrSwift: party.bic } }),
    nameAddress: { value: wrapped(party.name, settings) },
  };
  const [sender, recipient] = amount < 0n ? [own, other] : [other, own];
  return { ...(sender ? { sender } : {}), ...(recipient ? { recipient } : {}) };
}
