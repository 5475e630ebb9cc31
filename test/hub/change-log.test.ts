import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChangeKind, NewChange } from "../../src/domain/change.ts";
import { newId, type UserId } from "../../src/domain/ids.ts";
import { MADE_BY_OPERATOR } from "../../src/domain/tenant.ts";
import { createInProcessHints } from "../../src/events/in-process.ts";
import { createWatch, type Watch } from "../../src/events/watch.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { memoryFolder } from "../campaigns/memory-folder.ts";
import { databases } from "../databases.ts";

const RACES = 1_000;
const AT_ONCE = 50;
const COMMITS = 6;
const NOW = Date.UTC(2026, 8, 7);

describe.each(databases)("the change log on $name", ({ open }) => {
  let folder: string;
  const hints = createInProcessHints();
  const tenantId = newId("ten", NOW);
  let store: Store;
  let watch: Watch;

  beforeAll(async () => {
    folder = memoryFolder("change-log");
    const url = await open();
    store = await openStore(
      url === undefined ? { dialect: "sqlite", file: join(folder, "hub.db") } : { dialect: "postgres", url, poolSize: 8 },
    );
    watch = createWatch({ store, hints });
    const urls = { ...MADE_BY_OPERATOR, redirectUrls: [], updateCallbackUrls: [], callbackSecretSealed: "x" };
    await store.tx((tx) => tx.insertTenant({ id: tenantId, name: "T", environment: "SANDBOX", createdAt: NOW, ...urls }));
  });
  afterAll(async () => {
    await watch[Symbol.asyncDispose]();
    await hints[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  async function user(): Promise<UserId> {
    const id = newId("usr", NOW);
    await store.tx((tx) => tx.insertUser({ id, tenantId, clientId: null, createdAt: NOW, changeSeq: 0 }));
    return id;
  }

  async function append(id: UserId, changes: readonly NewChange[]): Promise<void> {
    await store.tx((tx) => tx.appendChanges(id, NOW, changes));
    hints.send({ topic: "user", id });
  }

  /** Writers append while a subscriber resumes somewhere in the middle: what it gets must be the log, from its cursor on. */
  async function race(n: number): Promise<void> {
    const id = await user();
    const kinds: readonly ChangeKind[] | null = n % 3 === 0 ? ["TRANSACTION", "BALANCE"] : null;
    const joinsAfter = n % COMMITS;
    const owner = { tenantId, userId: null };
    const got: number[] = [];
    const follow = async (): Promise<void> => {
      const after = Math.max(0, joinsAfter - (n % 4));
      for await (const change of watch.changes(owner, id, after, kinds)) {
        got.push(change.seq);
        if (change.subjectId === "last") break;
      }
      const all = await store.changesOfUser(owner, id, { after, kinds, limit: 1_000 });
      expect(got).toEqual(all.map((change) => change.seq));
    };
    let following: Promise<void> | null = null;
    for (let commit = 0; commit < COMMITS; commit++) {
      if (commit === joinsAfter) following = follow();
      const types = (["TransactionAdded", "BalanceChanged", "UpdateChanged"] as const).slice(0, 1 + ((n + commit) % 3));
      await append(
        id,
        types.map((type) => ({ type, subjectId: "x", consentId: null })),
      );
    }
    await append(id, [{ type: "TransactionAdded", subjectId: "last", consentId: null }]);
    await following;
  }

  it(`has no gap and no double at the seam of replay and live, ${String(RACES)} races of writers against it`, async () => {
    for (let n = 0; n < RACES; n += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => race(n + i)));
  }, 120_000);

  it("gives positions without holes in the order of commits, however many write for one user at once", async () => {
    const id = await user();
    await Promise.all(
      Array.from({ length: 100 }, (_, i) => append(id, [{ type: "AccountChanged", subjectId: String(i), consentId: null }])),
    );
    const rows = await store.changesOfUser({ tenantId, userId: null }, id, { after: 0, kinds: null, limit: 1_000 });
    expect(rows.map((row) => row.seq)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(new Set(rows.map((row) => row.subjectId)).size).toBe(100);
  });

  it("pages from any cursor to the same rows, with and without a filter of kinds", async () => {
    const id = await user();
    const types = ["TransactionAdded", "BalanceChanged", "AccountChanged"] as const;
    for (let i = 0; i < 30; i++) await append(id, [{ type: types[i % 3] ?? "AccountChanged", subjectId: String(i), consentId: null }]);
    const owner = { tenantId, userId: null };
    for (const kinds of [null, ["BALANCE"], ["TRANSACTION", "ACCOUNT"]] as const) {
      const all = await store.changesOfUser(owner, id, { after: 0, kinds, limit: 1_000 });
      for (let after = 0; after <= 30; after++) {
        const paged: number[] = [];
        for (let cursor = after; ;) {
          const page = await store.changesOfUser(owner, id, { after: cursor, kinds, limit: 4 });
          paged.push(...page.map((row) => row.seq));
          cursor = page.at(-1)?.seq ?? cursor;
          if (page.length < 4) break;
        }
        expect(paged).toEqual(all.map((row) => row.seq).filter((seq) => seq > after));
      }
    }
  });
});
