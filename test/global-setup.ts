import type { TestProject } from "vitest/node";
import { openStore } from "../src/store/open.ts";
import { startPostgres, type TestPostgres } from "./postgres.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Of the one PostgreSQL server of this run; null where there is none. */
    postgresUrl: string | null;
    /** Name of a migrated database on that server, to be copied. */
    postgresTemplate: string | null;
  }
}

let server: TestPostgres | null = null;

/** One PostgreSQL server for the whole run; each test file makes databases of its own on it. */
export async function setup(project: TestProject): Promise<void> {
  server = await startPostgres();
  project.provide("postgresUrl", server?.url ?? null);
  project.provide("postgresTemplate", server && (await migratedDatabase(server)));
}

export async function teardown(): Promise<void> {
  await server?.stop();
}

/** Migrated once: a copy takes a fraction of the migrations' time. */
async function migratedDatabase(on: TestPostgres): Promise<string> {
  const url = await on.createDatabase();
  const store = await openStore({ dialect: "postgres", url, poolSize: 1 });
  await store[Symbol.asyncDispose]();
  return new URL(url).pathname.slice(1);
}
