import { expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { aWorld, NOW, type OpenStore, tenant } from "./store-fixtures.ts";

export function accessContract(get: () => OpenStore): void {
  it("keeps a tenant with its URLs", async () => {
    const { store } = get();
    const made = tenant(newId("ten"));
    await store.tx((tx) => tx.insertTenant(made));
    await store.tx((tx) => tx.setTenantUrls(made.id, ["https://b.example"], ["https://c.example"]));
    const expected = { ...made, redirectUrls: ["https://b.example"], updateCallbackUrls: ["https://c.example"] };
    expect(await store.tenant(made.id)).toEqual(expected);
    expect(await store.tenants()).toContainEqual(expected);
  });

  it("revokes an API key once", async () => {
    const { store } = get();
    const { tenantId } = await aWorld(store);
    const key = { keyId: newId("evt"), tenantId, hash: "hash", createdAt: NOW, revokedAt: null };
    await store.tx((tx) => tx.insertApiKey(key));
    expect(await store.apiKey(key.keyId)).toEqual(key);
    expect(await store.apiKeys(tenantId)).toEqual([key]);
    expect(await store.tx((tx) => tx.revokeApiKey(key.keyId, NOW + 1))).toBe(true);
    expect(await store.tx((tx) => tx.revokeApiKey(key.keyId, NOW + 2))).toBe(false);
    expect(await store.apiKey(key.keyId)).toEqual({ ...key, revokedAt: NOW + 1 });
    expect(await store.apiKey("none")).toBeNull();
  });

  it("sets a value once, whoever asks first", async () => {
    const { store } = get();
    expect(await store.setting("none")).toBeNull();
    const answers = await Promise.all(["a", "b"].map((value) => store.tx((tx) => tx.settingOnce("once", value))));
    expect(new Set(answers).size).toBe(1);
    await store.tx((tx) => tx.setSetting("once", "c"));
    await store.tx((tx) => tx.setSetting("new", "d"));
    expect(await store.setting("once")).toBe("c");
    expect(await store.setting("new")).toBe("d");
  });

  it("knows one user per tenant and clientId", async () => {
    const { store } = get();
    const { tenantId, owner } = await aWorld(store);
    const user = { id: newId("usr"), tenantId, clientId: "client-1", createdAt: NOW, changeSeq: 0 };
    expect(await store.tx((tx) => tx.insertUser(user))).toBe(true);
    expect(await store.tx((tx) => tx.insertUser({ ...user, id: newId("usr") }))).toBe(false);
    expect(await store.userByClientId(owner, "client-1")).toEqual(user);
    expect(await store.userByClientId(owner, "client-2")).toBeNull();
    const foreign = await aWorld(store);
    expect(await store.userByClientId(foreign.owner, "client-1")).toBeNull();
    expect(await store.tx((tx) => tx.insertUser({ ...user, id: newId("usr"), tenantId: foreign.tenantId }))).toBe(true);
  });

  it("lists a tenant's users by id, a page at a time", async () => {
    const { store } = get();
    const { tenantId, owner, userId, asUser } = await aWorld(store);
    const ids = [userId, ...Array.from({ length: 4 }, () => newId("usr"))].sort();
    await store.tx(async (tx) => {
      for (const id of ids) if (id !== userId) await tx.insertUser({ id, tenantId, clientId: null, createdAt: NOW, changeSeq: 0 });
    });
    const first = await store.users(owner, { limit: 2, position: null, backward: false });
    expect(first).toEqual({ rows: [expect.objectContaining({ id: ids[0] }), expect.objectContaining({ id: ids[1] })], hasMore: true });
    const last = await store.users(owner, { limit: 2, position: null, backward: true });
    expect(last.rows.map(({ id }) => id)).toEqual(ids.slice(3));
    const before = await store.users(owner, { limit: 3, position: { key: null, id: ids[3] ?? "" }, backward: true });
    expect(before).toMatchObject({ rows: ids.slice(0, 3).map((id) => ({ id })), hasMore: false });
    expect(await store.countUsers(owner)).toBe(5);
    expect((await store.users(asUser, { limit: 9, position: null, backward: false })).rows.map(({ id }) => id)).toEqual([userId]);
    expect(await store.countUsers(asUser)).toBe(1);
  });
}
