/**
 * The words of the ledger. Standard-neutral: a sandbox bank of any standard reads these and prints its own wire shapes.
 * Amounts are minor units, signed from the account owner's view (minus = money out).
 */
export type AccountKind = "current" | "savings" | "card";

export interface Owner {
  readonly name: string;
  readonly role: "owner" | "legalRepresentative" | "authorisedUser";
}

export interface LedgerAccount {
  /** Internal and stable; a bank never shows it as such. */
  readonly id: string;
  readonly kind: AccountKind;
  readonly currency: string;
  readonly iban?: string;
  readonly bban?: string;
  readonly bic?: string;
  /** Cards only, e.g. `525412******3241`. */
  readonly maskedPan?: string;
  readonly creditLimit?: bigint;
  /** The bank's label. */
  readonly name: string;
  /** The user's label. */
  readonly displayName?: string;
  readonly product: string;
  readonly owners: readonly Owner[];
  readonly usage: "private" | "business";
  readonly opening: bigint;
  status: "enabled" | "blocked" | "deleted";
}

export interface Party {
  readonly name: string;
  readonly iban?: string;
  readonly bic?: string;
}

/** A purchase in another currency: `original` times 1/`rate` is the booked amount. Rate = units of `original` per one unit of the account's currency. */
export interface Exchange {
  readonly currency: string;
  readonly amount: bigint;
  readonly rate: string;
  readonly quotationDate: string;
}

export interface CardPurchase {
  readonly maskedPan: string;
  readonly merchantCategory: string;
  readonly town: string;
  readonly country: string;
}

export interface LedgerTransaction {
  readonly id: string;
  /** The bank's booking reference; only known to the outside once booked. */
  readonly reference: string;
  readonly amount: bigint;
  /** Milliseconds: from here the entry is visible, as pending until `bookedAt`. */
  readonly enteredAt: number;
  readonly bookedAt: number;
  readonly valueDate: string;
  /** ISO 20022 bank transaction code, domain-family-subfamily. */
  readonly code: string;
  readonly proprietaryCode?: string;
  readonly party?: Party;
  readonly remittance: readonly string[];
  readonly structuredReference?: string;
  readonly endToEndId?: string;
  readonly mandateId?: string;
  readonly creditorId?: string;
  readonly purpose?: string;
  readonly exchange?: Exchange;
  readonly card?: CardPurchase;
}

export interface StandingOrder {
  readonly id: string;
  readonly amount: bigint;
  readonly party: Party;
  readonly remittance: string;
  readonly startDate: string;
  readonly dayOfMonth: number;
}

/** Gives all entries entered before `until` that it has not given yet. Called again as the clock moves. */
export type TransactionSource = (until: number) => LedgerTransaction[];

export interface LedgerUser {
  readonly name: string;
  readonly password: string;
  readonly fullName: string;
  /** Consents of this user need a second signature (multi-level authorisation). */
  readonly needsSecondSignature: boolean;
}
