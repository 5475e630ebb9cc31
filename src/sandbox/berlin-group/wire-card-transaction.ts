import { utcDate } from "../ledger/calendar.ts";
import type { LedgerAccount, LedgerTransaction } from "../ledger/model.ts";
import { cardSign, wireAmount } from "./wire-balance.ts";
import { exchangeFields } from "./wire-transaction.ts";

/** A purchase or payment on a card account (`cardTransaction`). With `debitAccounting` purchases are printed positive. */
export function wireCardTransaction(
  row: LedgerTransaction,
  account: LedgerAccount,
  options: { readonly bookingDate: string | undefined; readonly debitAccounting: boolean },
): Record<string, unknown> {
  const merchant = row.party?.name;
  return {
    cardTransactionId: row.id,
    transactionDate: utcDate(row.enteredAt),
    acceptorTransactionDateTime: new Date(row.enteredAt).toISOString(),
    ...(options.bookingDate === undefined ? {} : { bookingDate: options.bookingDate }),
    transactionAmount: wireAmount(cardSign(row.amount, options.debitAccounting), account.currency),
    ...(row.exchange === undefined
      ? {}
      : {
          currencyExchange: [exchangeFields(row.exchange, account.currency)],
          originalAmount: wireAmount(row.exchange.amount, row.exchange.currency),
        }),
    ...(merchant === undefined ? {} : { cardAcceptorId: merchant.slice(0, 35) }),
    ...(row.card === undefined
      ? {}
      : { cardAcceptorAddress: { townName: row.card.town, country: row.card.country }, merchantCategoryCode: row.card.merchantCategory }),
    maskedPAN: account.maskedPan,
    transactionDetails: row.remittance.join(" "),
    invoiced: false,
    ...(row.proprietaryCode === undefined ? {} : { proprietaryBankTransactionCode: row.proprietaryCode }),
  };
}
