import { defineConfig } from "vitest/config";
import { hasPostgres } from "./postgres.ts";

/** Suites whose fixture opens its store by `openTestStore`: they run a second time, on PostgreSQL. */
const ON_POSTGRES_TOO = [
  "src/consents/**/*.test.ts",
  "src/access/**/*.test.ts",
  "test/graphql-*.test.ts",
  "test/security/{cost,tenancy,certificates,onboarding}.test.ts",
  "test/callbacks.test.ts",
];

const common = {
  root: new URL("..", import.meta.url).pathname,
  // type-graphql requires the CommonJS build of graphql: without the alias vitest loads two copies that refuse each other's schemas.
  resolve: { alias: { graphql: "graphql/index.js" } },
};
const timeouts = { testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  ...common,
  test: {
    globalSetup: ["test/global-setup.ts"],
    // Suites wait for servers, databases and child processes more than they compute: a worker more than the two cores of CI.
    maxWorkers: 3,
    projects: [
      { ...common, test: { ...timeouts, name: "all", include: ["src/**/*.test.ts", "test/**/*.test.ts"] } },
      // Where there is no server for the platform, global-setup.ts says so; CI does not accept it.
      ...(hasPostgres()
        ? [{ ...common, test: { ...timeouts, name: "postgres", include: ON_POSTGRES_TOO, env: { HUB_TEST_DIALECT: "postgres" } } }]
        : []),
    ],
  },
});
