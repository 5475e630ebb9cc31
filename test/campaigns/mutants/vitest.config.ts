import { defineConfig } from "vitest/config";

/** The copy's tests on SQLite alone: a mutant is one for both databases. */
export default defineConfig({
  root: new URL("../../..", import.meta.url).pathname,
  resolve: { alias: { graphql: "graphql/index.js" } },
  test: {
    include: ["src/sync/**/*.test.ts", "test/campaigns/histories/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    provide: { postgresUrl: null },
  },
});
