import type { AccountFacts, BalanceFacts, IdentityFacts } from "../domain/account.ts";
import type { Bank, ConsentScope, PsuType } from "../domain/bank.ts";
import type { Secret } from "../domain/secret.ts";
import type { Clock, Day, Instant } from "../domain/time.ts";
import type { TransactionFacts } from "../domain/transaction.ts";
import type { PsuContext } from "../domain/update.ts";

/**
 * The whole vocabulary that the engine and the consents know of a bank. One connector serves one bank's entry.
 * Every method throws only {@link import("../domain/failure.ts").BankError} (and the signal's reason when aborted).
 * Anything that the connector must remember between calls travels in opaque strings that the caller keeps encrypted.
 */
export interface Connector {
  /**
   * True where the bank's redirect carries its answer behind the `#`, which browsers do not send: a page must hand it on.
   * @default false
   */
  readonly answersInFragment?: boolean;

  /** Asks the bank for a consent (or builds the request) and says where the user must go. Nothing is valid yet. */
  openGrant(request: GrantRequest, signal: AbortSignal): Promise<OpenedGrant>;

  /**
   * The user came back with these query parameters: exchanges a code, or asks for the status.
   * PENDING means "not decided yet" (second signatory, decoupled SCA): ask again with {@link grantState}.
   */
  completeGrant(opened: ReturnedGrant, signal: AbortSignal): Promise<CompletedGrant>;

  /** Where the grant stands at the bank now. Never throws for an ended grant: that is an answer. `handle` may be a fresh one. */
  grantState(call: GrantCall, signal: AbortSignal): Promise<GrantState>;

  /**
   * New tokens. Throws CONSENT_INVALID where the bank refuses the refresh token for good. Null = this grant has nothing to refresh.
   * The caller stores the result before any other use, and never calls it twice at a time for one grant.
   */
  refresh(handle: GrantHandle, signal: AbortSignal): Promise<GrantHandle | null>;

  /** Ends the grant at the bank. "ALREADY_ENDED" where the bank does not know it any more. */
  revoke(call: GrantCall, signal: AbortSignal): Promise<"DONE" | "ALREADY_ENDED">;

  /** Every account of the grant, cards included. */
  accounts(call: GrantCall, signal: AbortSignal): Promise<AccountList>;

  balances(call: GrantCall, account: BankAccountRef, signal: AbortSignal): Promise<readonly BalanceFacts[]>;

  /** One page of booked and pending rows. */
  transactions(call: GrantCall, request: TransactionsRequest, signal: AbortSignal): Promise<TransactionPage>;

  /** Null where the standard or the grant gives no identity. Uses what `accounts` answered where the standard has no endpoint. */
  identity(call: GrantCall, accounts: readonly BankAccount[], signal: AbortSignal): Promise<readonly IdentityFacts[] | null>;

  /** Closes sockets. */
  close(): Promise<void>;
}

export type ConnectorFactory = (bank: Bank, parts: { readonly clock: Clock }) => Connector;

export interface GrantRequest {
  readonly scopes: readonly ConsentScope[];
  readonly psuType: PsuType;
  /** 256 random bits, base64url; the connector puts it where the standard wants it. */
  readonly state: string;
  /** PKCE verifier (S256) and nonce, for standards that use them. */
  readonly codeVerifier: string;
  readonly nonce: string;
  /** The hub's own `…/callback/<bankId>`. */
  readonly redirectUri: string;
  /** Ask for access until the end of this day; the connector shortens it to what the bank allows. */
  readonly validUntil: Day;
  /** The address of the person as far as the caller knows it: banks demand one when a consent is opened. */
  readonly psu: PsuContext | null;
  /** A renewal of this grant, for standards that re-authenticate the same one. */
  readonly renews: GrantHandle | null;
}

export interface OpenedGrant {
  readonly authorizationUrl: string;
  /** Connector memory needed by `completeGrant`, and by `revoke` if the user never returns. */
  readonly handle: GrantHandle;
  /** The bank's own limit for the attempt; null = unknown. */
  readonly expiresAt: Instant | null;
  /** Decoupled SCA: the person confirms elsewhere and need not return through the redirect; poll `grantState`. */
  readonly decoupled: boolean;
  /**
   * True where a renewal re-authenticates the very grant it renews: the old one must then not be revoked when the new one is given.
   * @default false
   */
  readonly sameGrant?: boolean;
}

export interface ReturnedGrant {
  readonly handle: GrantHandle;
  /** Query (or fragment) parameters of the redirect, as they came; state already checked by the caller. Empty when only polling. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly state: string;
  readonly codeVerifier: string;
  readonly nonce: string;
  readonly redirectUri: string;
  readonly psu: PsuContext | null;
}

export type CompletedGrant =
  | { readonly outcome: "GIVEN"; readonly handle: GrantHandle; readonly validUntil: Instant | null }
  | { readonly outcome: "PENDING"; readonly handle: GrantHandle }
  | { readonly outcome: "CONTINUE"; readonly handle: GrantHandle; readonly authorizationUrl: string } // pre-step done: the consent's own SCA follows
  | { readonly outcome: "DENIED"; readonly reason: "USER_DENIED" | "BANK_REJECTED" };

/** The connector's state of a grant: tokens and the bank's consent id, as JSON. Kept encrypted, passed back as it is. */
export interface GrantHandle {
  readonly data: Secret;
  /** When the access token dies; null = none or unknown. The caller refreshes a minute before. */
  readonly accessExpiresAt: Instant | null;
}

export interface GrantCall {
  readonly handle: GrantHandle;
  /** Null = unattended. Never invented. */
  readonly psu: PsuContext | null;
}

export type GrantState =
  | { readonly status: "REQUESTED" }
  | { readonly status: "GIVEN"; readonly validUntil: Instant | null }
  | { readonly status: "REJECTED" | "EXPIRED" | "REVOKED" | "UNKNOWN" };

export interface BankAccountRef {
  readonly resourceId: string;
  /** What `accounts` handed out with it. */
  readonly connectorData: string | null;
  readonly currency: string | null;
}

export interface BankAccount extends AccountFacts, Omit<BankAccountRef, "currency"> {
  /** Where the account list brought them along (`withBalance`); null = ask. */
  readonly balances: readonly BalanceFacts[] | null;
  /** False where the grant gives no permission: the step is SKIPPED. */
  readonly mayReadBalances: boolean;
  readonly mayReadTransactions: boolean;
}

export interface AccountList {
  readonly accounts: readonly BankAccount[];
  readonly quarantined: readonly QuarantinedRow[];
}

export interface TransactionsRequest {
  readonly account: BankAccountRef;
  /**
   * Null = as far back as the bank goes. Inclusive. Banks may ignore both ends and answer other days as well: such rows are handed on as they
   * came, for their dates show that the period did not hold.
   */
  readonly from: Day | null;
  readonly to: Day | null;
  /** `next` of the page before; null = the first page. */
  readonly cursor: string | null;
  /** Newest entry reference already stored, for banks whose profile asks for deltas by reference; else ignored. */
  readonly entryReferenceFrom: string | null;
}

export interface TransactionPage {
  readonly rows: readonly TransactionFacts[];
  readonly quarantined: readonly QuarantinedRow[];
  /** Opaque, stable for the same page (loops are found by comparing); null = the bank has no more. */
  readonly next: string | null;
  /** True where the bank does not deliver pending rows at all, so that their absence proves nothing. */
  readonly pendingUnknown: boolean;
  /** The bank's order says nothing; false where the answer is known to be cut (a page lost on the way): the step must not count as complete. */
  readonly complete: boolean;
}

export interface QuarantinedRow {
  /** JSON path and what was wrong with it; no personal data. */
  readonly reason: string;
  /** The row as it came, JSON text. Kept encrypted. */
  readonly raw: string;
}
