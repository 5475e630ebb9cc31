import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Caller } from "../../src/access/access.ts";
import { createBudget } from "../../src/access/budget.ts";
import { newId } from "../../src/domain/ids.ts";
import { openStore } from "../../src/store/open.ts";
import { databases } from "../databases.ts";
import { NOW, tenant } from "../contracts/store-fixtures.ts";

const MINUTE = 60_000;
const postgres = databases.find(({ name }) => name === "PostgreSQL");

function userOf(): Caller {
  const [tenantId, id] = [newId("ten"), newId("usr")];
  const user = { id, tenantId, clientId: null, createdAt: NOW, changeSeq: 0 };
  return { kind: "user", owner: { tenantId, userId: id }, tenant: tenant(tenantId), user, scopes: [], expiresAt: NOW, origin: null };
}

describe.skipIf(!postgres)("gateways over one PostgreSQL", () => {
  it("give out one minute's points together, however many ask at once, and not one more", async () => {
    const url = (await postgres?.open()) ?? "";
    await using first = await openStore({ dialect: "postgres", url, poolSize: 4 });
    await using second = await openStore({ dialect: "postgres", url, poolSize: 4 });
    let now = Math.floor(NOW / MINUTE) * MINUTE;
    const clock = { now: () => now };
    const limits = { tenant: 1_000, user: 500 };
    const gateways = [first, second].map((store) => createBudget({ clock, limits, store }));
    const [caller, sibling] = [userOf(), userOf()];
    if (caller.kind !== "user" || sibling.kind !== "user") throw new Error("no users");
    const inSameTenant: Caller = { ...sibling, owner: { ...sibling.owner, tenantId: caller.owner.tenantId } };

    const given = async (who: Caller, times: number): Promise<number> => {
      const answers = await Promise.all(gateways.flatMap((gateway) => Array.from({ length: times }, async () => gateway.take(who, "", 7))));
      expect(new Set(answers.filter((answer) => answer !== null))).toEqual(new Set([now + MINUTE]));
      return 7 * answers.filter((answer) => answer === null).length;
    };
    // What is left of a share at either gateway, and too little for an operation, is lost: less than two operations.
    const ofCaller = await given(caller, 100);
    expect(ofCaller).toBeLessThanOrEqual(500);
    expect(ofCaller).toBeGreaterThan(500 - 2 * 20 - 14);
    const ofSibling = await given(inSameTenant, 100);
    expect(ofCaller + ofSibling).toBeLessThanOrEqual(1_000);
    expect(ofCaller + ofSibling).toBeGreaterThan(1_000 - 4 * 20 - 14);
    now += MINUTE;
    expect(await gateways[0]?.take(caller, "", 7)).toBeNull();
  });

  it("ask the database once for many requests", async () => {
    const url = (await postgres?.open()) ?? "";
    await using store = await openStore({ dialect: "postgres", url, poolSize: 2 });
    const budget = createBudget({ clock: { now: () => NOW }, limits: { tenant: 100_000, user: 100_000 }, store });
    const caller = userOf();
    const before = store.statements();
    for (let i = 0; i < 1_000; i++) expect(await budget.take(caller, "", 1)).toBeNull();
    expect(store.statements() - before).toBe(2); // the user's share and the tenant's
  });
});

describe.each(databases)("points in $name", ({ open }) => {
  it("of a later minute start anew, and a clock that is behind does not give any back", async () => {
    const [url, folder] = [await open(), mkdtempSync(join(tmpdir(), "hub-points-"))];
    await using store = await openStore(
      url === undefined ? { dialect: "sqlite", file: join(folder, "hub.db") } : { dialect: "postgres", url, poolSize: 2 },
    );
    const owner = { tenantId: newId("ten"), userId: null };
    const take = (minute: number, wanted: number) => store.tx((tx) => tx.takePoints(owner, minute, wanted, 10));
    expect([await take(5, 4), await take(5, 4), await take(5, 4), await take(5, 4)]).toEqual([4, 4, 2, 0]);
    expect([await take(6, 4), await take(5, 4), await take(6, 4)]).toEqual([4, 4, 2]);
    rmSync(folder, { recursive: true });
  });
});
