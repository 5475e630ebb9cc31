import type { OpenGrant } from "../consents/grants.ts";
import type { Bank } from "../domain/bank.ts";
import type { Consent, Grant } from "../domain/consent.ts";
import { newId, type ConsentId } from "../domain/ids.ts";
import { Secret } from "../domain/secret.ts";
import { MADE_BY_OPERATOR, type Tenant, type User } from "../domain/tenant.ts";
import { addDays, dayIn, type Day, type Instant } from "../domain/time.ts";
import type { Transaction } from "../domain/transaction.ts";
import type { PsuContext, Update } from "../domain/update.ts";
import type { Hint } from "../events/hints.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Store } from "../store/store.ts";
import { runUpdate } from "./engine.ts";
import type { SyncParts } from "./parts.ts";
import { BANK, ScriptedBank, TODAY } from "./scripted-bank.fixture.ts";
import { createUpdateRequests } from "./update-requests.ts";

export const NOW = Date.UTC(2026, 8, 7, 10);
export const CALLBACK_URL = "https://tenant.example/updates";

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
  /** The user renewed just now: another grant is current. */
  renew(): Promise<void>;
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

export interface WorldOptions {
  readonly bank?: Partial<Bank>;
  readonly scopes?: Consent["scopes"];
  readonly authorizedAt?: Instant;
}

export type StartWorld = (options?: WorldOptions) => Promise<World>;

let worlds = 0;

/** A tenant, a user and a given consent at a bank of its own, on a store that others may use too. */
export async function startWorldOn(store: Store, options: WorldOptions = {}): Promise<World> {
  let now = NOW;
  const clock = { now: () => now };
  const hints: Hint[] = [];
  const bank = new ScriptedBank();
  const entry = { ...BANK, id: `${BANK.id}-${String(process.pid)}-${String(++worlds)}`, ...options.bank };
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
    ...MADE_BY_OPERATOR,
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
  let grant: Grant = {
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
    async renew() {
      grant = { ...grant, id: newId("gra", now), authorizedAt: now, createdAt: now };
      await store.tx(async (tx) => {
        await tx.insertGrant(grant);
        await tx.patchConsent(consentId, { currentGrantId: grant.id }, null);
      });
    },
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
      await store.tx((tx) => tx.deleteUser(user.id));
    },
  };
  return world;
}

/** The day `days` before today, at the bank, at the time the world starts. */
export function daysAgo(days: number): Day {
  return addDays(dayIn(BANK.timeZone, NOW), -days);
}
