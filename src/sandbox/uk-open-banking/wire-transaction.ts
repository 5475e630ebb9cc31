import type { BookedEntry } from "../ledger/account-book.ts";
import type { LedgerAccount, LedgerTransaction, Party } from "../ledger/model.ts";
import { accountIdOf } from "./account-gate.ts";
import { dateTime } from "./context.ts";
import type { ApiVersion } from "./options.ts";
import { indicator, wireAmount } from "./wire-amount.ts";
import { bankTransactionCode, wordsOf } from "./words.ts";

/** What the consent lets through: Basic hides texts and parties. */
export interface Printing {
  readonly account: LedgerAccount;
  readonly version: ApiVersion;
  readonly detail: boolean;
  readonly balance: boolean;
}

/** OBTransaction6 of a booked entry; it never changes any more. */
export function wireBooked({ transaction, balanceAfter }: BookedEntry, printing: Printing): Record<string, unknown> {
  const { account, version } = printing;
  const type = wordsOf(version).balance.booked;
  return {
    ...common(transaction, printing),
    Status: wordsOf(version).booked,
    TransactionMutability: "Immutable",
    BookingDateTime: dateTime(transaction.bookedAt),
    ValueDateTime: `${transaction.valueDate}T00:00:00+00:00`,
    ...(printing.balance
      ? {
          Balance: { CreditDebitIndicator: indicator(balanceAfter), Type: type, Amount: wireAmount(balanceAfter, account.currency) },
        }
      : {}),
  };
}

/** Pending: when it was entered, no reference yet. */
export function wirePending(transaction: LedgerTransaction, printing: Printing): Record<string, unknown> {
  const { TransactionReference: _later, ...row } = common(transaction, printing);
  return { ...row, Status: wordsOf(printing.version).pending, BookingDateTime: dateTime(transaction.enteredAt) };
}

function common(row: LedgerTransaction, { account, version, detail }: Printing): Record<string, unknown> {
  const text = row.remittance.join(" ").slice(0, 500);
  return {
    AccountId: accountIdOf(account.id),
    TransactionId: row.id,
    TransactionReference: row.reference,
    CreditDebitIndicator: indicator(row.amount),
    Amount: wireAmount(row.amount, account.currency),
    BankTransactionCode: bankTransactionCode(version, row.code),
    ...(row.proprietaryCode === undefined ? {} : { ProprietaryBankTransactionCode: { Code: row.proprietaryCode, Issuer: "SBNK" } }),
    ...(row.exchange === undefined
      ? {}
      : {
          CurrencyExchange: {
            SourceCurrency: row.exchange.currency,
            TargetCurrency: account.currency,
            UnitCurrency: account.currency,
            ExchangeRate: Number(row.exchange.rate),
            QuotationDate: `${row.exchange.quotationDate}T00:00:00+00:00`,
            InstructedAmount: wireAmount(row.exchange.amount, row.exchange.currency),
          },
        }),
    ...(detail && text !== "" ? { TransactionInformation: text } : {}),
    ...(detail ? partyFields(row) : {}),
  };
}

/** A shop is a merchant, whoever has an account is a creditor or debtor. */
function partyFields(row: LedgerTransaction): Record<string, unknown> {
  const { party, card } = row;
  if (card) {
    const merchant = party === undefined ? {} : { MerchantName: party.name };
    return {
      MerchantDetails: { ...merchant, MerchantCategoryCode: card.merchantCategory },
      CardInstrument: { CardSchemeName: "MasterCard", AuthorisationType: "Contactless", Identification: card.maskedPan },
    };
  }
  if (party === undefined) return {};
  const side = row.amount < 0n ? "Creditor" : "Debtor";
  return {
    [`${side}Account`]: accountOf(party),
    ...(party.bic === undefined ? {} : { [`${side}Agent`]: { SchemeName: "UK.OBIE.BICFI", Identification: party.bic } }),
  };
}

function accountOf({ name, iban }: Party): object {
  return iban === undefined ? { Name: name } : { SchemeName: "UK.OBIE.IBAN", Identification: iban, Name: name };
}
