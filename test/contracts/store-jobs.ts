import { expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { job, NOW, type OpenStore } from "./store-fixtures.ts";

export function jobContract(get: () => OpenStore): void {
  const LEASE = NOW + 100;

  it("hands each due job to one claimer, earliest first, once", async () => {
    const { store, another } = get();
    await using other = await another();
    const queue = newId("evt");
    const jobs = Array.from({ length: 30 }, (_, i) => job({ queue, runAt: NOW - 30 + i }));
    const later = job({ queue, runAt: NOW + 1 });
    await store.tx(async (tx) => {
      for (const row of [...jobs, later].toReversed()) await tx.insertJob(row);
    });
    const claims = await Promise.all(
      Array.from({ length: 6 }, (_, i) => (i % 2 ? store : other).tx((tx) => tx.claimJobs(queue, `w${i}`, NOW, LEASE, 5))),
    );
    const ids = claims.flat().map(({ id }) => id);
    expect(new Set(ids)).toEqual(new Set(jobs.map(({ id }) => id)));
    expect(ids).toHaveLength(30);
    for (const claim of claims) expect(claim).toEqual(claim.toSorted((a, b) => a.runAt - b.runAt));
    expect(claims.flat().find(({ id }) => id === jobs[0]?.id)).toEqual(jobs[0]);
    expect(await store.tx((tx) => tx.claimJobs(queue, "w", NOW + 1, LEASE, 5))).toEqual([later]);
  });

  it("ends the leases of a process that is known to be dead, beside a waiting job of the same key", async () => {
    const { store } = get();
    const queue = newId("evt");
    const [held, waiting] = [job({ queue, key: "k" }), job({ queue, key: "k" })];
    await store.tx((tx) => tx.insertJob(held));
    await store.tx((tx) => tx.claimJobs(queue, "dead", NOW, LEASE, 1));
    await store.tx((tx) => tx.insertJob(waiting));
    await store.tx((tx) => tx.endLeases());
    const claimed = await store.tx((tx) => tx.claimJobs(queue, "alive", NOW, LEASE, 5));
    expect(new Map(claimed.map(({ id, attempts }) => [id, attempts]))).toEqual(
      new Map([
        [held.id, held.attempts + 1],
        [waiting.id, 0],
      ]),
    );
    expect(await store.tx((tx) => tx.finishJob(held.id, "dead"))).toBe(false);
  });

  it("runs the jobs of one group one at a time", async () => {
    const { store, another } = get();
    await using other = await another();
    const queue = newId("evt");
    const group = newId("evt");
    const [first, second] = [job({ queue, groupKey: group, runAt: NOW - 2 }), job({ queue, groupKey: group, runAt: NOW - 1 })];
    const free = job({ queue, groupKey: newId("evt") });
    await store.tx(async (tx) => {
      for (const row of [second, first, free]) await tx.insertJob(row);
    });
    const claims = await Promise.all(
      Array.from({ length: 6 }, (_, i) => (i % 2 ? store : other).tx((tx) => tx.claimJobs(queue, `w${i}`, NOW, LEASE, 9))),
    );
    expect(new Set(claims.flat())).toEqual(new Set([first, free]));
    const owner = `w${claims.findIndex((claim) => claim.some(({ id }) => id === first.id))}`;
    expect(await store.tx((tx) => tx.finishJob(first.id, owner))).toBe(true);
    expect(await store.tx((tx) => tx.claimJobs(queue, "w", NOW, LEASE, 9))).toEqual([second]);
  });

  it("runs one job of a group at a time even where an earlier one is added while the other is being claimed", async () => {
    const { store, another } = get();
    await using other = await another();
    const [queue, groupKey] = [newId("evt"), newId("evt")];
    const [late, early] = [job({ queue, groupKey, runAt: NOW - 1 }), job({ queue, groupKey, runAt: NOW - 2 })];
    await store.tx((tx) => tx.insertJob(late));
    let second: Promise<unknown> = Promise.resolve();
    let isDone = false;
    await store.tx(async (tx) => {
      expect(await tx.claimJobs(queue, "a", NOW, LEASE, 1)).toEqual([late]);
      second = other.tx(async (inner) => {
        await inner.insertJob(early);
        return inner.claimJobs(queue, "b", NOW, LEASE, 1);
      });
      void second.then(() => (isDone = true));
      for (let i = 0; i < 300 && !isDone; i++) await tx.tenants(); // time for the other to come as far as it can
    });
    expect(await second).toEqual([]);
  });

  it("keeps one waiting job per key, at the earlier time", async () => {
    const { store } = get();
    const queue = newId("evt");
    const row = job({ queue, key: "k", runAt: NOW + 5 });
    await store.tx(async (tx) => {
      await tx.insertJob(row);
      await tx.insertJob(job({ queue, key: "k", runAt: NOW }));
      await tx.insertJob(job({ queue, key: "k", runAt: NOW + 9 }));
      await tx.insertJob(job({ queue, runAt: NOW + 50 }));
      await tx.insertJob(job({ queue, runAt: NOW + 50 }));
    });
    expect(await store.tx((tx) => tx.nextJobAt([queue]))).toBe(NOW);
    expect(await store.tx((tx) => tx.claimJobs(queue, "a", NOW, LEASE, 9))).toEqual([{ ...row, runAt: NOW }]);
    const twin = job({ queue, key: "k", runAt: NOW + 7 });
    await store.tx((tx) => tx.insertJob(twin));
    expect(await store.tx((tx) => tx.retryJob(row.id, "a", NOW + 3))).toBe(true);
    expect(await store.tx((tx) => tx.claimJobs(queue, "b", NOW + 7, LEASE, 9))).toEqual([twin]);
  });

  it("frees a job whose worker is gone, and the worker can do nothing with it", async () => {
    const { store } = get();
    const queue = newId("evt");
    const row = job({ queue });
    await store.tx((tx) => tx.insertJob(row));
    await store.tx((tx) => tx.claimJobs(queue, "a", NOW, LEASE, 1));
    expect(await store.tx((tx) => tx.nextJobAt([queue]))).toBe(LEASE);
    expect(await store.tx((tx) => tx.extendJob(row.id, "a", LEASE + 10))).toBe(true);
    expect(await store.tx((tx) => tx.claimJobs(queue, "b", LEASE, LEASE + 50, 1))).toEqual([]);
    expect(await store.tx((tx) => tx.claimJobs(queue, "b", LEASE + 10, LEASE + 50, 1))).toEqual([{ ...row, attempts: 1 }]);
    expect(await store.tx((tx) => tx.extendJob(row.id, "a", LEASE + 90))).toBe(false);
    expect(await store.tx((tx) => tx.finishJob(row.id, "a"))).toBe(false);
    expect(await store.tx((tx) => tx.retryJob(row.id, "a", NOW))).toBe(false);
    expect(await store.tx((tx) => tx.retryJob(row.id, "b", NOW + 500))).toBe(true);
    expect(await store.tx((tx) => tx.nextJobAt([queue]))).toBe(NOW + 500);
    expect(await store.tx((tx) => tx.claimJobs(queue, "c", NOW + 500, NOW + 600, 1))).toMatchObject([{ attempts: 2 }]);
  });

  it("cancels waiting jobs by key and leaves running ones", async () => {
    const { store } = get();
    const queue = newId("evt");
    const [running, waiting] = [job({ queue, key: "k" }), job({ queue, key: "k", runAt: NOW + 1 })];
    await store.tx((tx) => tx.insertJob(running));
    await store.tx((tx) => tx.claimJobs(queue, "a", NOW, LEASE, 1));
    await store.tx((tx) => tx.insertJob(waiting));
    expect(await store.tx((tx) => tx.cancelJobs(queue, "k"))).toBe(1);
    expect(await store.tx((tx) => tx.finishJob(running.id, "a"))).toBe(true);
    expect(await store.tx((tx) => tx.nextJobAt([queue]))).toBeNull();
  });
}
