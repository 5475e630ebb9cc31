import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { databases } from "../../test/databases.ts";
import { openStore } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import { startWorldOn, type StartWorld } from "./sync.fixture.ts";

/** Runs a suite on SQLite and on PostgreSQL; its worlds share one database, each with users of its own that go with it. */
export function onEveryDatabase(suite: (startWorld: StartWorld) => void): void {
  describe.each(databases)("on $name", ({ open }) => {
    let folder: string;
    let store: Store;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "sync-"));
      const url = await open();
      store = await openStore(
        url === undefined ? { dialect: "sqlite", file: join(folder, "hub.db") } : { dialect: "postgres", url, poolSize: 5 },
      );
    });
    afterAll(async () => {
      await store[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    });
    suite((options) => startWorldOn(store, options));
  });
}
