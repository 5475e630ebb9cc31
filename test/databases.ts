import { join } from "node:path";
import { inject } from "vitest";
import { openStore, type StoreConfig } from "../src/store/open.ts";
import type { Store } from "../src/store/store.ts";
import { createDatabaseOn } from "./postgres.ts";

export interface TestDatabase {
  readonly name: "SQLite" | "PostgreSQL";
  /** A fresh database's DATABASE_URL; undefined = the hub's default, a SQLite file in its data folder. */
  open(): Promise<string | undefined>;
}

const postgres = inject("postgresUrl");

/** What every suite that touches the database runs on; PostgreSQL is missing only where no server could be started. */
export const databases: readonly TestDatabase[] = [
  { name: "SQLite", open: async () => undefined },
  ...(postgres === null ? [] : [{ name: "PostgreSQL" as const, open: () => createDatabaseOn(postgres) }]),
];

/**
 * A fresh store for suites that run once in each project of test/vitest.config.ts: a SQLite file in `folder`, or a copy of the migrated
 * PostgreSQL database. `config` opens it again.
 */
export async function openTestStore(folder: string): Promise<{ readonly store: Store; readonly config: StoreConfig }> {
  const config = await testStoreConfig(folder);
  return { store: await openStore(config), config };
}

async function testStoreConfig(folder: string): Promise<StoreConfig> {
  if (process.env["HUB_TEST_DIALECT"] !== "postgres") return { dialect: "sqlite", file: join(folder, "hub.db") };
  const template = inject("postgresTemplate");
  if (postgres === null || template === null) throw new Error("the PostgreSQL project runs without a server");
  return { dialect: "postgres", url: await createDatabaseOn(postgres, template), poolSize: 4 };
}
