import type { TestProject } from "vitest/node";
import { startPostgres, type TestPostgres } from "./postgres.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Of the one PostgreSQL server of this run; null where there is none. */
    postgresUrl: string | null;
  }
}

let server: TestPostgres | null = null;

/** One PostgreSQL server for the whole run; each test file makes databases of its own on it. */
export async function setup(project: TestProject): Promise<void> {
  server = await startPostgres();
  project.provide("postgresUrl", server?.url ?? null);
}

export async function teardown(): Promise<void> {
  await server?.stop();
}
