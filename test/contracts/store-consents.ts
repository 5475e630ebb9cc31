import { expect, it } from "vitest";
import type { BankFacts } from "../../src/domain/bank.ts";
import { newId } from "../../src/domain/ids.ts";
import { authorization, aWorld, consent, FIRST_PAGE, grant, NOW, type OpenStore } from "./store-fixtures.ts";

export function consentContract(get: () => OpenStore): void {
  it("gives a consent back as it was stored, and its key", async () => {
    const { store } = get();
    const { tenantId, userId, owner } = await aWorld(store);
    const made = consent({ tenantId, userId, idempotencyKey: "k", startUpdate: false, validUntil: NOW + 5 });
    await store.tx((tx) => tx.insertConsent(made, "wrapped-key"));
    expect(await store.consent(made.id)).toEqual(made);
    expect(await store.wrappedKey(made.id)).toBe("wrapped-key");
    expect(await store.consentByIdempotencyKey(owner, userId, "k")).toEqual(made);
    expect(await store.consentByIdempotencyKey(owner, userId, "l")).toBeNull();
    await expect(store.tx((tx) => tx.insertConsent({ ...made, id: newId("con") }, "x"))).rejects.toThrow();
    expect(await store.consentsForWatch([made.id, newId("con")])).toEqual(new Map([[made.id, made]]));
  });

  it("remembers of each bank what was put last", async () => {
    const { store } = get();
    const bank: BankFacts = {
      id: newId("acc"), name: "Żółć", country: "PL", bic: "AAAAPLPW", nationalBankCode: null, logo: null, standard: "STET", environment: "SANDBOX",
      psuTypes: ["PERSONAL"], scopes: ["ACCOUNTS"], maxHistoryDays: 90, maxConsentDays: null, unattendedCallsPerDay: 4, timeZone: "Europe/Warsaw",
    }; // prettier-ignore
    await store.tx((tx) => tx.putKnownBank(bank));
    expect(await store.knownBanks([bank.id, "none"])).toEqual(new Map([[bank.id, bank]]));
    const renamed: BankFacts = { ...bank, name: "New", bic: null, scopes: [], maxHistoryDays: null, maxConsentDays: 180 };
    await store.tx((tx) => tx.putKnownBank(renamed));
    expect(await store.knownBanks([bank.id])).toEqual(new Map([[bank.id, renamed]]));
  });

  it("patches a consent only from the statuses named, and raises its version", async () => {
    const { store } = get();
    const { consentId } = await aWorld(store);
    const patch = { status: "EXPIRED", statusReason: "VALIDITY_ENDED", validUntil: null } as const;
    expect(await store.tx((tx) => tx.patchConsent(consentId, patch, ["REQUESTED"]))).toBe(false);
    expect(await store.consent(consentId)).toMatchObject({ status: "GIVEN", version: 1 });
    expect(await store.tx((tx) => tx.patchConsent(consentId, patch, ["REQUESTED", "GIVEN"]))).toBe(true);
    expect(await store.consent(consentId)).toMatchObject({ ...patch, version: 2 });
    expect(await store.tx((tx) => tx.patchConsent(consentId, {}, null))).toBe(true);
    expect(await store.consent(consentId)).toMatchObject({ version: 3 });
    expect(await store.tx((tx) => tx.patchConsent(newId("con"), patch, null))).toBe(false);
  });

  it("finds consents by status, that end, that are due, and that share a bank", async () => {
    const { store } = get();
    const { tenantId, userId, owner, consentId } = await aWorld(store);
    const ending = consent({ tenantId, userId, validUntil: 1_000, bankId: "bank-b" });
    const due = consent({ tenantId, userId, timesPerDay: 2, nextRunAt: 2_000, bankId: "bank-b" });
    const dead = consent({ tenantId, userId, status: "REVOKED", timesPerDay: 2, nextRunAt: 1, validUntil: 1, bankId: "bank-b" });
    await store.tx(async (tx) => {
      for (const row of [ending, due, dead]) await tx.insertConsent(row, "k");
    });
    expect(await store.consentsEndingBy(999, 5)).toEqual([]);
    expect(await store.consentsEndingBy(1_000, 5)).toEqual([ending]);
    expect(await store.consentsDue(1_999, 5)).toEqual([]);
    expect(await store.consentsDue(2_000, 5)).toEqual([due]);
    expect(await store.givenConsentsAtBank(userId, "bank-b", ending.id)).toEqual([due]);
    const revoked = await store.consentsOfUsers(owner, [userId], { statuses: ["REVOKED", "FAILED"] }, FIRST_PAGE);
    expect(revoked.get(userId)?.rows).toEqual([dead]);
    const counts = await store.countConsentsOfUsers(owner, [userId], { statuses: ["GIVEN"] });
    expect(counts).toEqual(new Map([[userId, 3]]));
    const newestFirst = [consentId, ending.id, due.id, dead.id].sort().reverse();
    const listed = await store.consentsOfUsers(owner, [userId], { statuses: null }, FIRST_PAGE);
    expect(listed.get(userId)?.rows.map(({ id }) => id)).toEqual(newestFirst);
    expect((await store.consentsOfUsers(owner, [userId], { statuses: [] }, FIRST_PAGE)).get(userId)?.rows).toEqual([]);
  });

  it("lets one holder refresh a grant at a time", async () => {
    const { store } = get();
    const { userId, consentId } = await aWorld(store);
    const row = grant({ userId, consentId });
    await store.tx((tx) => tx.insertGrant(row));
    expect(await store.grantsOfConsent(consentId)).toEqual([row]);
    expect(await store.tx((tx) => tx.leaseRefresh(row.id, "a", NOW, NOW + 10))).toBe(true);
    expect(await store.tx((tx) => tx.leaseRefresh(row.id, "b", NOW + 9, NOW + 20))).toBe(false);
    expect(await store.tx((tx) => tx.leaseRefresh(row.id, "b", NOW + 10, NOW + 20))).toBe(true);
    expect(await store.tx((tx) => tx.storeRefreshed(row.id, "a", "late", 1))).toBe(false);
    expect(await store.tx((tx) => tx.storeRefreshed(row.id, "b", "fresh", NOW + 99))).toBe(true);
    expect(await store.grant(row.id)).toEqual({ ...row, sealedHandle: "fresh", accessExpiresAt: NOW + 99 });
    expect(await store.tx((tx) => tx.storeRefreshed(row.id, "b", "again", null))).toBe(false);
    expect(await store.tx((tx) => tx.patchGrant(row.id, { status: "ENDED", sealedHandle: null, endedAt: NOW }))).toBe(true);
    expect(await store.grant(row.id)).toMatchObject({ status: "ENDED", sealedHandle: null, endedAt: NOW });
    expect(await store.tx((tx) => tx.patchGrant(newId("gra"), { status: "ENDED" }))).toBe(false);
  });

  it("lets one of many returns take an attempt", async () => {
    const { store } = get();
    const { userId, consentId } = await aWorld(store);
    const row = authorization({ userId, consentId });
    await store.tx((tx) => tx.insertAuthorization(row));
    const takes = await Promise.all(Array.from({ length: 20 }, (_, i) => store.tx((tx) => tx.takeAuthorization(row.id, NOW + i))));
    expect(takes.filter(Boolean)).toHaveLength(1);
    expect(await store.authorizationByStateHash(row.stateHash)).toMatchObject({ id: row.id, status: "TAKEN" });
    expect(await store.authorizationByStateHash("other")).toBeNull();
    await store.tx((tx) => tx.patchAuthorization(row.id, { status: "SUCCEEDED", finishedAt: NOW }));
    expect(await store.tx((tx) => tx.takeAuthorization(row.id, NOW))).toBe(false);
  });

  it("knows the open attempts, closes older ones, and takes a late return", async () => {
    const { store } = get();
    const { userId, consentId, owner } = await aWorld(store);
    const [older, newer] = [authorization({ userId, consentId, expiresAt: NOW + 1 }), authorization({ userId, consentId })].sort((a, b) =>
      a.id < b.id ? -1 : 1,
    );
    if (!older || !newer) throw new Error("two were made");
    await store.tx(async (tx) => {
      await tx.insertAuthorization(older);
      await tx.insertAuthorization(newer);
    });
    expect(await store.openAuthorizations(owner, [consentId, newId("con")], NOW)).toEqual(new Map([[consentId, newer]]));
    await store.tx((tx) => tx.closeAuthorizations(consentId, NOW + 2, newer.id));
    expect(await store.authorization(older.id)).toEqual({ ...older, status: "TIMED_OUT", finishedAt: NOW + 2 });
    expect(await store.authorization(newer.id)).toEqual(newer);
    expect(await store.openAuthorizations(owner, [consentId], newer.expiresAt)).toEqual(new Map());
    expect((await store.expiredAuthorizations(newer.expiresAt, 50)).map(({ id }) => id)).toContain(newer.id);
    expect((await store.expiredAuthorizations(newer.expiresAt - 1, 50)).map(({ id }) => id)).not.toContain(newer.id);
    expect(await store.tx((tx) => tx.takeAuthorization(older.id, NOW + 3))).toBe(true);
  });
}
