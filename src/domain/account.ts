import type { AccountId, BankId, ConsentId, UserId } from "./ids.ts";
import type { Currency, Decimal } from "./money.ts";
import type { Day, Instant } from "./time.ts";

export const AccountType = { CURRENT: "CURRENT", SAVINGS: "SAVINGS", CARD: "CARD", LOAN: "LOAN", OTHER: "OTHER" } as const;
export type AccountType = keyof typeof AccountType;

export const AccountStatus = { ACTIVE: "ACTIVE", BLOCKED: "BLOCKED", CLOSED: "CLOSED", NO_LONGER_SHARED: "NO_LONGER_SHARED" } as const;
export type AccountStatus = keyof typeof AccountStatus;

export interface DateRange {
  /** Both ends inclusive. */
  readonly from: Day;
  readonly to: Day;
}

/** What an account is called and how it can be reached; the part that banks report. */
export interface AccountFacts {
  readonly name: string;
  readonly ownerName: string | null;
  readonly type: AccountType;
  readonly product: string | null;
  readonly status: AccountStatus;
  readonly currency: Currency | null;
  readonly iban: string | null;
  readonly bban: string | null;
  readonly sortCode: string | null;
  readonly accountNumber: string | null;
  readonly maskedPan: string | null;
  readonly bic: string | null;
}

export interface Account extends AccountFacts {
  readonly id: AccountId;
  readonly userId: UserId;
  readonly consentId: ConsentId;
  readonly bankId: BankId;
  /** The bank's id for paths; stable only within one grant. */
  readonly resourceId: string;
  /** The connector's own memory of the account (links, permissions), opaque to all others. */
  readonly connectorData: string | null;
  /** Days for which every transaction is here: sorted, merged, no overlap. */
  readonly coverage: readonly DateRange[];
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export const BalanceType = {
  CLOSING_BOOKED: "CLOSING_BOOKED",
  OPENING_BOOKED: "OPENING_BOOKED",
  INTERIM_BOOKED: "INTERIM_BOOKED",
  PREVIOUSLY_CLOSED_BOOKED: "PREVIOUSLY_CLOSED_BOOKED",
  CLOSING_AVAILABLE: "CLOSING_AVAILABLE",
  OPENING_AVAILABLE: "OPENING_AVAILABLE",
  INTERIM_AVAILABLE: "INTERIM_AVAILABLE",
  FORWARD_AVAILABLE: "FORWARD_AVAILABLE",
  EXPECTED: "EXPECTED",
  NON_INVOICED: "NON_INVOICED",
  INFORMATION: "INFORMATION",
  OTHER: "OTHER",
} as const;
export type BalanceType = keyof typeof BalanceType;

export interface BalanceFacts {
  readonly type: BalanceType;
  readonly amount: Decimal;
  readonly currency: Currency;
  readonly creditLimitIncluded: boolean | null;
  readonly referenceDate: Day | null;
}

export interface Balance extends BalanceFacts {
  readonly userId: UserId;
  readonly accountId: AccountId;
  readonly position: number;
  readonly fetchedAt: Instant;
}

/** Verified identity (KYC) as one bank reports it. One per consent and person. */
export interface IdentityFacts {
  readonly fullName: string;
  readonly birthDate: Day | null;
  readonly addresses: readonly string[];
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  /** Resource ids of the accounts the person was named on. */
  readonly resourceIds: readonly string[];
}

export interface Identity extends Omit<IdentityFacts, "resourceIds"> {
  readonly userId: UserId;
  readonly consentId: ConsentId;
  readonly bankId: BankId;
  readonly position: number;
  readonly accountIds: readonly AccountId[];
  readonly fetchedAt: Instant;
}
