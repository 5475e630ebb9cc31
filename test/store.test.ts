import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import pg from "pg";
import { openStore } from "../src/store/open.ts";
import type { OpenStore } from "./contracts/store-fixtures.ts";
import { storeContract } from "./contracts/store.contract.ts";
import { databases } from "./databases.ts";

async function openSqlite(): Promise<OpenStore> {
  const folder = mkdtempSync(join(tmpdir(), "hub-store-"));
  const file = join(folder, "hub.db");
  const config = { dialect: "sqlite", file } as const;
  const store = await openStore(config);
  return {
    store,
    another: () => openStore(config),
    async dump() {
      const db = new Database(file, { readonly: true });
      const tables = db.prepare<[], string>("select name from sqlite_master where type = 'table'").pluck().all();
      const rows = new Map(tables.map((name) => [name, db.prepare<[], Record<string, unknown>>(`select * from ${name}`).all()]));
      db.close();
      return rows;
    },
    async execute(statement) {
      const db = new Database(file);
      try {
        db.exec(statement);
      } finally {
        db.close();
      }
    },
    bytes: () => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name)))),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

async function openPostgres(url: string): Promise<OpenStore> {
  const config = { dialect: "postgres", url, poolSize: 8 } as const;
  const store = await openStore(config);
  return {
    store,
    another: () => openStore(config),
    async dump() {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const tables = await client.query<{ name: string }>("select tablename as name from pg_tables where schemaname = 'public'");
      const rows = new Map<string, Record<string, unknown>[]>();
      for (const { name } of tables.rows) rows.set(name, (await client.query<Record<string, unknown>>(`select * from ${name}`)).rows);
      await client.end();
      return rows;
    },
    async execute(statement) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        await client.query(statement);
      } finally {
        await client.end();
      }
    },
    bytes: () => null,
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

for (const { name, open } of databases) {
  storeContract(name, async () => {
    const url = await open();
    return url === undefined ? openSqlite() : openPostgres(url);
  });
}
