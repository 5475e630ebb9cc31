import { inject } from "vitest";
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
