import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { getTableColumns, getTableName } from "drizzle-orm";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { postgresKit, sqliteKit } from "../src/store/kit.ts";
import { openStore } from "../src/store/open.ts";
import { defineTables } from "../src/store/tables.ts";
import { databases } from "./databases.ts";

const root = new URL("..", import.meta.url).pathname;

describe("the tables of both dialects", () => {
  it("agree in every table and column, in names, order, nullability and kind", () => {
    const shape = (kit: typeof sqliteKit) =>
      Object.values(defineTables(kit)).map((table) => ({
        table: getTableName(table),
        columns: Object.entries(getTableColumns(table)).map(([key, column]) => {
          const kind = column.getSQLType().replace(' collate "C"', "").replace("bigint", "integer");
          return { key, name: column.name, notNull: column.notNull, kind: kind === "boolean" ? "integer" : kind };
        }),
      }));
    expect(shape(postgresKit)).toEqual(shape(sqliteKit));
  });

  it("give every row of a user or a consent a column that erasure can find it by", () => {
    const ofTenants = ["tenant", "api_key", "client_certificate", "operator", "audit_entry", "audit_head"];
    const ofNobody = [...ofTenants, "setting", "bank_habit", "known_bank", "hub_user", "job"];
    const tables = Object.values(defineTables(sqliteKit)).filter((table) => !ofNobody.includes(getTableName(table)));
    const without = tables.filter((table) => !("userId" in getTableColumns(table)));
    expect(without.map((table) => getTableName(table))).toEqual([]);
  });
});

describe("the migrations", () => {
  it.each(["sqlite", "postgres"])("of %s are what drizzle-kit makes of the tables: generating again adds nothing", (dialect) => {
    // Inside the project, for drizzle-kit to find its packages; removed whatever happens.
    const folder = mkdtempSync(join(root, "node_modules", ".drift-"));
    try {
      cpSync(join(root, "drizzle", dialect), join(folder, dialect), { recursive: true });
      const before = readdirSync(folder, { recursive: true });
      const kind = dialect === "sqlite" ? "sqlite" : "postgresql";
      const out = relative(root, join(folder, dialect));
      const args = ["generate", "--dialect", kind, "--schema", `./drizzle/${dialect}.schema.ts`, "--out", `./${out}`];
      const run = spawnSync(process.execPath, [join(root, "node_modules/drizzle-kit/bin.cjs"), ...args], { cwd: root, encoding: "utf8" });
      expect(run.stdout + run.stderr).toContain("No schema changes");
      expect(readdirSync(folder, { recursive: true })).toEqual(before);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each(databases)("of $name run once, however many processes open the database at the same time", async ({ open }) => {
    const url = await open();
    const folder = mkdtempSync(join(tmpdir(), "hub-migrations-"));
    const config =
      url === undefined
        ? ({ dialect: "sqlite", file: join(folder, "hub.db") } as const)
        : ({ dialect: "postgres", url, poolSize: 2 } as const);
    const stores = await Promise.all([openStore(config), openStore(config), openStore(config)]);
    for (const store of stores) {
      expect(await store.tenants()).toEqual([]);
      await store[Symbol.asyncDispose]();
    }
    rmSync(folder, { recursive: true });
  });
});

describe.skipIf(databases.length < 2)("the store on PostgreSQL", () => {
  const openPostgres = async (options: { idleTransactionMs?: number } = {}) => {
    const url = (await databases[1]?.open()) ?? "";
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const store = await openStore({ dialect: "postgres", url, poolSize: 4, ...options });
    return {
      client,
      store,
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        await client.end();
      },
    };
  };

  it("spreads transactions over 64 partitions by user", async () => {
    await using opened = await openPostgres();
    const parts = await opened.client.query("select 1 from pg_inherits where inhparent = 'bank_transaction'::regclass");
    expect(parts.rowCount).toBe(64);
  });

  it("lives through the end of all its connections", async () => {
    await using opened = await openPostgres();
    const { client, store } = opened;
    // Several, so that some are idle when they end: the one that is asked next reports to its query instead of the pool.
    await Promise.all(Array.from({ length: 4 }, () => store.tenants()));
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'hub' and datname = current_database()",
    );
    const settled = async (): Promise<unknown> => store.tenants().catch(settled); // until the pool has noticed
    expect(await settled()).toEqual([]);
  });

  it("runs a transaction again that the database ended to break a deadlock", async () => {
    await using opened = await openPostgres();
    const { store } = opened;
    await store.tx(async (tx) => {
      for (const name of ["a", "b"]) await tx.setSetting(name, "0");
    });
    let runs = 0;
    let meet: () => void = () => undefined;
    const both = new Promise<void>((resolve) => (meet = resolve));
    const write = (first: string, second: string) =>
      store.tx(async (tx) => {
        await tx.setSetting(first, `${first}${second}`);
        if (++runs === 2) meet();
        await both;
        await tx.setSetting(second, `${first}${second}`);
      });
    await Promise.all([write("a", "b"), write("b", "a")]);
    expect(runs).toBeGreaterThan(2); // where the two meet again it takes more than one
    expect(await store.setting("a")).toBe(await store.setting("b"));
  });

  it("does not let a process that has gone silent in mid-transaction keep its locks from others", async () => {
    await using opened = await openPostgres({ idleTransactionMs: 200 });
    const { store } = opened;
    await store.tx((tx) => tx.setSetting("a", "before"));
    let wake: () => void = () => undefined;
    let locked: () => void = () => undefined;
    const [slept, isLocked] = [new Promise<void>((resolve) => (wake = resolve)), new Promise<void>((resolve) => (locked = resolve))];
    const sleeper = store.tx(async (tx) => {
      await tx.setSetting("a", "sleeper");
      locked();
      await slept;
      await tx.setSetting("b", "sleeper");
    });
    sleeper.catch(() => undefined); // looked at below
    await isLocked;
    await store.tx((tx) => tx.setSetting("a", "other"));
    wake();
    await expect(sleeper).rejects.toThrow();
    expect([await store.setting("a"), await store.setting("b")]).toEqual(["other", null]);
  });

  it("sorts as bytes do, whatever the server's language", async () => {
    await using opened = await openPostgres();
    const { rows } = await opened.client.query<{ collation: string }>(
      "select distinct collation_name as collation from information_schema.columns where table_name = 'bank_transaction' and column_name in ('id', 'date', 'amount_key')",
    );
    expect(rows).toEqual([{ collation: "C" }]);
  });
});
