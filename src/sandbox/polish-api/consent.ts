import type { ListOperation } from "./bodies.ts";

export type AccountOperation = "getAccount" | "getTransactionDetail" | ListOperation;

/** `single` rights are used up by their first call. */
export interface Right {
  readonly limit: "single" | "multiple";
  /** Days; null for operations without a history. */
  readonly history: number | null;
  used: boolean;
}

/** What one account was opened for. `number` is the account's number as this bank prints it. */
export interface GrantedAccount {
  readonly accountId: string;
  readonly number: string;
  readonly rights: ReadonlyMap<AccountOperation, Right>;
}

export type ConsentStatus = "asked" | "awaiting-signature" | "given" | "refused" | "ended";

export interface Consent {
  /** The TPP's. */
  readonly id: string;
  readonly scope: "ais" | "ais-accounts";
  readonly askedAt: number;
  /** Already shortened to what the bank allows. */
  readonly timeLimit: number;
  /** Account numbers asked for; undefined = the person picks. */
  readonly wanted: readonly string[] | undefined;
  readonly asked: ReadonlyMap<string | undefined, ReadonlyMap<AccountOperation, Omit<Right, "used">>>;
  readonly redirectUri: string;
  readonly state: string;
  /** Where the person decides. */
  readonly visit: string;
  status: ConsentStatus;
  user: string | undefined;
  scaAt: number | undefined;
  accounts: readonly GrantedAccount[];
  code: { readonly value: string; readonly expiresAt: number; used: boolean } | undefined;
}

export interface AccessToken {
  readonly value: string;
  readonly consent: Consent;
  readonly expiresAt: number;
}

export interface RefreshToken {
  readonly consent: Consent;
  used: boolean;
}
