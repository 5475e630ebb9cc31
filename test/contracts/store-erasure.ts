import { expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import {
  account, authorization, aWorld, consent, EVERYTHING, grant, job, NOW, type OpenStore, step, transaction, update, type World,
} from "./store-fixtures.ts"; // prettier-ignore

/** Tables whose rows are not acquired with a consent. Any other table must be filled and emptied below. */
const OF_NO_CONSENT = [
  "tenant", "api_key", "client_certificate", "operator", "audit_entry", "audit_head", "setting", "points_spent", "bank_habit", "known_bank",
  "hub_user", "schema_migration",
]; // prettier-ignore

/** Fills every table that has rows of a consent; each text carries the canary. */
async function fill({ store }: OpenStore, world: World, canary: string): Promise<void> {
  const { tenantId, userId, accountId } = world;
  const consentId = newId("con");
  const own = { userId, consentId };
  const [bankGrant, row, acc] = [
    grant({ ...own, sealedHandle: canary }),
    update({ ...own, tenantId, callbackUrl: canary }),
    account({ ...own, name: canary }),
  ];
  const rows = Array.from({ length: 50 }, () => transaction({ ...own, accountId: acc.id, description: canary, remittance: [canary] }));
  await store.tx(async (tx) => {
    await tx.insertConsent(consent({ id: consentId, userId, tenantId, redirectUrl: canary }), canary);
    await tx.insertGrant(bankGrant);
    await tx.insertAuthorization(authorization({ ...own, grantId: bankGrant.id, sealed: canary }));
    await tx.insertUpdate(row);
    await tx.insertSteps([step({ userId, updateId: row.id, position: 1, accountId: acc.id, cursor: canary })]);
    await tx.insertAccounts([acc]);
    const money = { type: "EXPECTED", amount: "1.00", creditLimitIncluded: null, referenceDate: null, fetchedAt: NOW } as const;
    await tx.replaceBalances(acc.id, [{ ...money, currency: canary, userId, accountId: acc.id, position: 0 }]);
    const person = { fullName: canary, birthDate: null, addresses: [canary], emails: [], phones: [], accountIds: [], fetchedAt: NOW };
    await tx.replaceIdentities(consentId, [{ ...person, ...own, bankId: "b", position: 0 }]);
    await tx.insertTransactions(rows);
    await tx.insertQuarantine([{ ...own, updateId: row.id, accountId: acc.id, reason: "r", sealedRaw: canary, at: NOW }]);
    await tx.putSeenSlice({
      ...own, updateId: row.id, position: 1, page: 1, slice: 1, from: "2026-01-01", to: "2026-01-02", cursor: canary, digest: "d", ids: [], staleIds: [],
    }); // prettier-ignore
    await tx.recordCall({ ...own, grantId: bankGrant.id, accountId, endpoint: canary, at: NOW, attended: false });
    await tx.insertJob(job({ consentId, payload: JSON.stringify(canary) }));
    await tx.appendChanges(userId, NOW, [{ type: "TransactionAdded", subjectId: canary, consentId, accountId: acc.id }]);
  });
  expect(world.consentId).not.toBe(consentId);
}

function consentOf(rows: readonly Record<string, unknown>[] | undefined, canary: string): `con_${string}` {
  const row = rows?.find((each) => each["redirect_url"] === canary);
  return String(row?.["id"]) as `con_${string}`;
}

async function tablesWith(opened: OpenStore, text: string): Promise<readonly string[]> {
  const rows = [...(await opened.dump())];
  return rows.filter(([, held]) => JSON.stringify(held).includes(text)).map(([table]) => table);
}

export function erasureContract(get: () => OpenStore): void {
  it("leaves nothing of a consent in any table or file, and all of its neighbour", async () => {
    const opened = get();
    const { store } = opened;
    const world = await aWorld(store);
    const [gone, kept] = [`CANARY-GONE-${newId("evt")}`, `CANARY-KEPT-${newId("evt")}`];
    await fill(opened, world, gone);
    await fill(opened, world, kept);

    const before = await opened.dump();
    const holding = [...before].filter(([, rows]) => JSON.stringify(rows).includes(gone)).map(([table]) => table);
    const partitions = (table: string) => /^bank_transaction_\d\d$/.test(table);
    expect(holding.filter((table) => !partitions(table)).sort()).toEqual(
      [...before.keys()].filter((table) => !OF_NO_CONSENT.includes(table) && !partitions(table)).sort(),
    );
    if (opened.bytes()) expect(opened.bytes()?.includes(gone)).toBe(true);

    const id = consentOf(before.get("consent"), gone);
    const receipt = await store.tx((tx) => tx.eraseConsent(id));
    await store.scrub();
    expect(receipt).toMatchObject({ transactions: 50, accounts: [expect.stringMatching(/^acc_/)] });

    const after = await opened.dump();
    const left = [...after].filter(([, rows]) => [gone, id, receipt.accounts[0] ?? ""].some((text) => JSON.stringify(rows).includes(text)));
    expect(left.map(([table]) => table)).toEqual([]);
    if (opened.bytes()) {
      expect(opened.bytes()?.includes(gone)).toBe(false);
      expect(opened.bytes()?.includes(kept)).toBe(true);
    }
    const emptied = [...after].filter(
      ([table, rows]) => !OF_NO_CONSENT.includes(table) && !partitions(table) && !JSON.stringify(rows).includes(kept),
    );
    expect(emptied.map(([table]) => table)).toEqual([]);
    expect(await store.tx((tx) => tx.eraseConsent(id))).toEqual({ accounts: [], transactions: 0 });
  });

  it("lets a page that was on its way write nothing", async () => {
    const { store } = get();
    const world = await aWorld(store);
    const row = update(world);
    await store.tx((tx) => tx.insertUpdate(row));
    const claimed = await store.tx((tx) => tx.claimUpdate(row.id, NOW, NOW + 10));
    const page = () =>
      store.tx(async (tx) => {
        await tx.insertTransactions([transaction(world)]);
        await tx.appendChanges(world.userId, NOW, [{ type: "TransactionAdded", subjectId: "x", consentId: world.consentId }]);
        if (!(await tx.patchUpdate(row.id, claimed?.epoch ?? null, { added: 1 }))) throw new Error("fenced");
      });
    const erase = () => store.tx((tx) => tx.eraseConsent(world.consentId));
    const results = await Promise.allSettled([page(), page(), erase(), page(), page()]);
    expect(results[2]?.status).toBe("fulfilled");
    for (const result of results) if (result.status === "rejected") expect(String(result.reason)).toContain("fenced");
    await expect(page()).rejects.toThrow("fenced");
    expect(await store.transactionsForMatching(world.accountId, "0001-01-01", "9999-12-31")).toEqual([]);
    expect(await tablesWith(get(), world.consentId)).toEqual([]);
  });

  it("moves an account's rows with it to another consent, for that one's erasure", async () => {
    const { store } = get();
    const world = await aWorld(store);
    const other = consent(world);
    await store.tx(async (tx) => {
      await tx.insertConsent({ ...other, id: newId("con") }, "k");
      await tx.insertTransactions([transaction(world)]);
    });
    const next = (await store.givenConsentsAtBank(world.userId, "bank-a", world.consentId))[0];
    if (!next) throw new Error("it was stored");
    await store.tx((tx) => tx.patchAccount(world.accountId, { consentId: next.id }));
    expect(await store.tx((tx) => tx.eraseConsent(world.consentId))).toEqual({ accounts: [], transactions: 0 });
    expect(await store.tx((tx) => tx.eraseConsent(next.id))).toEqual({ accounts: [world.accountId], transactions: 1 });
  });

  it("deletes a user with all that hangs on it", async () => {
    const opened = get();
    const { store } = opened;
    const world = await aWorld(store);
    await fill(opened, world, `CANARY-USER-${newId("evt")}`);
    await store.tx((tx) => tx.appendChanges(world.userId, NOW, [{ type: "ConsentDeleted", subjectId: "con_gone", consentId: null }]));
    await store.tx((tx) => tx.deleteUser(world.userId));
    expect(await store.usersByIds(world.owner, [world.userId])).toEqual(new Map());
    expect(await store.countTransactions(world.owner, "user", [world.userId], EVERYTHING)).toEqual(new Map([[world.userId, 0]]));
    expect(await tablesWith(opened, world.userId)).toEqual([]);
  });
}
