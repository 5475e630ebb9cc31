import { expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { aWorld, FIRST_PAGE, NOW, type OpenStore, step, update } from "./store-fixtures.ts";

export function updateContract(get: () => OpenStore): void {
  it("has one active update per consent, whoever starts it", async () => {
    const { store, another } = get();
    await using other = await another();
    const { tenantId, userId, consentId } = await aWorld(store);
    const started = await Promise.all(
      Array.from({ length: 10 }, (_, i) => (i % 2 ? store : other).tx((tx) => tx.insertUpdate(update({ tenantId, userId, consentId })))),
    );
    expect(started.filter(Boolean)).toHaveLength(1);
    const active = await store.activeUpdate(consentId);
    if (!active) throw new Error("one is active");
    expect(await store.tx((tx) => tx.patchUpdate(active.id, null, { status: "CANCELED", finishedAt: NOW }))).toBe(true);
    expect(await store.activeUpdate(consentId)).toBeNull();
    expect(await store.tx((tx) => tx.insertUpdate(update({ tenantId, userId, consentId, status: "WAITING" })))).toBe(true);
  });

  it("gives an update back as it was stored", async () => {
    const { store } = get();
    const { tenantId, userId, consentId, owner } = await aWorld(store);
    const error = {
      code: "BANK_TIMEOUT",
      message: "m",
      retryable: true,
      userActionRequired: false,
      bankCode: null,
      supportReference: "r",
    } as const;
    const psuContext = { ipAddress: "10.0.0.1", userAgent: null, acceptLanguage: "pl" };
    const row = update({ tenantId, userId, consentId, error, psuContext, idempotencyKey: "i", firstChangeSeq: 3, lastChangeSeq: 4 });
    await store.tx((tx) => tx.insertUpdate(row));
    expect(await store.update(row.id)).toEqual(row);
    expect(await store.updateByIdempotencyKey(owner, consentId, "i")).toEqual(row);
    expect(await store.updatesForWatch([row.id])).toEqual(new Map([[row.id, row]]));
    expect(await store.latestUpdates(owner, [consentId, newId("con")])).toEqual(new Map([[consentId, row]]));
  });

  it("is claimed by one worker; the one that lost its lease writes nothing any more", async () => {
    const { store } = get();
    const { tenantId, userId, consentId } = await aWorld(store);
    const row = update({ tenantId, userId, consentId });
    await store.tx((tx) => tx.insertUpdate(row));
    const claims = await Promise.all(Array.from({ length: 8 }, () => store.tx((tx) => tx.claimUpdate(row.id, NOW, NOW + 100))));
    const mine = claims.filter((claim) => claim !== null);
    expect(mine).toEqual([{ ...row, status: "RUNNING", epoch: 1, leaseUntil: NOW + 100 }]);
    expect(await store.tx((tx) => tx.claimUpdate(row.id, NOW + 99, NOW + 200))).toBeNull();
    expect(await store.tx((tx) => tx.claimUpdate(row.id, NOW + 100, NOW + 200))).toMatchObject({ epoch: 2 });
    expect(await store.tx((tx) => tx.patchUpdate(row.id, 1, { added: 99 }))).toBe(false);
    expect(await store.tx((tx) => tx.patchUpdate(row.id, 2, { added: 7, sequence: 2 }))).toBe(true);
    expect(await store.update(row.id)).toMatchObject({ added: 7, sequence: 2, epoch: 2 });
  });

  it("changes a final update never again", async () => {
    const { store } = get();
    const { tenantId, userId, consentId } = await aWorld(store);
    const row = update({ tenantId, userId, consentId });
    await store.tx((tx) => tx.insertUpdate(row));
    await store.tx((tx) => tx.patchUpdate(row.id, null, { status: "COMPLETED" }));
    expect(await store.tx((tx) => tx.patchUpdate(row.id, 0, { status: "RUNNING" }))).toBe(false);
    expect(await store.tx((tx) => tx.patchUpdate(row.id, null, { added: 1 }))).toBe(false);
    expect(await store.tx((tx) => tx.claimUpdate(row.id, NOW, NOW + 1))).toBeNull();
    expect(await store.update(row.id)).toEqual({ ...row, status: "COMPLETED" });
  });

  it("finds what a crash or a wait left behind, oldest first", async () => {
    const { store } = get();
    const shapes = [
      { status: "QUEUED", createdAt: 4 },
      { status: "RUNNING", leaseUntil: NOW, createdAt: 3 },
      { status: "RUNNING", leaseUntil: NOW + 1, createdAt: 2 },
      { status: "WAITING", nextAttemptAt: NOW, createdAt: 1 },
      { status: "WAITING", nextAttemptAt: NOW + 1, createdAt: 0 },
      { status: "FAILED", createdAt: 0 },
    ] as const;
    const ids: string[] = [];
    for (const shape of shapes) {
      const row = update({ ...(await aWorld(store)), ...shape });
      ids.push(row.id);
      await store.tx((tx) => tx.insertUpdate(row));
    }
    const found = (await store.updatesToRecover(NOW, 500)).map(({ id }) => id as string).filter((id) => ids.includes(id));
    expect(found).toEqual([ids[3], ids[1], ids[0]]);
  });

  it("lists updates newest first with a filter, and their steps in order", async () => {
    const { store } = get();
    const { tenantId, userId, consentId, accountId, owner } = await aWorld(store);
    const rows = Array.from({ length: 3 }, (_, i) => update({ tenantId, userId, consentId, status: i === 0 ? "FAILED" : "COMPLETED" }));
    const [first] = rows;
    if (!first) throw new Error("three were made");
    await store.tx(async (tx) => {
      for (const row of rows) await tx.insertUpdate(row);
      await tx.insertSteps([
        step({ userId, updateId: first.id, position: 2, accountId }),
        step({ userId, updateId: first.id, position: 1 }),
      ]);
    });
    const newestFirst = rows
      .map(({ id }) => id)
      .sort()
      .reverse();
    const all = await store.updatesOfConsents(owner, [consentId], { statuses: null }, FIRST_PAGE);
    expect(all.get(consentId)?.rows.map(({ id }) => id)).toEqual(newestFirst);
    const failed = await store.updatesOfConsents(owner, [consentId], { statuses: ["FAILED"] }, FIRST_PAGE);
    expect(failed.get(consentId)).toEqual({ rows: [first], hasMore: false });
    expect(await store.countUpdatesOfConsents(owner, [consentId], { statuses: ["COMPLETED"] })).toEqual(new Map([[consentId, 2]]));
    await store.tx((tx) => tx.patchStep(first.id, 2, { status: "DONE", pages: 3, cursor: null, coveredTo: "2026-02-01" }));
    const steps = await store.steps(first.id);
    expect(steps).toMatchObject([
      { position: 1, status: "PENDING" },
      { position: 2, status: "DONE", pages: 3, coveredTo: "2026-02-01" },
    ]);
    expect((await store.stepsOfUpdates(owner, [first.id])).get(first.id)).toEqual(steps);
    const touched = await store.accountsOfUpdates(owner, [first.id], FIRST_PAGE);
    expect(touched.get(first.id)?.rows.map(({ id }) => id)).toEqual([accountId]);
    expect(await store.countAccounts(owner, "update", newestFirst)).toEqual(
      new Map(newestFirst.map((id) => [id, id === first.id ? 1 : 0])),
    );
  });

  it("remembers what a step's answer has consumed, page by page", async () => {
    const { store } = get();
    const { tenantId, userId, consentId } = await aWorld(store);
    const row = update({ tenantId, userId, consentId });
    await store.tx((tx) => tx.insertUpdate(row));
    const of = (page: number, slice: number, from: `2026-01-${number}`) => {
      const key = { userId, consentId, updateId: row.id, position: 1, page, slice };
      return { ...key, from, to: from, cursor: null, digest: `d${page}`, ids: [newId("trx")], staleIds: [] };
    };
    const slices = [of(1, 1, "2026-01-20"), of(1, 2, "2026-01-15"), of(2, 1, "2026-01-10")];
    await store.tx(async (tx) => {
      for (const slice of slices.toReversed()) await tx.putSeenSlice(slice);
    });
    expect(await store.seenSlices(row.id, 1, null)).toEqual(slices);
    expect(await store.seenSlices(row.id, 1, { from: "2026-01-12", to: "2026-01-15" })).toEqual([slices[1]]);
    const changed = { ...of(2, 1, "2026-01-11"), cursor: "next" };
    await store.tx((tx) => tx.putSeenSlice(changed));
    expect((await store.seenSlices(row.id, 1, null)).at(-1)).toEqual(changed);
    await store.tx((tx) => tx.dropSeenSlices(row.id, 1, 2));
    expect(await store.seenSlices(row.id, 1, null)).toEqual(slices.slice(0, 2));
    await store.tx((tx) => tx.dropSeenSlices(row.id, null, 0));
    expect(await store.seenSlices(row.id, 1, null)).toEqual([]);
  });
}
