import type { BookedEntry } from "../ledger/account-book.ts";
import { utcDate } from "../ledger/calendar.ts";
import type { LedgerAccount, LedgerTransaction, Party, StandingOrder } from "../ledger/model.ts";
import { wireAmount } from "./wire-balance.ts";

const printed = new WeakMap<BookedEntry, string>();

/** A booked entry as JSON text. Kept, because it never changes: a page is these texts joined. */
export function bookedJson(entry: BookedEntry, account: LedgerAccount): string {
  let text = printed.get(entry);
  if (text === undefined) {
    text = JSON.stringify(wireBooked(entry, account));
    printed.set(entry, text);
  }
  return text;
}

export function wireBooked({ transaction, bookingDate, balanceAfter }: BookedEntry, account: LedgerAccount): Record<string, unknown> {
  return {
    transactionId: transaction.id,
    entryReference: transaction.reference,
    bookingDate,
    ...common(transaction, account),
    balanceAfterTransaction: { balanceAmount: wireAmount(balanceAfter, account.currency), balanceType: "interimBooked" },
  };
}

/** Pending: no entry reference and no booking date yet; the value date is the expected one. */
export function wirePending(transaction: LedgerTransaction, account: LedgerAccount): Record<string, unknown> {
  return { transactionId: transaction.id, ...common(transaction, account) };
}

/** A standing order, the only thing that bookingStatus `information` lists. */
export function wireStandingOrder(order: StandingOrder, account: LedgerAccount): Record<string, unknown> {
  return {
    transactionId: order.id,
    transactionAmount: wireAmount(order.amount, account.currency),
    ...partyFields("creditor", order.party),
    remittanceInformationUnstructured: order.remittance,
    bankTransactionCode: "PMNT-ICDT-STDO",
    additionalInformationStructured: {
      standingOrderDetails: { startDate: order.startDate, frequency: "Monthly", dayOfExecution: String(order.dayOfMonth) },
    },
  };
}

function common(row: LedgerTransaction, account: LedgerAccount): Record<string, unknown> {
  return {
    valueDate: row.valueDate,
    transactionAmount: wireAmount(row.amount, account.currency),
    ...(row.endToEndId === undefined ? {} : { endToEndId: row.endToEndId }),
    ...(row.mandateId === undefined ? {} : { mandateId: row.mandateId }),
    ...(row.creditorId === undefined ? {} : { creditorId: row.creditorId }),
    ...(row.exchange === undefined ? {} : { currencyExchange: [exchangeFields(row.exchange, account.currency)] }),
    ...(row.party === undefined ? {} : partyFields(row.amount < 0n ? "creditor" : "debtor", row.party)),
    ...remittanceFields(row),
    ...(row.card === undefined ? {} : { additionalInformation: `Karte ${row.card.maskedPan} am ${utcDate(row.enteredAt)}` }),
    ...(row.purpose === undefined ? {} : { purposeCode: row.purpose }),
    bankTransactionCode: row.code,
    ...(row.proprietaryCode === undefined ? {} : { proprietaryBankTransactionCode: row.proprietaryCode }),
  };
}

export function exchangeFields(exchange: NonNullable<LedgerTransaction["exchange"]>, currency: string): Record<string, string> {
  return {
    sourceCurrency: exchange.currency,
    exchangeRate: exchange.rate,
    unitCurrency: currency,
    targetCurrency: currency,
    quotationDate: exchange.quotationDate,
  };
}

function partyFields(side: "creditor" | "debtor", party: Party): Record<string, unknown> {
  return {
    [`${side}Name`]: party.name,
    ...(party.iban === undefined ? {} : { [`${side}Account`]: { iban: party.iban } }),
    ...(party.bic === undefined ? {} : { [`${side}Agent`]: party.bic }),
  };
}

function remittanceFields(row: LedgerTransaction): Record<string, unknown> {
  const structured =
    row.structuredReference === undefined
      ? {}
      : { remittanceInformationStructured: { reference: row.structuredReference, referenceType: "SCOR" } };
  if (row.remittance.length > 1) return { remittanceInformationUnstructuredArray: row.remittance, ...structured };
  return row.remittance[0] === undefined ? structured : { remittanceInformationUnstructured: row.remittance[0], ...structured };
}
