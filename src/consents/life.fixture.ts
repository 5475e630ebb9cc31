import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bank } from "../domain/bank.ts";
import type { Consent } from "../domain/consent.ts";
import { newId } from "../domain/ids.ts";
import { Secret } from "../domain/secret.ts";
import { MADE_BY_OPERATOR, type Tenant, type User } from "../domain/tenant.ts";
import { MINUTE } from "../domain/time.ts";
import type { Hint } from "../events/hints.ts";
import type { JobHandler, Jobs, QueueName, WorkOptions } from "../jobs/jobs.ts";
import type { Store } from "../store/store.ts";
import { openTestStore } from "../../test/databases.ts";
import type { NewConsent } from "./consents.ts";
import { FakeBank, type TestClock } from "./fake-bank.fixture.ts";
import { createConsents, type ConsentService } from "./index.ts";

export const START = Date.UTC(2026, 8, 7, 10);
export const REDIRECT_URL = "https://app.example/bank?tab=1";

export function testClock(): TestClock {
  let now = START;
  return { now: () => now, advance: (ms) => void (now += ms) };
}

export const BANK: Bank = {
  id: "bank-one",
  name: "Bank One",
  country: "DE",
  bic: null,
  nationalBankCode: null,
  logo: null,
  standard: "BERLIN_GROUP",
  environment: "SANDBOX",
  connection: {
    baseUrl: "http://127.0.0.1:1",
    auth: { clientId: "c", clientSecret: null, method: "tls_client_auth", scope: null, authorizationUrl: null, tokenUrl: null },
    tls: null,
    sign: null,
    profile: {},
  },
  psuTypes: ["PERSONAL"],
  scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS"],
  maxHistoryDays: null,
  maxConsentDays: null,
  unattendedCallsPerDay: 4,
  timeZone: "Europe/Berlin",
};

/** The queue on the store's own rows; runs when told. */
export interface TestJobs extends Jobs {
  /** Runs whatever is due until nothing is. */
  drain(): Promise<void>;
}

function testJobs(store: Store, clock: TestClock): TestJobs {
  const workers = new Map<QueueName, { options: WorkOptions; handler: JobHandler }>();
  const run = async (queue: QueueName): Promise<boolean> => {
    const worker = workers.get(queue);
    if (!worker) return false;
    const now = clock.now();
    const jobs = await store.tx((tx) => tx.claimJobs(queue, "test", now, now + MINUTE, 10));
    for (const job of jobs) {
      let again: number | null = null;
      try {
        again = (await worker.handler(JSON.parse(job.payload), new AbortController().signal))?.runAgainAt ?? null;
      } catch {
        const delay = worker.options.retryDelay(job.attempts + 1);
        again = delay === null ? null : clock.now() + delay;
      }
      const at = again;
      await store.tx((tx) => (at === null ? tx.finishJob(job.id, "test") : tx.retryJob(job.id, "test", at)));
    }
    return jobs.length > 0;
  };
  return {
    enqueue: (tx, { payload, ...job }) =>
      tx.insertJob({ ...job, id: newId("job", clock.now()), payload: JSON.stringify(payload), attempts: 0, createdAt: clock.now() }),
    cancel: async (tx, queue, key) => void (await tx.cancelJobs(queue, key)),
    work: (queue, options, handler) => void workers.set(queue, { options, handler }),
    nudge: () => undefined,
    stop: async () => undefined,
    async drain() {
      for (let busy = true; busy;) {
        busy = false;
        for (const queue of workers.keys()) busy = (await run(queue)) || busy;
      }
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

export interface Life extends AsyncDisposable {
  readonly store: Store;
  readonly clock: TestClock;
  readonly bank: FakeBank;
  readonly consents: ConsentService;
  readonly jobs: TestJobs;
  readonly hints: Hint[];
  readonly logged: object[];
  /** Consents for which a first update was started, and updates canceled. */
  readonly started: string[];
  /** Consents whose account list was asked for at once. */
  readonly listed: string[];
  readonly tenant: Tenant;
  readonly user: User;
  readonly owner: { readonly tenantId: Tenant["id"]; readonly userId: null };
  readonly folder: string;
  /** A second set of services over the same database: another process. */
  another(): ConsentService;
  request(more?: Partial<NewConsent>): NewConsent;
  create(more?: Partial<NewConsent>): Promise<Consent>;
  /** The browser comes back from the bank with the state of the last attempt. */
  comeBack(parameters?: Record<string, string>, bankId?: string): ReturnType<ConsentService["returned"]>;
  given(more?: Partial<NewConsent>): Promise<Consent>;
  read(id: Consent["id"]): Promise<Consent>;
  /** Types of the user's log, in order. */
  log(): Promise<readonly string[]>;
}

export async function startLife(): Promise<Life> {
  const folder = mkdtempSync(join(tmpdir(), "consents-"));
  const { store } = await openTestStore(folder);
  const clock = testClock();
  const bank = new FakeBank(clock);
  const jobs = testJobs(store, clock);
  const hints: Hint[] = [];
  const logged: object[] = [];
  const started: string[] = [];
  const listed: string[] = [];
  const masterKey = new Secret(randomBytes(32).toString("base64"));
  const write = (fields: object): void => void logged.push(fields);
  const parts = {
    store,
    jobs,
    hints: { send: (hint: Hint) => void hints.push(hint), listen: () => () => undefined, [Symbol.asyncDispose]: async () => undefined },
    banks: { byId: (id: string) => (id === BANK.id ? BANK : id === "bank-two" ? { ...BANK, id: "bank-two" } : null) },
    connectorFor: () => bank,
    requests: {
      start: async (_tx: unknown, consent: Consent) => {
        started.push(consent.id);
        return null;
      },
      cancel: async () => ({ ok: false as const, refusals: [] }),
      readAccounts: async (_tx: unknown, { id }: Consent) => void listed.push(id),
    },
    clock,
    masterKey,
    publicUrl: "http://hub.example",
    log: { info: write, warn: write, error: write },
  };
  const consents = createConsents(parts);
  await consents.registerWorkers({ startDue: async () => void started.push("due") });

  const tenant: Tenant = {
    ...MADE_BY_OPERATOR,
    id: newId("ten", START),
    name: "T",
    environment: "SANDBOX",
    redirectUrls: [REDIRECT_URL],
    updateCallbackUrls: [],
    callbackSecretSealed: "x",
    createdAt: START,
  };
  const user: User = { id: newId("usr", START), tenantId: tenant.id, clientId: null, createdAt: START, changeSeq: 0 };
  await store.tx(async (tx) => {
    await tx.insertTenant(tenant);
    await tx.insertUser(user);
  });
  const owner = { tenantId: tenant.id, userId: null };
  const signal = new AbortController().signal;
  const life: Life = {
    store,
    clock,
    bank,
    consents,
    jobs,
    hints,
    logged,
    started,
    listed,
    tenant,
    user,
    owner,
    folder,
    another: () => createConsents(parts),
    request: (more = {}) => ({
      owner,
      userId: user.id,
      bank: BANK,
      redirectUrl: REDIRECT_URL,
      scopes: ["ACCOUNTS", "BALANCES"],
      psuType: "PERSONAL",
      startUpdate: false,
      idempotencyKey: null,
      psu: null,
      ...more,
    }),
    async create(more) {
      const made = await consents.create(life.request(more), signal);
      if (!made.ok) throw new Error(JSON.stringify(made.refusals));
      return made.value;
    },
    comeBack: (parameters = { code: "c" }, bankId = BANK.id) =>
      consents.returned(bankId, { state: bank.lastState, ...parameters }, null, signal),
    async given(more) {
      const { id } = await life.create(more);
      await life.comeBack();
      return life.read(id);
    },
    async read(id) {
      const consent = await store.consent(id);
      if (!consent) throw new Error(`${id} is gone`);
      return consent;
    },
    log: async () => (await store.changesOfUser(owner, user.id, { after: 0, kinds: null, limit: 100 })).map(({ type }) => type),
    async [Symbol.asyncDispose]() {
      await consents[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return life;
}
