import type { Account } from "../../src/domain/account.ts";
import type { Authorization, Consent, Grant } from "../../src/domain/consent.ts";
import { newId, type AccountId, type ConsentId, type TenantId, type UserId } from "../../src/domain/ids.ts";
import { MADE_BY_OPERATOR, type Owner, type Tenant } from "../../src/domain/tenant.ts";
import type { Transaction } from "../../src/domain/transaction.ts";
import type { Update, UpdateStep } from "../../src/domain/update.ts";
import type { TransactionQuery } from "../../src/store/reads.ts";
import type { PageRequest, Store } from "../../src/store/store.ts";
import type { JobRow } from "../../src/store/writes.ts";

export interface OpenStore extends AsyncDisposable {
  readonly store: Store;
  /** Another store on the same database, as another thread or process would have it. */
  another(): Promise<Store>;
  /** Every row of every table, as the database holds it. */
  dump(): Promise<ReadonlyMap<string, readonly Record<string, unknown>[]>>;
  /** A statement past the store, as somebody with the database's password would send it. */
  execute(statement: string): Promise<void>;
  /** The bytes of all files of the database; null where a server keeps them. */
  bytes(): Buffer | null;
}

export type Open = () => Promise<OpenStore>;

export const NOW = 1_790_000_000_000;
export const FIRST_PAGE: PageRequest = { limit: 100, position: null, backward: false };
export const EVERYTHING: TransactionQuery = {
  dateFrom: null,
  dateTo: null,
  statuses: null,
  direction: null,
  amountMin: null,
  amountMax: null,
  search: null,
};

export interface World {
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly consentId: ConsentId;
  readonly accountId: AccountId;
  /** The tenant's own view, and the user's. */
  readonly owner: Owner;
  readonly asUser: Owner;
}

/** A tenant with one user, one GIVEN consent and one account. */
export async function aWorld(store: Store): Promise<World> {
  const tenantId = newId("ten");
  await store.tx((tx) => tx.insertTenant(tenant(tenantId)));
  return { tenantId, owner: { tenantId, userId: null }, ...(await aUser(store, tenantId)) };
}

export async function aUser(store: Store, tenantId: TenantId): Promise<Omit<World, "tenantId" | "owner">> {
  const [userId, consentId, accountId] = [newId("usr"), newId("con"), newId("acc")];
  await store.tx(async (tx) => {
    await tx.insertUser({ id: userId, tenantId, clientId: `client-${userId}`, createdAt: NOW, changeSeq: 0 });
    await tx.insertConsent(consent({ id: consentId, userId, tenantId, idempotencyKey: "key" }), "wrapped");
    await tx.insertAccounts([account({ id: accountId, userId, consentId })]);
  });
  return { userId, consentId, accountId, asUser: { tenantId, userId } };
}

export function tenant(id: TenantId): Tenant {
  return {
    ...MADE_BY_OPERATOR,
    id,
    name: "Fintech",
    environment: "SANDBOX",
    redirectUrls: ["https://a.example/back"],
    updateCallbackUrls: [],
    callbackSecretSealed: "sealed",
    createdAt: NOW,
  };
}

export function consent(given: Pick<Consent, "userId" | "tenantId"> & Partial<Consent>): Consent {
  return {
    id: newId("con"),
    bankId: "bank-a",
    status: "GIVEN",
    statusReason: null,
    statusChangedAt: NOW,
    attention: "NONE",
    scopes: ["ACCOUNTS", "TRANSACTIONS"],
    psuType: "PERSONAL",
    redirectUrl: "https://a.example/back",
    givenAt: NOW,
    validUntil: null,
    currentGrantId: null,
    startUpdate: true,
    timesPerDay: 0,
    nextRunAt: null,
    idempotencyKey: null,
    createdAt: NOW,
    version: 1,
    ...given,
  };
}

export function grant(given: Pick<Grant, "userId" | "consentId"> & Partial<Grant>): Grant {
  return {
    id: newId("gra"),
    status: "CURRENT",
    sealedHandle: "sealed-handle",
    accessExpiresAt: null,
    validUntil: null,
    authorizedAt: null,
    refreshOwner: null,
    refreshUntil: null,
    createdAt: NOW,
    endedAt: null,
    ...given,
  };
}

export function authorization(given: Pick<Authorization, "userId" | "consentId"> & Partial<Authorization>): Authorization {
  const id = newId("aut");
  return {
    id,
    grantId: newId("gra"),
    bankId: "bank-a",
    stateHash: `hash-${id}`,
    sealed: "sealed-attempt",
    redirectUrl: "https://a.example/back",
    status: "OPEN",
    expiresAt: NOW + 1_000,
    createdAt: NOW,
    returnedAt: null,
    finishedAt: null,
    ...given,
  };
}

export function update(given: Pick<Update, "userId" | "tenantId" | "consentId"> & Partial<Update>): Update {
  return {
    id: newId("upd"),
    status: "QUEUED",
    trigger: "API",
    sequence: 1,
    epoch: 0,
    attempt: 0,
    retries: 0,
    leaseUntil: null,
    accountsTotal: null,
    accountsDone: 0,
    transactionsSeen: 0,
    added: 0,
    modified: 0,
    removed: 0,
    progressPermille: null,
    error: null,
    waitReason: null,
    nextAttemptAt: null,
    callbackUrl: null,
    psuContext: null,
    attendedAt: null,
    idempotencyKey: null,
    firstChangeSeq: null,
    lastChangeSeq: null,
    createdAt: NOW,
    startedAt: null,
    finishedAt: null,
    ...given,
  };
}

export function step(given: Pick<UpdateStep, "userId" | "updateId" | "position"> & Partial<UpdateStep>): UpdateStep {
  return {
    kind: "RECENT",
    accountId: null,
    scope: "TRANSACTIONS",
    status: "PENDING",
    windowFrom: "2026-01-01",
    windowTo: "2026-02-01",
    coveredFrom: null,
    coveredTo: null,
    cursor: null,
    pages: 0,
    seen: 0,
    quarantined: 0,
    error: null,
    ...given,
  };
}

export function account(given: Pick<Account, "userId" | "consentId"> & Partial<Account>): Account {
  return {
    id: newId("acc"),
    bankId: "bank-a",
    resourceId: "resource-1",
    connectorData: null,
    name: "Konto Osobiste",
    ownerName: "Łucja Żółć",
    type: "CURRENT",
    product: null,
    status: "ACTIVE",
    currency: "PLN",
    iban: "PL61109010140000071219812874",
    bban: null,
    sortCode: null,
    accountNumber: null,
    maskedPan: null,
    bic: null,
    coverage: [{ from: "2026-01-01", to: "2026-02-01" }],
    createdAt: NOW,
    updatedAt: NOW,
    ...given,
  };
}

export function transaction(given: Pick<Transaction, "userId" | "consentId" | "accountId"> & Partial<Transaction>): Transaction {
  return {
    id: newId("trx"),
    status: "BOOKED",
    date: "2026-01-15",
    amount: "-12.50",
    currency: "PLN",
    bookingDate: "2026-01-15",
    valueDate: null,
    transactionDate: null,
    description: "Żabka Z4512",
    counterpartyName: null,
    counterpartyIban: null,
    counterpartyAccount: null,
    counterpartyBic: null,
    remittance: [],
    structuredReference: null,
    bankTransactionCode: null,
    merchantCategoryCode: null,
    endToEndId: null,
    mandateId: null,
    exchangeAmount: null,
    exchangeCurrency: null,
    exchangeRate: null,
    balanceAfterAmount: null,
    balanceAfterCurrency: null,
    bankTransactionId: null,
    entryReference: null,
    voidReason: null,
    revision: 1,
    firstSeenAt: NOW,
    updatedAt: NOW,
    matchedBy: "NEW",
    aliases: [],
    missedFetches: 0,
    missedOn: null,
    ...given,
  };
}

export function job(given: Partial<JobRow> = {}): JobRow {
  return {
    id: newId("job"),
    queue: "update",
    key: null,
    groupKey: null,
    consentId: null,
    payload: "{}",
    runAt: NOW,
    attempts: 0,
    createdAt: NOW,
    ...given,
  };
}
