import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AccountList, BankAccount, Connector, GrantCall, TransactionPage, TransactionsRequest } from "../connectors/connector.ts";
import type { OpenGrant } from "../consents/grants.ts";
import type { BalanceFacts, IdentityFacts } from "../domain/account.ts";
import type { Bank } from "../domain/bank.ts";
import type { Consent, Grant } from "../domain/consent.ts";
import { newId, type ConsentId } from "../domain/ids.ts";
import { Secret } from "../domain/secret.ts";
import type { Tenant, User } from "../domain/tenant.ts";
import { addDays, dayIn, type Day, type Instant } from "../domain/time.ts";
import type { Transaction, TransactionFacts } from "../domain/transaction.ts";
import type { PsuContext, Update } from "../domain/update.ts";
import type { Hint } from "../events/hints.ts";
import type { Jobs } from "../jobs/jobs.ts";
import { openStore } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import { runUpdate } from "./engine.ts";
import type { SyncParts } from "./parts.ts";
import { createUpdateRequests } from "./update-requests.ts";

export const NOW = Date.UTC(2026, 8, 7, 10);
export const TODAY: Day = "2026-09-07";
export const CALLBACK_URL = "https://tenant.example/updates";

export const BANK: Bank = {
  id: "bank-one",
  name: "Bank One",
  country: "DE",
  bic: null,
  nationalBankCode: null,
  logo: null,
  standard: "BERLIN_GROUP",
  environment: "SANDBOX",
  connection: null,
  psuTypes: ["PERSONAL"],
  scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS", "IDENTITY"],
  maxHistoryDays: null,
  maxConsentDays: null,
  unattendedCallsPerDay: 4,
  timeZone: "Europe/Berlin",
};

export function listed(more: Partial<BankAccount> = {}): BankAccount {
  return {
    name: "Giro",
    ownerName: "Ann Example",
    type: "CURRENT",
    product: null,
    status: "ACTIVE",
    currency: "EUR",
    iban: "DE02120300000000202051",
    bban: null,
    sortCode: null,
    accountNumber: null,
    maskedPan: null,
    bic: null,
    resourceId: "r1",
    connectorData: null,
    balances: null,
    mayReadBalances: true,
    mayReadTransactions: true,
    ...more,
  };
}

export function page(rows: readonly TransactionFacts[], more: Partial<TransactionPage> = {}): TransactionPage {
  return { rows, quarantined: [], next: null, pendingUnknown: false, complete: true, ...more };
}

/** The far side: answers from scripts, and remembers what it was asked. */
export class ScriptedBank implements Connector {
  readonly calls: string[] = [];
  readonly requests: TransactionsRequest[] = [];
  readonly psus: (PsuContext | null)[] = [];
  list: () => AccountList = () => ({ accounts: [listed()], quarantined: [] });
  balance: (resourceId: string) => readonly BalanceFacts[] = () => [
    { type: "INTERIM_BOOKED", amount: "100.00", currency: "EUR", creditLimitIncluded: null, referenceDate: null },
  ];
  rows: TransactionFacts[] = [];
  /** By default: the rows of the window, newest first, in pages of `pageSize`. */
  pageSize = 1_000;
  serve: (request: TransactionsRequest) => TransactionPage | Promise<TransactionPage> = (request) => this.window(request);
  people: () => readonly IdentityFacts[] | null = () => null;

  window({ from, to, cursor }: TransactionsRequest): TransactionPage {
    const day = (row: TransactionFacts): Day => row.bookingDate ?? row.transactionDate ?? TODAY;
    const all = this.rows
      .filter((row) => (from === null || day(row) >= from) && (to === null || day(row) <= to))
      .sort((a, b) => (day(a) < day(b) ? 1 : -1));
    const start = Number(cursor ?? 0);
    const end = start + this.pageSize;
    return page(all.slice(start, end), { next: end < all.length ? String(end) : null });
  }

  async accounts(call: GrantCall): Promise<AccountList> {
    this.psus.push(call.psu);
    this.calls.push("accounts");
    return this.list();
  }

  async balances(_call: GrantCall, account: { readonly resourceId: string }): Promise<readonly BalanceFacts[]> {
    this.calls.push(`balances ${account.resourceId}`);
    return this.balance(account.resourceId);
  }

  async transactions(_call: GrantCall, request: TransactionsRequest): Promise<TransactionPage> {
    this.calls.push(`transactions ${request.account.resourceId} ${request.from ?? "-"}..${request.to ?? "-"} ${request.cursor ?? "first"}`);
    this.requests.push(request);
    return this.serve(request);
  }

  async identity(): Promise<readonly IdentityFacts[] | null> {
    this.calls.push("identity");
    return this.people();
  }

  openGrant = unused;
  completeGrant = unused;
  grantState = unused;
  refresh = unused;
  revoke = unused;
  async close(): Promise<void> {}
}

async function unused(): Promise<never> {
  throw new Error("the engine has no use for this");
}

export interface World extends AsyncDisposable {
  readonly store: Store;
  readonly bank: ScriptedBank;
  readonly parts: SyncParts;
  readonly requests: ReturnType<typeof createUpdateRequests>;
  readonly owner: { readonly tenantId: Tenant["id"]; readonly userId: null };
  readonly consent: Consent;
  readonly user: User;
  readonly hints: Hint[];
  advance(ms: number): void;
  now(): Instant;
  /** Asks for an update and runs it once, as the queue would. */
  update(more?: { psuContext?: PsuContext; callbackUrl?: string }): Promise<Update>;
  ask(more?: { psuContext?: PsuContext | null; callbackUrl?: string | null; idempotencyKey?: string | null }): Promise<Update>;
  run(update: Pick<Update, "id">, signal?: AbortSignal): Promise<Update>;
  read(update: Pick<Update, "id">): Promise<Update>;
  transactions(): Promise<readonly Transaction[]>;
  changes(): Promise<readonly string[]>;
  callbacks(): Promise<readonly Record<string, unknown>[]>;
}

export async function startWorld(
  options: { bank?: Partial<Bank>; scopes?: Consent["scopes"]; authorizedAt?: Instant } = {},
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "sync-"));
  const store = await openStore({ dialect: "sqlite", file: join(folder, "hub.db") });
  let now = NOW;
  const clock = { now: () => now };
  const hints: Hint[] = [];
  const bank = new ScriptedBank();
  const entry = { ...BANK, ...options.bank };
  const jobs: Jobs = {
    enqueue: (tx, { payload, ...job }) =>
      tx.insertJob({ ...job, id: newId("job"), payload: JSON.stringify(payload), attempts: 0, createdAt: now }),
    cancel: async (tx, queue, key) => void (await tx.cancelJobs(queue, key)),
    work: () => undefined,
    nudge: () => undefined,
    stop: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
  const hintPort = {
    send: (hint: Hint) => void hints.push(hint),
    listen: () => () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
  const tenant: Tenant = {
    id: newId("ten", NOW),
    name: "T",
    environment: "SANDBOX",
    redirectUrls: [],
    updateCallbackUrls: [CALLBACK_URL],
    callbackSecretSealed: "x",
    createdAt: NOW,
  };
  const user: User = { id: newId("usr", NOW), tenantId: tenant.id, clientId: null, createdAt: NOW, changeSeq: 0 };
  const consentId: ConsentId = newId("con", NOW);
  const grant: Grant = {
    id: newId("gra", NOW),
    userId: user.id,
    consentId,
    status: "CURRENT",
    sealedHandle: "sealed",
    accessExpiresAt: null,
    validUntil: null,
    authorizedAt: options.authorizedAt ?? NOW,
    refreshOwner: null,
    refreshUntil: null,
    createdAt: NOW,
    endedAt: null,
  };
  const consent: Consent = {
    id: consentId,
    userId: user.id,
    tenantId: tenant.id,
    bankId: entry.id,
    status: "GIVEN",
    statusReason: null,
    statusChangedAt: NOW,
    attention: "NONE",
    scopes: options.scopes ?? ["ACCOUNTS", "BALANCES", "TRANSACTIONS"],
    psuType: "PERSONAL",
    redirectUrl: "https://app.example",
    givenAt: NOW,
    validUntil: null,
    currentGrantId: grant.id,
    startUpdate: false,
    timesPerDay: 0,
    nextRunAt: null,
    idempotencyKey: null,
    createdAt: NOW,
    version: 1,
  };
  await store.tx(async (tx) => {
    await tx.insertTenant(tenant);
    await tx.insertUser(user);
    await tx.insertConsent(consent, "wrapped");
    await tx.insertGrant(grant);
  });
  const open = (psu: PsuContext | null): OpenGrant => ({
    bank: entry,
    grant,
    connector: bank,
    call: (run, signal) => run({ handle: { data: new Secret("tokens"), accessExpiresAt: null }, psu }, signal),
    seal: (column, plain) => `sealed:${column}:${plain.length}`,
  });
  const silent = (): void => undefined;
  const parts: SyncParts = {
    store,
    jobs,
    hints: hintPort,
    clock,
    grants: { open: async (_consent, psu) => open(psu) },
    log: { info: silent, warn: silent, error: silent },
    random: () => 0.5,
  };
  const requests = createUpdateRequests({ store, jobs, hints: hintPort, banks: { byId: () => entry }, clock });
  const owner = { tenantId: tenant.id, userId: null };
  const world: World = {
    store,
    bank,
    parts,
    requests,
    owner,
    consent,
    user,
    hints,
    advance: (ms) => void (now += ms),
    now: () => now,
    async ask(more = {}) {
      const made = await requests.create({ owner, consentId, callbackUrl: null, psuContext: null, idempotencyKey: null, ...more });
      if (!made.ok) throw new Error(JSON.stringify(made.refusals));
      return made.value.update;
    },
    async run(update, signal = new AbortController().signal) {
      await runUpdate(parts, update.id, signal);
      return world.read(update);
    },
    update: async (more) => world.run(await world.ask(more)),
    async read(update) {
      const found = await store.update(update.id);
      if (!found) throw new Error(`${update.id} is gone`);
      return found;
    },
    async transactions() {
      const accounts = await store.accountsOfConsent(consentId);
      const rows = await Promise.all(
        accounts.map(({ id }) => store.transactionsForMatching(id, addDays(TODAY, -5_000), addDays(TODAY, 400))),
      );
      return rows.flat().sort((a, b) => (a.date === b.date ? (a.id < b.id ? -1 : 1) : a.date < b.date ? 1 : -1));
    },
    changes: async () => (await store.changesOfUser(owner, user.id, { after: 0, kinds: null, limit: 10_000 })).map((change) => change.type),
    async callbacks() {
      const found: Record<string, unknown>[] = [];
      for (;;) {
        const [job] = await store.tx((tx) => tx.claimJobs("callback", "test", now, now + 1, 1));
        if (!job) return found;
        found.push(JSON.parse(job.payload) as Record<string, unknown>);
        await store.tx((tx) => tx.finishJob(job.id, "test"));
      }
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

/** The day `days` before today, at the bank, at the time the world starts. */
export function daysAgo(days: number): Day {
  return addDays(dayIn(BANK.timeZone, NOW), -days);
}
