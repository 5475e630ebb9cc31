import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fullJitter, scheduled } from "../src/jobs/retry.ts";
import { openStore, type StoreConfig } from "../src/store/open.ts";
import { jobsContract } from "./contracts/jobs.contract.ts";
import { databases } from "./databases.ts";

for (const { name, open } of databases) {
  jobsContract(name, async () => {
    const folder = mkdtempSync(join(tmpdir(), "hub-jobs-"));
    const url = await open();
    const config: StoreConfig =
      url === undefined ? { dialect: "sqlite", file: join(folder, "hub.db") } : { dialect: "postgres", url, poolSize: 8 };
    const store = await openStore(config);
    return {
      store,
      another: () => openStore(config),
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        rmSync(folder, { recursive: true });
      },
    };
  });
}

describe("back-off", () => {
  const limits = { first: 100, longest: 1_000 };

  it("doubles its bound up to the longest, and spreads over all of it but the first tenth", () => {
    expect([1, 2, 3, 4, 5, 2_000].map((attempts) => fullJitter(attempts, limits, () => 1))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    expect([1, 5].map((attempts) => fullJitter(attempts, limits, () => 0))).toEqual([10, 100]);
    expect(fullJitter(2, limits, () => 0.5)).toBe(100);
  });

  it("follows a schedule, never early, and ends with it", () => {
    expect([1, 2, 3].map((attempts) => scheduled(attempts, [1_000, 5_000], () => 0))).toEqual([1_000, 5_000, null]);
    expect(scheduled(1, [1_000], () => 1)).toBe(1_100);
  });
});
