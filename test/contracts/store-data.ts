import { expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import type { Transaction } from "../../src/domain/transaction.ts";
import { account, aWorld, EVERYTHING, FIRST_PAGE, grant, NOW, type OpenStore, transaction, update } from "./store-fixtures.ts";

export function dataContract(get: () => OpenStore): void {
  it("keeps accounts, replaces balances and identities", async () => {
    const { store } = get();
    const { userId, consentId, accountId, owner } = await aWorld(store);
    await store.tx((tx) => tx.patchAccount(accountId, { name: "Renamed", currency: null, coverage: [] }));
    const stored = (await store.accountsByIds(owner, [accountId])).get(accountId);
    expect(stored).toEqual(account({ id: accountId, userId, consentId, name: "Renamed", currency: null, coverage: [] }));
    expect(await store.accountsOfConsent(consentId)).toEqual([stored]);

    const balance = { userId, accountId, type: "EXPECTED", amount: "-1.00", currency: "PLN", referenceDate: null, fetchedAt: NOW } as const;
    const balances = [true, false, null].map((creditLimitIncluded, position) => ({ ...balance, creditLimitIncluded, position }));
    for (const rows of [balances.slice(0, 1), balances]) await store.tx((tx) => tx.replaceBalances(accountId, rows));
    expect(await store.balancesOfAccounts(owner, [accountId])).toEqual(new Map([[accountId, balances]]));

    const person = { userId, consentId, bankId: "bank-a", birthDate: "1980-02-29", emails: [], phones: ["+48 1"], fetchedAt: NOW } as const;
    const identities = ["Łucja", "Żółć"].map((fullName, position) => ({
      ...person,
      fullName,
      position,
      addresses: ["ul. X"],
      accountIds: [accountId],
    }));
    for (const rows of [identities.slice(1), identities]) await store.tx((tx) => tx.replaceIdentities(consentId, rows));
    expect(await store.identitiesOfConsents(owner, [consentId])).toEqual(new Map([[consentId, identities]]));
    expect(await store.identitiesOfUsers(owner, [userId])).toEqual(new Map([[userId, identities]]));
    await store.tx((tx) => tx.replaceIdentities(consentId, []));
    expect(await store.identitiesOfUsers(owner, [userId])).toEqual(new Map([[userId, []]]));
  });

  it("gives a transaction back as it was stored, and moves it to another day", async () => {
    const { store } = get();
    const { userId, consentId, accountId, owner } = await aWorld(store);
    const world = { userId, consentId, accountId };
    const full = transaction({
      ...world,
      amount: "-12345678901234567890.0123456789",
      remittance: ['line "1"', "ligne 2\nó"],
      aliases: [{ kind: "REFERENCE", value: "old" }],
      exchangeAmount: "1.5",
      counterpartyName: "O'Brien \\ 100% _",
      missedFetches: 1,
      missedOn: "2026-02-02",
    });
    const others = [transaction(world), transaction({ ...world, status: "PENDING" })];
    await store.tx((tx) => tx.insertTransactions([full, ...others]));
    expect(await store.transactionsByIds(owner, [full.id, newId("trx")])).toEqual(new Map([[full.id, full]]));
    const moved: Transaction = { ...full, date: "2026-03-01", status: "VOIDED", voidReason: "MERGED", revision: 2, description: "Other" };
    await store.tx((tx) => tx.updateTransactions([moved, ...others]));
    const found = await store.transactionsOfAccounts(
      owner,
      [accountId],
      { ...EVERYTHING, dateFrom: "2026-03-01", search: "other" },
      FIRST_PAGE,
    );
    expect(found.get(accountId)?.rows).toEqual([moved]);
    expect(await store.countTransactions(owner, "account", [accountId], EVERYTHING)).toEqual(new Map([[accountId, 3]]));
    await expect(store.tx((tx) => tx.insertTransactions([moved]))).rejects.toThrow();
  });

  it("refuses a number that is not whole", async () => {
    const { store } = get();
    const world = await aWorld(store);
    await expect(store.tx((tx) => tx.insertTransactions([transaction({ ...world, revision: 1.5 })]))).rejects.toThrow("whole number");
    await expect(store.tx((tx) => tx.insertUpdate(update({ ...world, added: Number.NaN })))).rejects.toThrow("whole number");
  });

  it("takes texts with U+0000, lone surrogates and question marks", async () => {
    const { store } = get();
    const world = await aWorld(store);
    const rows = ["a\u0000b", "x\ud800y", "who? $1 :name"].map((description) =>
      transaction({ ...world, description, remittance: ["c\u0000?"] }),
    );
    await store.tx((tx) => tx.insertTransactions(rows));
    const found = await store.transactionsByIds(
      world.owner,
      rows.map(({ id }) => id),
    );
    const texts = rows.map(({ id }) => found.get(id)?.description ?? "");
    expect(texts[0]).toMatch(/^a[\u0000\ufffd]b$/);
    expect(texts[1]).toMatch(/^x\ufffd+y$/);
    expect(texts[2]).toBe("who? $1 :name");
    expect([...found.values()].map(({ remittance }) => remittance)).toEqual(rows.map(() => ["c\u0000?"]));
  });

  it("answers what the matcher asks", async () => {
    const { store } = get();
    const world = await aWorld(store);
    const { accountId } = world;
    expect(await store.oldestPendingDate(accountId)).toBeNull();
    expect(await store.newestEntryReference(accountId)).toBeNull();
    const rows = [
      transaction({ ...world, date: "2026-01-01", status: "PENDING", entryReference: "p1" }),
      transaction({ ...world, date: "2026-01-02" }),
      transaction({ ...world, date: "2026-01-03", entryReference: "r3" }),
      transaction({ ...world, date: "2026-01-04", status: "VOIDED", entryReference: "v4" }),
      transaction({ ...world, date: "2026-01-05", status: "PENDING" }),
      transaction({ ...world, date: "2026-01-06" }),
    ];
    const foreign = transaction({ ...(await aWorld(store)), date: "2026-01-03", status: "PENDING" });
    await store.tx((tx) => tx.insertTransactions([...rows, foreign]));
    const asked = await store.transactionsForMatching(accountId, "2026-01-03", "2026-01-05");
    expect(asked.map(({ date }) => date).sort()).toEqual(["2026-01-01", "2026-01-03", "2026-01-04", "2026-01-05"]);
    expect(await store.oldestPendingDate(accountId)).toBe("2026-01-01");
    expect(await store.newestEntryReference(accountId)).toBe("r3");
  });

  it("numbers a user's changes without holes and filters them by kind and update", async () => {
    const { store } = get();
    const { tenantId, userId, consentId, accountId, owner } = await aWorld(store);
    const row = update({ tenantId, userId, consentId });
    const entry = { consentId, accountId, updateId: row.id, subjectId: "trx_1" } as const;
    expect(await store.tx((tx) => tx.appendChanges(userId, NOW, []))).toBeNull();
    await store.tx(async (tx) => {
      expect(await tx.appendChanges(userId, NOW, [{ type: "ConsentChanged", subjectId: consentId, consentId }])).toEqual({
        first: 1,
        last: 1,
      });
      const range = await tx.appendChanges(userId, NOW, [
        { ...entry, type: "TransactionAdded" },
        { ...entry, type: "TransactionRemoved", reason: "MERGED", mergedInto: "trx_2" },
        { ...entry, type: "BalanceChanged", subjectId: accountId },
      ]);
      expect(range).toEqual({ first: 2, last: 4 });
      await tx.insertUpdate({ ...row, firstChangeSeq: 2, lastChangeSeq: 4 });
      await tx.appendChanges(userId, NOW, [{ ...entry, updateId: null, type: "AccountChanged" }]);
    });
    const seqs = async (query: Parameters<typeof store.changesOfUser>[2]) =>
      (await store.changesOfUser(owner, userId, query)).map(({ seq }) => seq);
    expect(await seqs({ after: 0, kinds: null, limit: 10 })).toEqual([1, 2, 3, 4, 5]);
    expect(await seqs({ after: 1, kinds: null, limit: 2 })).toEqual([2, 3]);
    expect(await seqs({ after: 0, kinds: ["TRANSACTION", "CONSENT"], limit: 10 })).toEqual([1, 2, 3]);
    expect(await seqs({ after: 0, kinds: [], limit: 10 })).toEqual([]);
    expect((await store.changesOfUpdate(owner, row.id, { after: 2, limit: 10 })).map(({ seq }) => seq)).toEqual([3, 4]);
    expect((await store.changesOfUser(owner, userId, { after: 2, kinds: null, limit: 1 }))[0]).toEqual({
      ...entry, userId, seq: 3, at: NOW, type: "TransactionRemoved", reason: "MERGED", mergedInto: "trx_2",
    }); // prettier-ignore
    expect(await store.changeSeqs([userId, newId("usr")])).toEqual(new Map([[userId, 5]]));
    await expect(store.tx((tx) => tx.appendChanges(newId("usr"), NOW, [{ ...entry, type: "AccountChanged" }]))).rejects.toThrow(
      "no such user",
    );
  });

  it("counts unattended calls by endpoint and account, not attended, older or orphaned ones", async () => {
    const { store } = get();
    const { userId, consentId, accountId, owner } = await aWorld(store);
    const { id: grantId } = grant({ userId, consentId });
    const call = { userId, consentId, grantId, accountId, endpoint: "BALANCES", at: NOW, attended: false };
    await store.tx(async (tx) => {
      for (const at of [NOW + 2, NOW + 1]) await tx.recordCall({ ...call, at });
      await tx.recordCall({ ...call, attended: true });
      await tx.recordCall({ ...call, at: NOW - 1 });
      await tx.recordCall({ ...call, accountId: "", endpoint: "ACCOUNTS", at: NOW + 3 });
      await tx.recordCall({ ...call, consentId: newId("con") });
    });
    const expected = [
      { endpoint: "ACCOUNTS", accountId: "", used: 1, oldestAt: NOW + 3 },
      { endpoint: "BALANCES", accountId, used: 2, oldestAt: NOW + 1 },
    ];
    expect(await store.callsSince(grantId, NOW)).toEqual(expected);
    expect(await store.callsOfConsents(owner, [consentId], NOW)).toEqual(new Map([[consentId, expected]]));
  });
}
