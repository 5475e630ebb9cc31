import { defineConfig } from "vitest/config";

/** A copy's tests on SQLite alone: a control that is off is off for both databases. */
export default defineConfig({
  root: new URL("../../..", import.meta.url).pathname,
  resolve: { alias: { graphql: "graphql/index.js" } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    provide: { postgresUrl: null },
  },
});
