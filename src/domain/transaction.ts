import type { AccountId, ConsentId, TransactionId, UserId } from "./ids.ts";
import type { Currency, Decimal } from "./money.ts";
import type { Day, Instant } from "./time.ts";

export const TransactionStatus = { PENDING: "PENDING", BOOKED: "BOOKED", VOIDED: "VOIDED" } as const;
export type TransactionStatus = keyof typeof TransactionStatus;

export const Direction = { CREDIT: "CREDIT", DEBIT: "DEBIT" } as const;
export type Direction = keyof typeof Direction;

export const VoidReason = {
  NEVER_BOOKED: "NEVER_BOOKED",
  CANCELED_AT_BANK: "CANCELED_AT_BANK",
  DROPPED_BY_BANK: "DROPPED_BY_BANK",
  MERGED: "MERGED",
} as const;
export type VoidReason = keyof typeof VoidReason;

/** What one bank row says, unified by its connector; before the hub decides whose row it is. */
export interface TransactionFacts {
  readonly status: "PENDING" | "BOOKED";
  /** Signed, canonical for its currency ({@link parseDecimal}). */
  readonly amount: Decimal;
  readonly currency: Currency;
  readonly bookingDate: Day | null;
  readonly valueDate: Day | null;
  readonly transactionDate: Day | null;
  /** Never empty. */
  readonly description: string;
  readonly counterpartyName: string | null;
  readonly counterpartyIban: string | null;
  readonly counterpartyAccount: string | null;
  readonly counterpartyBic: string | null;
  readonly remittance: readonly string[];
  readonly structuredReference: string | null;
  readonly bankTransactionCode: string | null;
  readonly merchantCategoryCode: string | null;
  readonly endToEndId: string | null;
  readonly mandateId: string | null;
  readonly exchangeAmount: Decimal | null;
  readonly exchangeCurrency: Currency | null;
  readonly exchangeRate: Decimal | null;
  readonly balanceAfterAmount: Decimal | null;
  readonly balanceAfterCurrency: Currency | null;
  /** As the bank sent them; null where absent or a placeholder. */
  readonly bankTransactionId: string | null;
  readonly entryReference: string | null;
}

/** A name or form the row had before: entry reference, bank id, or the fingerprint of its pending form. */
export interface TransactionAlias {
  readonly kind: "REFERENCE" | "ID" | "PENDING_FORM";
  readonly value: string;
}

/** By which evidence a row was last matched (engine.md section 3, pass 1 to 7). */
export const MatchEvidence = {
  NEW: "NEW",
  ENTRY_REFERENCE: "ENTRY_REFERENCE",
  BANK_ID: "BANK_ID",
  BALANCE_AFTER: "BALANCE_AFTER",
  CONTENT: "CONTENT",
  COUNTERPARTY_IBAN: "COUNTERPARTY_IBAN",
  PENDING_BOOKED: "PENDING_BOOKED",
} as const;
export type MatchEvidence = keyof typeof MatchEvidence;

export interface Transaction extends Omit<TransactionFacts, "status"> {
  readonly id: TransactionId;
  readonly userId: UserId;
  readonly accountId: AccountId;
  readonly consentId: ConsentId;
  readonly status: TransactionStatus;
  /** Booking, else value, else transaction day, else the day first seen. */
  readonly date: Day;
  readonly voidReason: VoidReason | null;
  /** Grows with every visible change; 1 when added. */
  readonly revision: number;
  readonly firstSeenAt: Instant;
  readonly updatedAt: Instant;
  readonly matchedBy: MatchEvidence;
  /** Former names; [] for most rows. */
  readonly aliases: readonly TransactionAlias[];
  /** Complete fetches on different days in a row that cover the row's date and lack it. */
  readonly missedFetches: number;
  /** Day of the last such fetch. */
  readonly missedOn: Day | null;
}
