import { utcDate } from "../ledger/calendar.ts";
import type { LedgerAccount, LedgerTransaction, Party, StandingOrder } from "../ledger/model.ts";
import type { Settings } from "./options.ts";
import { wireAmount, wireDay, wireRate } from "./wire-values.ts";

export type WireStatus = "BOOK" | "PDNG" | "OTHR" | "FUTR";

type Shape = Pick<Settings, "version" | "timeZone" | "signedAmounts">;

/** `day`: the booking day, or the one that is expected where the status is not BOOK. */
export function wireTransaction(
  row: LedgerTransaction,
  account: LedgerAccount,
  { status, day }: { readonly status: WireStatus; readonly day: string },
  shape: Shape,
): Record<string, unknown> {
  const { version, timeZone } = shape;
  const date = (value: string): string => wireDay(value, version, timeZone);
  const old = version === "1.4.0";
  // 1.4.0 knows no expected date, and demands a booking date of every row.
  const booked = status === "BOOK" || old;
  return {
    resourceId: row.id,
    ...(status === "PDNG" ? {} : { entryReference: row.reference }),
    ...amountFields(row.amount, account.currency, shape),
    ...(old || row.exchange === undefined
      ? {}
      : { transactionAmountDetails: { instructedAmount: exchangeFields(row.exchange, account.currency, shape) } }),
    status,
    ...(version === "1.5" && row.endToEndId !== undefined && row.endToEndId !== "NOTPROVIDED" ? { endToEndId: row.endToEndId } : {}),
    [booked ? "bookingDate" : "expectedBookingDate"]: date(day),
    valueDate: date(row.valueDate),
    ...(row.card === undefined ? {} : { transactionDate: date(utcDate(row.enteredAt)) }),
    ...(old ? {} : { bankTransactionCode: codeFields(row), ...partyFields(row) }),
    remittanceInformation: old ? row.remittance : remittanceFields(row),
    ...(!old && row.card !== undefined ? { additionalTransactionInformation: `CARTE ${row.card.maskedPan} ${row.card.town}` } : {}),
    ...(version === "1.5" && row.card !== undefined ? { merchantCategoryCode: row.card.merchantCategory } : {}),
  };
}

/** A standing order's next payment (1.5). */
export function wireFuture(order: StandingOrder, account: LedgerAccount, day: string, shape: Shape): Record<string, unknown> {
  const date = (value: string): string => wireDay(value, shape.version, shape.timeZone);
  return {
    resourceId: order.id,
    ...amountFields(order.amount, account.currency, shape),
    status: "FUTR",
    expectedBookingDate: date(day),
    relatedParties: { creditor: { name: order.party.name } },
    remittanceInformation: { unstructured: [order.remittance] },
    standingOrderCharacteristics: { startDate: date(order.startDate), executionRule: "FWNG", frequency: "MNTH" },
  };
}

/** The size and the direction; some banks print the minus too. */
function amountFields(amount: bigint, currency: string, { version, signedAmounts }: Shape): Record<string, unknown> {
  const printed = amount < 0n && !signedAmounts ? -amount : amount;
  return { transactionAmount: wireAmount(printed, currency, version), creditDebitIndicator: amount < 0n ? "DBIT" : "CRDT" };
}

function exchangeFields(
  { currency, amount, rate, quotationDate }: NonNullable<LedgerTransaction["exchange"]>,
  own: string,
  { version, timeZone }: Shape,
) {
  return {
    amount: wireAmount(amount, currency, version),
    sourceCurrency: currency,
    targetCurrency: own,
    unitCurrency: own,
    exchangeRate: wireRate(rate),
    quotationDate: version === "1.5" ? quotationDate : wireDay(quotationDate, version, timeZone),
  };
}

function codeFields({ code, proprietaryCode }: LedgerTransaction): Record<string, string> {
  const [domain = "", family = "", subFamily = ""] = code.split("-");
  return { domain, family, subFamily, ...(proprietaryCode === undefined ? {} : { code: proprietaryCode, issuer: "SANDBOX" }) };
}

function partyFields(row: LedgerTransaction): Record<string, unknown> {
  if (row.party === undefined) return {};
  return { relatedParties: sideFields(row.amount < 0n ? "creditor" : "debtor", row.party) };
}

function sideFields(side: "creditor" | "debtor", { name, iban, bic }: Party): Record<string, unknown> {
  return {
    [side]: { name },
    ...(iban === undefined ? {} : { [`${side}Account`]: { iban } }),
    ...(bic === undefined ? {} : { [`${side}Agent`]: { bicFi: bic } }),
  };
}

function remittanceFields({ remittance, structuredReference }: LedgerTransaction): Record<string, unknown> {
  return {
    unstructured: remittance,
    ...(structuredReference === undefined
      ? {}
      : { structured: [{ creditorReferenceInformation: { type: { code: "SCOR" }, reference: structuredReference } }] }),
  };
}
