import type { Account, Balance, Identity } from "../domain/account.ts";
import type { AuditEntry, NewAuditEntry } from "../domain/audit.ts";
import type { BankHabits } from "../domain/bank-habits.ts";
import type { BankFacts } from "../domain/bank.ts";
import type { NewChange } from "../domain/change.ts";
import type { Authorization, Consent, Grant } from "../domain/consent.ts";
import type { AccountId, AuthorizationId, ConsentId, GrantId, JobId, OperatorId, TenantId, UpdateId, UserId } from "../domain/ids.ts";
import type { Owner, Tenant, User } from "../domain/tenant.ts";
import type { Instant } from "../domain/time.ts";
import type { Transaction } from "../domain/transaction.ts";
import type { Update, UpdateStep } from "../domain/update.ts";
import type { ApiKey, ClientCertificate, Operator, SealedRow, SeenSlice } from "./reads.ts";

type Patch<T, Fixed extends keyof T> = { readonly [K in Exclude<keyof T, Fixed>]?: T[K] };

/** Writes that guard themselves: a boolean answer says whether the guard in the `where` held. False = someone else was first. */
export interface Writes {
  // ── tenants and keys
  insertTenant(tenant: Tenant): Promise<void>;
  setTenantUrls(tenant: TenantId, redirectUrls: readonly string[], callbackUrls: readonly string[]): Promise<void>;
  insertApiKey(key: ApiKey): Promise<void>;
  revokeApiKey(keyId: string, at: Instant): Promise<boolean>;
  patchTenant(id: TenantId, patch: Patch<Tenant, "id" | "environment">): Promise<boolean>;
  insertClientCertificate(certificate: ClientCertificate): Promise<void>;
  revokeClientCertificate(fingerprint: string, at: Instant): Promise<boolean>;
  insertOperator(operator: Operator): Promise<void>;
  revokeOperator(id: OperatorId, at: Instant): Promise<boolean>;
  /** Adds the next link to the tenant's chain. There is no way to change or remove one. */
  appendAudit(entry: NewAuditEntry): Promise<AuditEntry>;
  /** Sets the value only where none stands; answers the one that stands afterwards. */
  settingOnce(name: string, value: string): Promise<string>;
  setSetting(name: string, value: string): Promise<void>;
  /** Puts `text` in the place of the row's, only while that is still what was read. */
  replaceSealed(row: SealedRow, text: string): Promise<boolean>;
  /**
   * Takes points of the owner's minute (counted since the epoch), which all gateways share: answers how many of those wanted were
   * left under `limit`. A later minute starts anew; an earlier one, of a gateway whose clock is behind, counts into the later.
   */
  takePoints(owner: Owner, minute: number, wanted: number, limit: number): Promise<number>;

  // ── banks
  /** What to show of the bank from now on when the directory no longer has it. */
  putKnownBank(bank: BankFacts): Promise<void>;

  // ── users
  /** False where the tenant already has a user with that clientId. */
  insertUser(user: User): Promise<boolean>;
  /** Removes the user's row and everything that still hangs on it; erase the consents before. */
  deleteUser(user: UserId): Promise<void>;

  // ── consents
  insertConsent(consent: Consent, wrappedKey: string): Promise<void>;
  /** Also raises `version` by one. `from` = the statuses in which the patch may apply; null = any. */
  patchConsent(
    id: ConsentId,
    patch: Patch<Consent, "id" | "userId" | "tenantId" | "version">,
    from: readonly Consent["status"][] | null,
  ): Promise<boolean>;
  insertGrant(grant: Grant): Promise<void>;
  patchGrant(id: GrantId, patch: Patch<Grant, "id" | "userId" | "consentId">): Promise<boolean>;
  /** Takes the refresh lease where nobody holds it at `now`. */
  leaseRefresh(id: GrantId, owner: string, now: Instant, until: Instant): Promise<boolean>;
  /** Stores new tokens and ends the lease, only while `owner` holds it. */
  storeRefreshed(id: GrantId, owner: string, sealedHandle: string, accessExpiresAt: Instant | null): Promise<boolean>;
  insertAuthorization(authorization: Authorization): Promise<void>;
  /** OPEN (or TIMED_OUT, for a late return) → TAKEN, once: the single use of a state. */
  takeAuthorization(id: AuthorizationId, returnedAt: Instant): Promise<boolean>;
  patchAuthorization(id: AuthorizationId, patch: Patch<Authorization, "id" | "userId" | "consentId">): Promise<void>;
  /** OPEN → TIMED_OUT for all but `except`: a newer attempt replaces older ones. */
  closeAuthorizations(consent: ConsentId, at: Instant, except: AuthorizationId | null): Promise<void>;

  // ── updates
  /** False where the consent already has an active update (unique index). */
  insertUpdate(update: Update): Promise<boolean>;
  /** Takes QUEUED, due WAITING, or RUNNING with a dead lease: status RUNNING, epoch + 1, new lease. Null = not to be had. */
  claimUpdate(id: UpdateId, now: Instant, leaseUntil: Instant): Promise<Update | null>;
  /** Applies only while `epoch` is the row's (null = whoever holds it) and the status is active. Does NOT raise `sequence`: say it in the patch. */
  patchUpdate(id: UpdateId, epoch: number | null, patch: Patch<Update, "id" | "userId" | "tenantId" | "consentId">): Promise<boolean>;
  insertSteps(steps: readonly UpdateStep[]): Promise<void>;
  patchStep(update: UpdateId, position: number, patch: Patch<UpdateStep, "userId" | "updateId" | "position">): Promise<void>;

  // ── accounts and what hangs on them
  insertAccounts(accounts: readonly Account[]): Promise<void>;
  patchAccount(id: AccountId, patch: Patch<Account, "id" | "userId">): Promise<void>;
  /** Replaces the account's balances. */
  replaceBalances(account: AccountId, balances: readonly Balance[]): Promise<void>;
  /** Replaces the consent's identities. */
  replaceIdentities(consent: ConsentId, identities: readonly Identity[]): Promise<void>;
  /** New rows; the hot path of a first update. At most 600 a call. */
  insertTransactions(rows: readonly Transaction[]): Promise<void>;
  /** Whole rows by id; also moves a row to another date. */
  updateTransactions(rows: readonly Transaction[]): Promise<void>;
  insertQuarantine(rows: readonly QuarantineRow[]): Promise<void>;
  /** Remembers what a slice consumed; an earlier slice under the same key is replaced. */
  putSeenSlice(slice: SeenSlice): Promise<void>;
  /** Forgets the step's slices from `fromPage` on; position null = all steps of the update. */
  dropSeenSlices(update: UpdateId, position: number | null, fromPage: number): Promise<void>;

  // ── change log
  /** Appends in order and raises the user's `changeSeq`; answers the first and last position given. Null for an empty list. */
  appendChanges(user: UserId, at: Instant, changes: readonly NewChange[]): Promise<{ first: number; last: number } | null>;

  // ── quota
  recordCall(call: {
    userId: UserId;
    grantId: GrantId;
    consentId: ConsentId;
    accountId: string;
    endpoint: string;
    at: Instant;
    attended: boolean;
  }): Promise<void>;

  /** Replaces what is known of a bank's ways. Statistics: of two writers at once the later one counts. */
  putBankHabits(habits: BankHabits): Promise<void>;

  // ── erasure
  /**
   * Removes everything acquired with the consent (rows, key, tokens, log rows that point at it, jobs); answers what went.
   * A running update can write nothing afterwards: its row is gone.
   */
  eraseConsent(consent: ConsentId): Promise<{ accounts: readonly AccountId[]; transactions: number }>;

  /** Ends the leases on updates, jobs and token refreshes: whoever held them is known to be dead. */
  endLeases(): Promise<void>;

  // ── jobs (used by jobs/embedded.ts alone)
  insertJob(job: JobRow): Promise<void>;
  /** Takes up to `limit` due, unleased jobs of the queue; one per `groupKey` at a time. */
  claimJobs(queue: string, owner: string, now: Instant, leaseUntil: Instant, limit: number): Promise<readonly JobRow[]>;
  extendJob(id: JobId, owner: string, leaseUntil: Instant): Promise<boolean>;
  /** Done: the row goes. False = the lease was lost. */
  finishJob(id: JobId, owner: string): Promise<boolean>;
  /** Back into the queue: attempts + 1, due at `runAt`, lease free. */
  retryJob(id: JobId, owner: string, runAt: Instant): Promise<boolean>;
  /** By the caller's own key. */
  cancelJobs(queue: string, key: string): Promise<number>;
  /** When the next job of any of the queues is due (leased ones: when their lease ends); null = none. */
  nextJobAt(queues: readonly string[]): Promise<Instant | null>;
}

export interface JobRow {
  readonly id: JobId;
  readonly queue: string;
  /** At most one waiting job per queue and key, where given: a second insert moves `runAt` to the earlier of both. */
  readonly key: string | null;
  /** Jobs of one group run one at a time. */
  readonly groupKey: string | null;
  /** Erased with the consent. */
  readonly consentId: ConsentId | null;
  /** JSON text. */
  readonly payload: string;
  readonly runAt: Instant;
  readonly attempts: number;
  readonly createdAt: Instant;
}

export interface QuarantineRow {
  readonly userId: UserId;
  readonly consentId: ConsentId;
  readonly updateId: UpdateId;
  readonly accountId: AccountId | null;
  readonly reason: string;
  /** The raw row encrypted under the consent's key. */
  readonly sealedRaw: string;
  readonly at: Instant;
}
