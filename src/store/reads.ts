import type { Account, Balance, Identity } from "../domain/account.ts";
import type { AuditEntry } from "../domain/audit.ts";
import type { BankHabits } from "../domain/bank-habits.ts";
import type { BankFacts } from "../domain/bank.ts";
import type { Change, ChangeKind } from "../domain/change.ts";
import type { Authorization, Consent, ConsentStatus, Grant } from "../domain/consent.ts";
import type {
  AccountId,
  AuthorizationId,
  BankId,
  ConsentId,
  GrantId,
  OperatorId,
  TenantId,
  TransactionId,
  UpdateId,
  UserId,
} from "../domain/ids.ts";
import type { Decimal } from "../domain/money.ts";
import type { Owner, Tenant, TenantStatus, User } from "../domain/tenant.ts";
import type { Day, Instant } from "../domain/time.ts";
import type { Direction, Transaction, TransactionStatus } from "../domain/transaction.ts";
import type { Update, UpdateStatus, UpdateStep } from "../domain/update.ts";
import type { PageRequest, Slice } from "./store.ts";

/**
 * What may be asked. Methods with an {@link Owner} serve callers: the owner is part of the `where`, a foreign id is a missing one.
 * Methods under "the hub's own" serve the engine, the consents and the jobs, which act for the hub and have checked before.
 * Batch methods answer any number of parents in ONE statement.
 */
export interface Reads {
  // ── tenants and keys
  tenant(id: TenantId): Promise<Tenant | null>;
  tenants(): Promise<readonly Tenant[]>;
  apiKey(keyId: string): Promise<ApiKey | null>;
  apiKeys(tenant: TenantId): Promise<readonly ApiKey[]>;
  /** Oldest first. Null status = all. */
  tenantsInPages(status: TenantStatus | null, page: PageRequest): Promise<Slice<Tenant>>;
  countTenants(status: TenantStatus | null): Promise<number>;
  /** The production tenant that this sandbox tenant asked for. */
  productionTenantOf(sandbox: TenantId): Promise<Tenant | null>;
  clientCertificate(fingerprint: string): Promise<ClientCertificate | null>;
  /** Newest first. */
  clientCertificates(tenant: TenantId): Promise<readonly ClientCertificate[]>;
  operators(): Promise<readonly Operator[]>;
  operatorByKey(keyId: string): Promise<Operator | null>;
  /** Newest first; position = { key: null, id: seq as text }. */
  auditEntries(tenant: TenantId, page: PageRequest): Promise<Slice<AuditEntry>>;
  countAuditEntries(tenant: TenantId): Promise<number>;
  /** A named value that all processes share (sealed signing keys, the sandbox clock's offset); null = not set. */
  setting(name: string): Promise<string | null>;

  // ── banks
  /** The last that was known of these, whether or not the directory still has them. */
  knownBanks(ids: readonly BankId[]): Promise<ReadonlyMap<BankId, BankFacts>>;

  // ── users (order: id)
  userByClientId(owner: Owner, clientId: string): Promise<User | null>;
  usersByIds(owner: Owner, ids: readonly UserId[]): Promise<ReadonlyMap<UserId, User>>;
  users(owner: Owner, page: PageRequest): Promise<Slice<User>>;
  countUsers(owner: Owner): Promise<number>;

  // ── consents (order: newest id first)
  consentsByIds(owner: Owner, ids: readonly ConsentId[]): Promise<ReadonlyMap<ConsentId, Consent>>;
  consentsOfUsers(
    owner: Owner,
    users: readonly UserId[],
    filter: ConsentFilter,
    page: PageRequest,
  ): Promise<ReadonlyMap<UserId, Slice<Consent>>>;
  countConsentsOfUsers(owner: Owner, users: readonly UserId[], filter: ConsentFilter): Promise<ReadonlyMap<UserId, number>>;
  consentByIdempotencyKey(owner: Owner, user: UserId, key: string): Promise<Consent | null>;
  /** The attempt that waits for the user, newest first, per consent. */
  openAuthorizations(owner: Owner, consents: readonly ConsentId[], now: Instant): Promise<ReadonlyMap<ConsentId, Authorization>>;

  // ── updates (order: newest id first)
  updatesByIds(owner: Owner, ids: readonly UpdateId[]): Promise<ReadonlyMap<UpdateId, Update>>;
  updatesOfConsents(
    owner: Owner,
    consents: readonly ConsentId[],
    filter: UpdateFilter,
    page: PageRequest,
  ): Promise<ReadonlyMap<ConsentId, Slice<Update>>>;
  countUpdatesOfConsents(owner: Owner, consents: readonly ConsentId[], filter: UpdateFilter): Promise<ReadonlyMap<ConsentId, number>>;
  latestUpdates(owner: Owner, consents: readonly ConsentId[]): Promise<ReadonlyMap<ConsentId, Update>>;
  updateByIdempotencyKey(owner: Owner, consent: ConsentId, key: string): Promise<Update | null>;
  stepsOfUpdates(owner: Owner, updates: readonly UpdateId[]): Promise<ReadonlyMap<UpdateId, readonly UpdateStep[]>>;

  // ── accounts (order: id)
  accountsByIds(owner: Owner, ids: readonly AccountId[]): Promise<ReadonlyMap<AccountId, Account>>;
  accountsOfUsers(owner: Owner, users: readonly UserId[], page: PageRequest): Promise<ReadonlyMap<UserId, Slice<Account>>>;
  accountsOfConsents(owner: Owner, consents: readonly ConsentId[], page: PageRequest): Promise<ReadonlyMap<ConsentId, Slice<Account>>>;
  accountsOfUpdates(owner: Owner, updates: readonly UpdateId[], page: PageRequest): Promise<ReadonlyMap<UpdateId, Slice<Account>>>;
  countAccounts(owner: Owner, of: "user" | "consent" | "update", parents: readonly string[]): Promise<ReadonlyMap<string, number>>;
  balancesOfAccounts(owner: Owner, accounts: readonly AccountId[]): Promise<ReadonlyMap<AccountId, readonly Balance[]>>;
  identitiesOfUsers(owner: Owner, users: readonly UserId[]): Promise<ReadonlyMap<UserId, readonly Identity[]>>;
  identitiesOfConsents(owner: Owner, consents: readonly ConsentId[]): Promise<ReadonlyMap<ConsentId, readonly Identity[]>>;

  // ── transactions (order: date desc, id desc; position = { key: date, id })
  transactionsByIds(owner: Owner, ids: readonly TransactionId[]): Promise<ReadonlyMap<TransactionId, Transaction>>;
  transactionsOfAccounts(
    owner: Owner,
    accounts: readonly AccountId[],
    filter: TransactionQuery,
    page: PageRequest,
  ): Promise<ReadonlyMap<AccountId, Slice<Transaction>>>;
  transactionsOfUsers(
    owner: Owner,
    users: readonly UserId[],
    filter: TransactionQuery,
    page: PageRequest,
  ): Promise<ReadonlyMap<UserId, Slice<Transaction>>>;
  countTransactions(
    owner: Owner,
    of: "user" | "account",
    parents: readonly string[],
    filter: TransactionQuery,
  ): Promise<ReadonlyMap<string, number>>;

  // ── change log (order: seq)
  /** Rows with seq > after; at most `limit`. Null kinds = all. */
  changesOfUser(owner: Owner, user: UserId, query: ChangeQuery): Promise<readonly Change[]>;
  changesOfUpdate(owner: Owner, update: UpdateId, query: Omit<ChangeQuery, "kinds">): Promise<readonly Change[]>;

  // ── the hub's own
  consent(id: ConsentId): Promise<Consent | null>;
  update(id: UpdateId): Promise<Update | null>;
  steps(id: UpdateId): Promise<readonly UpdateStep[]>;
  activeUpdate(consent: ConsentId): Promise<Update | null>;
  /** Updates for hints' readers: the rows of these ids, whoever owns them. */
  updatesForWatch(ids: readonly UpdateId[]): Promise<ReadonlyMap<UpdateId, Update>>;
  consentsForWatch(ids: readonly ConsentId[]): Promise<ReadonlyMap<ConsentId, Consent>>;
  changeSeqs(users: readonly UserId[]): Promise<ReadonlyMap<UserId, number>>;
  grant(id: GrantId): Promise<Grant | null>;
  grantsOfConsent(consent: ConsentId): Promise<readonly Grant[]>;
  authorization(id: AuthorizationId): Promise<Authorization | null>;
  authorizationByStateHash(hash: string): Promise<Authorization | null>;
  /** Open attempts whose time is over, and consents to look at: what the sweeper asks for. */
  expiredAuthorizations(now: Instant, limit: number): Promise<readonly Authorization[]>;
  /** Grants made at or before `before` that nobody has decided about and whose attempts have all ended, oldest first. */
  abandonedGrants(before: Instant, limit: number): Promise<readonly Grant[]>;
  attemptsOfGrant(grant: Grant): Promise<readonly Authorization[]>;
  /** GIVEN consents with validUntil <= `until`, oldest first. */
  consentsEndingBy(until: Instant, limit: number): Promise<readonly Consent[]>;
  /** GIVEN consents with timesPerDay > 0 and nextRunAt <= now. */
  consentsDue(now: Instant, limit: number): Promise<readonly Consent[]>;
  /** Updates whose lease ran out (RUNNING) or whose wait is over (WAITING), or QUEUED, oldest first: recovery after a crash. */
  updatesToRecover(now: Instant, limit: number): Promise<readonly Update[]>;
  /** Other GIVEN consents of the user at the bank. */
  givenConsentsAtBank(user: UserId, bankId: string, except: ConsentId): Promise<readonly Consent[]>;
  /** Rows of the place behind `after` in the order of their ids; `after` "" = from the start. */
  sealedRows(place: SealedPlace, after: string, limit: number): Promise<readonly SealedRow[]>;
  wrappedKey(consent: ConsentId): Promise<string | null>;
  accountsOfConsent(consent: ConsentId): Promise<readonly Account[]>;
  /** Every row of the account with date in [from, to] whatever its status, plus every PENDING row: what the matcher compares with. */
  transactionsForMatching(account: AccountId, from: Day, to: Day): Promise<readonly Transaction[]>;
  oldestPendingDate(account: AccountId): Promise<Day | null>;
  newestEntryReference(account: AccountId): Promise<string | null>;
  /** What a step's answer has consumed so far, ordered by page and slice; with a range, only slices that touch it. */
  seenSlices(update: UpdateId, position: number, range: { from: Day; to: Day } | null): Promise<readonly SeenSlice[]>;
  /** What is known of the bank's ways; null = nothing yet. */
  bankHabits(bank: BankId): Promise<BankHabits | null>;
  /** Unattended calls of the grant with at > since, grouped. */
  callsSince(grant: GrantId, since: Instant): Promise<readonly BankCallCount[]>;
  callsOfConsents(owner: Owner, consents: readonly ConsentId[], since: Instant): Promise<ReadonlyMap<ConsentId, readonly BankCallCount[]>>;
}

export interface ApiKey {
  readonly keyId: string;
  readonly tenantId: TenantId;
  /** HMAC-SHA-256 of the secret with the pepper, base64url. */
  readonly hash: string;
  readonly createdAt: Instant;
  readonly revokedAt: Instant | null;
}

/** Where texts lie that are sealed under the master key. */
export type SealedPlace = "setting" | "tenant" | "consent_key" | "authorization_attempt" | "job";

export interface SealedRow {
  readonly place: SealedPlace;
  /** The row's key in its place. */
  readonly id: string;
  /** The column's text: sealed, but for jobs, whose payload is JSON that may hold a sealed text. */
  readonly text: string;
  readonly tenantId: TenantId | null;
  readonly consentId: ConsentId | null;
}

export interface ClientCertificate {
  /** SHA-256 of the DER form, lower-case hex. */
  readonly fingerprint: string;
  readonly tenantId: TenantId;
  /** Lower-case hex. */
  readonly serialNumber: string;
  readonly pem: string;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  readonly revokedAt: Instant | null;
}

export interface Operator {
  readonly id: OperatorId;
  readonly keyId: string;
  readonly name: string;
  /** As {@link ApiKey.hash}. */
  readonly hash: string;
  readonly createdAt: Instant;
  readonly revokedAt: Instant | null;
}

export interface ConsentFilter {
  readonly statuses: readonly ConsentStatus[] | null;
}

export interface UpdateFilter {
  readonly statuses: readonly UpdateStatus[] | null;
}

export interface TransactionQuery {
  readonly dateFrom: Day | null;
  readonly dateTo: Day | null;
  /** Null = all. */
  readonly statuses: readonly TransactionStatus[] | null;
  readonly direction: Direction | null;
  /** Of the signed amount, inclusive. */
  readonly amountMin: Decimal | null;
  readonly amountMax: Decimal | null;
  /** Words, each of which must occur; folded by the store (case, accents). */
  readonly search: string | null;
}

export interface ChangeQuery {
  readonly after: number;
  readonly kinds: readonly ChangeKind[] | null;
  readonly limit: number;
}

/**
 * The stored rows that one slice (at most 600 rows) of a step's page matched or added. Kept until the step ends, so that a
 * resumed step knows which rows its earlier pages consumed, and which rows a complete answer lacked. Key: update, position, page, slice.
 */
export interface SeenSlice {
  readonly userId: UserId;
  /** Erased with the consent. */
  readonly consentId: ConsentId;
  readonly updateId: UpdateId;
  /** Of the step. */
  readonly position: number;
  readonly page: number;
  readonly slice: number;
  /** Oldest and newest `date` of the rows. */
  readonly from: Day;
  readonly to: Day;
  /** The connector's cursor this page was asked with: finds pages in a circle. Null = the first page. */
  readonly cursor: string | null;
  /** Fingerprint of the page's rows: finds the same page under another cursor. */
  readonly digest: string;
  readonly ids: readonly TransactionId[];
  /** Booked rows that met their own stale pending form again in this answer. */
  readonly staleIds: readonly TransactionId[];
}

/** Calls counted for the quota: `endpoint` is BALANCES, TRANSACTIONS, ACCOUNTS; `accountId` "" for the account list. */
export interface BankCallCount {
  readonly endpoint: string;
  readonly accountId: string;
  readonly used: number;
  readonly oldestAt: Instant;
}
