import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../src/domain/ids.ts";
import { entitiesOf } from "../src/store/entities.ts";
import { sqliteKit } from "../src/store/kit.ts";
import { lockDataFile } from "../src/store/lock.ts";
import { openStore } from "../src/store/open.ts";
import { readsOver } from "../src/store/repositories.ts";
import { sqliteDb } from "../src/store/sqlite/session.ts";
import type { Reads } from "../src/store/reads.ts";
import type { PageRequest, Store } from "../src/store/store.ts";
import { defineTables } from "../src/store/tables.ts";
import { aWorld, EVERYTHING, FIRST_PAGE, NOW, type World } from "./contracts/store-fixtures.ts";

let folder: string;
let file: string;
let store: Store;
let world: World;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hub-sqlite-"));
  file = join(folder, "hub.db");
  store = await openStore({ dialect: "sqlite", file });
  world = await aWorld(store);
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

describe("plans of the SQLite statements", () => {
  const page: PageRequest = { limit: 20, position: { key: "2026-01-10", id: "trx_x" }, backward: false };
  const filter = { ...EVERYTHING, dateFrom: "2026-01-01", statuses: ["BOOKED"], amountMin: "1.00", search: "x" } as const;
  const two = <T>(one: T, other: T): readonly T[] => [one, other];
  const asked: Readonly<Record<string, (reads: Reads, w: World) => Promise<unknown>>> = {
    "one account's page": (r, w) => r.transactionsOfAccounts(w.owner, [w.accountId], EVERYTHING, page),
    "one account's page, filtered": (r, w) => r.transactionsOfAccounts(w.owner, [w.accountId], filter, page),
    "one account's page, backwards": (r, w) => r.transactionsOfAccounts(w.asUser, [w.accountId], filter, { ...page, backward: true }),
    "two accounts' pages": (r, w) => r.transactionsOfAccounts(w.owner, two(w.accountId, newId("acc")), filter, page),
    "one user's page": (r, w) => r.transactionsOfUsers(w.owner, [w.userId], EVERYTHING, page),
    "two users' pages": (r, w) => r.transactionsOfUsers(w.owner, two(w.userId, newId("usr")), filter, page),
    "transactions by ids": (r, w) => r.transactionsByIds(w.owner, two(newId("trx"), newId("trx"))),
    "transaction counts": (r, w) => r.countTransactions(w.owner, "account", two(w.accountId, newId("acc")), filter),
    "the newest reference": (r, w) => r.newestEntryReference(w.accountId),
    "the oldest pending day": (r, w) => r.oldestPendingDate(w.accountId),
    "rows for the matcher": (r, w) => r.transactionsForMatching(w.accountId, "2026-01-01", "2026-02-01"),
    "consents of users": (r, w) => r.consentsOfUsers(w.owner, two(w.userId, newId("usr")), { statuses: null }, FIRST_PAGE),
    "latest updates": (r, w) => r.latestUpdates(w.owner, two(w.consentId, newId("con"))),
    "accounts of consents": (r, w) => r.accountsOfConsents(w.owner, two(w.consentId, newId("con")), FIRST_PAGE),
    balances: (r, w) => r.balancesOfAccounts(w.owner, [w.accountId]),
    "a page of users": (r, w) => r.users(w.owner, { limit: 5, position: null, backward: true }),
    "changes after a cursor": (r, w) => r.changesOfUser(w.owner, w.userId, { after: 5, kinds: ["TRANSACTION"], limit: 9 }),
    "changes of an update": (r, w) => r.changesOfUpdate(w.owner, newId("upd"), { after: 0, limit: 9 }),
    "an attempt by its state": (r) => r.authorizationByStateHash("h"),
    "attempts that ran out": (r) => r.expiredAuthorizations(NOW, 5),
    "consents that end": (r) => r.consentsEndingBy(NOW, 5),
    "consents that are due": (r) => r.consentsDue(NOW, 5),
    "the active update": (r, w) => r.activeUpdate(w.consentId),
    "calls of a grant": (r) => r.callsSince(newId("gra"), NOW),
  };

  it.each(Object.entries(asked))("%s comes from an index, in order", async (_, ask) => {
    const handle = new Database(file, { readonly: true });
    const db = sqliteDb(
      handle,
      entitiesOf(defineTables(sqliteKit)),
      () => undefined,
      () => undefined,
    );
    const steps: string[] = [];
    const explained = readsOver({
      ...db,
      all: async (statement) => {
        const params = statement.params.map((value) => (Array.isArray(value) ? JSON.stringify(value) : value));
        const plan = handle.prepare<unknown[], { detail: string }>(`explain query plan ${statement.text}`).all(params);
        steps.push(...plan.map(({ detail }) => detail));
        return db.all(statement);
      },
    });
    await ask(explained, world);
    handle.close();
    expect(steps.filter((step) => step.startsWith("SEARCH"))).not.toEqual([]);
    const bad = steps.filter(
      (step) => (step.startsWith("SCAN") && !/json_each|SCAN p\b|CONSTANT/.test(step)) || step.includes("TEMP B-TREE FOR ORDER BY"),
    );
    expect(bad).toEqual([]);
  });

  it("keeps an account's transactions together in display order, without row ids", () => {
    const handle = new Database(file, { readonly: true });
    const text = handle.prepare<[], string>("select sql from sqlite_master where name = 'bank_transaction'").pluck().get();
    handle.close();
    expect(text).toMatch(/PRIMARY KEY\(`account_id`, `date` DESC, `id` DESC\)\s*\) WITHOUT ROWID/);
  });
});

describe("the SQLite file", () => {
  it("is written by a worker thread's store at the same time, and no write is lost", async () => {
    const rounds = 150;
    const worker = new Worker(
      `import("tsx/esm/api").then(async ({ register }) => {
        register();
        const { workerData, parentPort } = await import("node:worker_threads");
        const { openStore } = await import(workerData.open);
        const store = await openStore({ dialect: "sqlite", file: workerData.file });
        const change = { type: "ConsentChanged", subjectId: "x".repeat(2000), consentId: null };
        for (let i = 0; i < workerData.rounds; i++) await store.tx((tx) => tx.appendChanges(workerData.userId, 1, Array(20).fill(change)));
        await store[Symbol.asyncDispose]();
        parentPort.postMessage("done");
      })`,
      { eval: true, workerData: { open: new URL("../src/store/open.ts", import.meta.url).href, file, userId: world.userId, rounds } },
    );
    const done = once(worker, "message");
    for (let i = 0; i < rounds; i++)
      await store.tx((tx) => tx.appendChanges(world.userId, 1, [{ type: "ConsentChanged", subjectId: "y", consentId: null }]));
    await done;
    expect(await store.changeSeqs([world.userId])).toEqual(new Map([[world.userId, rounds * 21]]));
  });

  it("waits for another's write lock with a living event loop, and then goes on", async () => {
    const other = new Database(file);
    other.exec("begin immediate");
    let ticks = 0;
    const timer = setInterval(() => {
      if (++ticks === 20) other.exec("rollback");
    }, 1);
    await store.tx((tx) => tx.setSetting("a", "b"));
    clearInterval(timer);
    other.close();
    expect(ticks).toBeGreaterThanOrEqual(20);
  });

  it("refuses a database that a newer version has migrated", async () => {
    const newer = join(folder, "newer.db");
    await (await openStore({ dialect: "sqlite", file: newer }))[Symbol.asyncDispose]();
    const handle = new Database(newer);
    handle.exec("insert into schema_migration (tag) values ('9999_future')");
    handle.close();
    await expect(openStore({ dialect: "sqlite", file: newer })).rejects.toThrow("9999_future");
  });

  it("says where it looked for migrations that are not there", async () => {
    await expect(openStore({ dialect: "sqlite", file: join(folder, "x.db"), migrationsFolder: join(folder, "none") })).rejects.toThrow(
      "none",
    );
  });
});

describe("the lock of the data file", () => {
  const script = () => {
    const path = join(folder, "locker.mts");
    const lock = JSON.stringify(new URL("../src/store/lock.ts", import.meta.url).href);
    writeFileSync(
      path,
      `const { lockDataFile } = await import(${lock}); lockDataFile(process.argv[2] ?? ""); await new Promise(setImmediate); globalThis.gc?.(); await new Promise(setImmediate); globalThis.gc?.(); console.log("locked"); setInterval(() => {}, 1000);\n`,
    );
    return path;
  };

  it("keeps a second process out and tells it who has the file and what to do", async () => {
    const guarded = join(folder, "guarded.db");
    const release = lockDataFile(guarded);
    const second = spawnSync(process.execPath, ["--import", "tsx", script(), guarded], { encoding: "utf8", timeout: 10_000 });
    release();
    expect(second.status).not.toBe(0);
    expect(second.stderr).toContain(`${guarded} is in use by process ${process.pid}`);
    expect(second.stderr).toContain("DATABASE_URL");
    expect(() => lockDataFile(guarded)()).not.toThrow();
  });

  it("keeps a second holder in the same process out", () => {
    const guarded = join(folder, "twice.db");
    const release = lockDataFile(guarded);
    expect(() => lockDataFile(guarded)).toThrow("in use");
    release();
  });

  it("is held without anyone keeping its answer, and is free again when its holder was killed", async () => {
    const guarded = join(folder, "killed.db");
    const holder = spawn(process.execPath, ["--expose-gc", "--import", "tsx", script(), guarded], { stdio: ["ignore", "pipe", "ignore"] });
    const exited = once(holder, "exit");
    try {
      await once(holder.stdout, "data");
      expect(() => lockDataFile(guarded)).toThrow(`process ${holder.pid}`);
    } finally {
      holder.kill("SIGKILL");
      await exited;
    }
    lockDataFile(guarded)();
  });
});
