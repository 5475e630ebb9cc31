import type { AccountKind } from "../ledger/model.ts";
import type { ApiVersion } from "./options.ts";

/** The enumerations in which the two versions differ. */
const WORDS = {
  "3.1": {
    accountType: { current: "CurrentAccount", savings: "Savings", card: "CreditCard" },
    balance: { closing: "ClosingBooked", booked: "InterimBooked", expected: "Expected", available: "InterimAvailable" },
    booked: "Booked",
    pending: "Pending",
  },
  "4.0": {
    accountType: { current: "CACC", savings: "SVGS", card: "CARD" },
    balance: { closing: "CLBD", booked: "ITBD", expected: "XPCD", available: "ITAV" },
    booked: "BOOK",
    pending: "PDNG",
  },
} as const satisfies Record<ApiVersion, { readonly accountType: Record<AccountKind, string> } & Record<string, unknown>>;

export function wordsOf(version: ApiVersion): (typeof WORDS)[ApiVersion] {
  return WORDS[version];
}

/** ISO 20022 families and subfamilies by the names that 3.1 prints; the code itself where the name is not listed. */
const NAMES: Readonly<Record<string, string>> = {
  RCDT: "ReceivedCreditTransfers",
  ICDT: "IssuedCreditTransfers",
  RDDT: "ReceivedDirectDebits",
  IDDT: "IssuedDirectDebits",
  CCRD: "CustomerCardTransactions",
  MCRD: "MerchantCardTransactions",
  ESCT: "SEPACreditTransfer",
  ESDD: "SEPACoreDirectDebit",
  DMCT: "DomesticCreditTransfer",
  STDO: "StandingOrder",
  POSD: "PointOfSaleDebitCard",
  CWDL: "CashWithdrawal",
  SALA: "PayrollSalaryPayment",
  BOOK: "InternalBookTransfer",
  OTHR: "Other",
};

/** `DOMN-FMLY-SUBF` as `{Code, SubCode}`. */
export function bankTransactionCode(version: ApiVersion, code: string): { readonly Code: string; readonly SubCode: string } {
  const [, family = "OTHR", sub = "OTHR"] = code.split("-");
  const name = (text: string) => (version === "3.1" ? (NAMES[text] ?? text) : text);
  return { Code: name(family), SubCode: name(sub) };
}
