import { rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, it } from "vitest";
import { openStore } from "../../../src/store/open.ts";
import type { Store } from "../../../src/store/store.ts";
import { databases } from "../../databases.ts";
import { history } from "./history.ts";
import { liveHistory } from "./live-history.ts";
import { memoryFolder } from "../memory-folder.ts";

const FIXED = 20_260_907;
/** The long run is `npm run campaign:histories`. */
const RUNS = { SQLite: 25, PostgreSQL: 6 };

describe.each(databases)("generated histories on $name", ({ name, open }) => {
  let folder: string;
  let store: Store;
  beforeAll(async () => {
    folder = memoryFolder("histories");
    const url = await open();
    store = await openStore(
      url === undefined ? { dialect: "sqlite", file: join(folder, "hub.db") } : { dialect: "postgres", url, poolSize: 4 },
    );
  });
  afterAll(async () => {
    await store[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([FIXED, Math.floor(Math.random() * 2 ** 31)])(
    "lose nothing, double nothing and keep every id, whatever the bank does and wherever the process dies (seed %i)",
    async (seed) => {
      await fc.assert(
        fc.asyncProperty(history, async (one) => void (await liveHistory(store, one))),
        { numRuns: RUNS[name], seed, endOnFailure: false },
      );
    },
    120_000,
  );
});
