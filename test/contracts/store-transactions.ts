import { expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import type { Tx } from "../../src/store/store.ts";
import { aWorld, NOW, type OpenStore, tenant } from "./store-fixtures.ts";

export function transactionContract(get: () => OpenStore): void {
  it("keeps nothing of a transaction that throws", async () => {
    const { store } = get();
    const id = newId("ten");
    const failing = store.tx(async (tx) => {
      await tx.insertTenant(tenant(id));
      expect(await tx.tenant(id)).toEqual(tenant(id)); // its own writes are visible inside
      throw new Error("stop");
    });
    await expect(failing).rejects.toThrow("stop");
    expect(await store.tenant(id)).toBeNull();
  });

  it("keeps nothing of a transaction of which one statement fails", async () => {
    const { store } = get();
    const id = newId("ten");
    const failing = store.tx(async (tx) => {
      await tx.insertTenant(tenant(id));
      await tx.insertTenant(tenant(id));
    });
    await expect(failing).rejects.toThrow();
    expect(await store.tenant(id)).toBeNull();
    expect(await store.tx(async (tx) => tx.tenant(id))).toBeNull();
  });

  it("hides what is not committed from every other reader", async () => {
    const { store, another } = get();
    await using other = await another();
    const id = newId("ten");
    await store.tx(async (tx) => {
      await tx.insertTenant(tenant(id));
      expect(await store.tenant(id)).toBeNull();
      expect(await other.tenant(id)).toBeNull();
    });
    expect(await other.tenant(id)).toEqual(tenant(id));
  });

  it("refuses a transaction inside a transaction instead of waiting for ever", async () => {
    const { store } = get();
    await expect(store.tx(() => store.tx(async () => 1))).rejects.toThrow("inside");
  });

  it("refuses what is written after the transaction has ended", async () => {
    const { store } = get();
    const leaked = await store.tx(async (tx): Promise<Tx> => tx);
    await expect(leaked.insertTenant(tenant(newId("ten")))).rejects.toThrow("ended");
  });

  it("runs transactions of two stores on one database without losing a write", async () => {
    const { store, another } = get();
    await using other = await another();
    const { userId } = await aWorld(store);
    const append = (on: typeof store) =>
      on.tx((tx) => tx.appendChanges(userId, NOW, [{ type: "ConsentChanged", subjectId: "con_x", consentId: null }]));
    const given = await Promise.all(Array.from({ length: 40 }, (_, i) => append(i % 2 ? store : other)));
    expect(given.map((range) => range?.first).sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  });

  it("shows one moment in a snapshot while others write", async () => {
    const { store } = get();
    const { owner, tenantId } = await aWorld(store);
    await store.snapshot(async (reads) => {
      expect(await reads.countUsers(owner)).toBe(1);
      await store.tx((tx) => tx.insertUser({ id: newId("usr"), tenantId, clientId: null, createdAt: NOW, changeSeq: 0 }));
      expect(await store.countUsers(owner)).toBe(2);
      expect(await reads.countUsers(owner)).toBe(1);
      await store.snapshot(async (inner) => expect(await inner.countUsers(owner)).toBe(2));
      expect(await reads.countUsers(owner)).toBe(1);
    });
  });

  it("counts the statements it sends, and not a snapshot's own", async () => {
    const { store } = get();
    const { owner, userId } = await aWorld(store);
    const before = store.statements();
    await store.snapshot((reads) => reads.usersByIds(owner, [userId, newId("usr"), newId("usr")]));
    expect(store.statements() - before).toBe(1);
  });

  it("answers a ping", async () => {
    await expect(get().store.ping()).resolves.toBeUndefined();
  });
}
