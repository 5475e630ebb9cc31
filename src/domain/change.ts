import type { AccountId, ConsentId, TransactionId, UpdateId, UserId } from "./ids.ts";
import type { VoidReason } from "./transaction.ts";
import type { Instant } from "./time.ts";

export const ChangeKind = {
  CONSENT: "CONSENT",
  UPDATE: "UPDATE",
  ACCOUNT: "ACCOUNT",
  BALANCE: "BALANCE",
  TRANSACTION: "TRANSACTION",
  IDENTITY: "IDENTITY",
} as const;
export type ChangeKind = keyof typeof ChangeKind;

/** The GraphQL type of a change, which its `kind` follows from. */
export const ChangeType = {
  ConsentChanged: "CONSENT",
  ConsentDeleted: "CONSENT",
  UpdateChanged: "UPDATE",
  AccountChanged: "ACCOUNT",
  AccountDeleted: "ACCOUNT",
  BalanceChanged: "BALANCE",
  TransactionAdded: "TRANSACTION",
  TransactionModified: "TRANSACTION",
  TransactionRemoved: "TRANSACTION",
  IdentityChanged: "IDENTITY",
} as const satisfies Record<string, ChangeKind>;
export type ChangeType = keyof typeof ChangeType;

/** What a writer says about a change; the log gives it its position. */
export interface NewChange {
  readonly type: ChangeType;
  /** The changed object's id; for BalanceChanged the account's, for IdentityChanged the consent's. */
  readonly subjectId: string;
  /** Null only for the two deletions, which outlive their consent. */
  readonly consentId: ConsentId | null;
  readonly accountId?: AccountId | null;
  readonly updateId?: UpdateId | null;
  readonly reason?: VoidReason | null;
  readonly mergedInto?: TransactionId | null;
}

/** One row of a user's append-only log. `seq` starts at 1, has no holes at writing, and is never reused. */
export interface Change {
  readonly userId: UserId;
  readonly seq: number;
  readonly at: Instant;
  readonly type: ChangeType;
  readonly subjectId: string;
  readonly consentId: ConsentId | null;
  readonly accountId: AccountId | null;
  readonly updateId: UpdateId | null;
  readonly reason: VoidReason | null;
  readonly mergedInto: TransactionId | null;
}
