import type { TestProject } from "vitest/node";
import { startPostgres } from "./postgres.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Of the one PostgreSQL server of this run; null where there is none. */
    postgresUrl: string | null;
  }
}

/** One PostgreSQL server for the whole run; each test file makes databases of its own on it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  project.provide("postgresUrl", server?.url ?? null);
  return async () => server?.stop();
}
