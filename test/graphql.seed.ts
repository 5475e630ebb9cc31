import type { Account } from "../src/domain/account.ts";
import { newId, type ConsentId, type UpdateId, type UserId } from "../src/domain/ids.ts";
import type { Day } from "../src/domain/time.ts";
import { account, consent, NOW, step, transaction, update } from "./contracts/store-fixtures.ts";
import type { TestGraphql } from "./graphql.fixture.ts";

export interface Seeded {
  readonly userId: UserId;
  readonly consentId: ConsentId;
  readonly updateIds: readonly UpdateId[];
  readonly accounts: readonly Account[];
}

/** A user with a GIVEN consent, two accounts with balances and `rows` transactions each, two finished updates and their log. */
export async function seedUser(hub: TestGraphql, rows = 3): Promise<Seeded> {
  const { store, tenantId } = hub;
  const { id: userId } = await hub.addUser();
  const consentId = newId("con");
  const ids = [newId("acc"), newId("acc")].sort(); // accounts are listed by id
  const accounts = ["PL61109010140000071219812874", "PL27114020040000300201355387"].map((iban, index) =>
    account({ id: ids[index] ?? newId("acc"), userId, consentId, iban, name: `Konto ${String(index)}`, resourceId: `r${String(index)}` }),
  );
  const final = { tenantId, userId, consentId, status: "COMPLETED", progressPermille: 1_000, accountsTotal: 2, accountsDone: 2 } as const;
  const updates = [
    update({ ...final, id: newId("upd", NOW), sequence: 9 }),
    update({ ...final, id: newId("upd", NOW + 1), sequence: 4, added: rows }),
  ];
  const transactions = accounts.flatMap(({ id }) =>
    Array.from({ length: rows }, (_, index) =>
      transaction({ userId, consentId, accountId: id, date: day(index), bookingDate: day(index), description: `Row ${String(index)}` }),
    ),
  );
  await store.tx(async (tx) => {
    await tx.insertConsent(
      consent({ id: consentId, userId, tenantId, scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS", "IDENTITY"] }),
      hub.wrappedKey(consentId),
    );
    await tx.insertAccounts(accounts);
    for (const row of updates) {
      await tx.insertUpdate({ ...row, status: "QUEUED" });
      await tx.patchUpdate(row.id, null, { status: "COMPLETED" });
      await tx.insertSteps(accounts.map(({ id }, position) => step({ userId, updateId: row.id, position, accountId: id, status: "DONE" })));
    }
    for (const { id } of accounts)
      await tx.replaceBalances(id, [
        { userId, accountId: id, position: 0, type: "EXPECTED", amount: "7.00", currency: "PLN", creditLimitIncluded: null, referenceDate: null, fetchedAt: NOW },
        { userId, accountId: id, position: 1, type: "INTERIM_BOOKED", amount: "5.00", currency: "PLN", creditLimitIncluded: null, referenceDate: null, fetchedAt: NOW },
      ]); // prettier-ignore
    await tx.insertTransactions(transactions);
    await tx.replaceIdentities(consentId, [
      { userId, consentId, bankId: "bank-a", position: 0, fullName: "Anna Kowalska", birthDate: "1990-02-03", addresses: ["Prosta 1"], emails: [], phones: [], accountIds: [accounts[0]?.id ?? newId("acc")], fetchedAt: NOW },
    ]); // prettier-ignore
    await tx.appendChanges(userId, NOW, [
      { type: "ConsentChanged", subjectId: consentId, consentId },
      ...accounts.map(({ id }) => ({ type: "AccountChanged", subjectId: id, consentId, accountId: id }) as const),
      ...transactions.map(({ id, accountId }) => ({ type: "TransactionAdded", subjectId: id, consentId, accountId }) as const),
      { type: "IdentityChanged", subjectId: consentId, consentId },
    ]);
  });
  return { userId, consentId, updateIds: updates.map(({ id }) => id), accounts };
}

function day(index: number): Day {
  return new Date(Date.UTC(2026, 0, 1) + index * 86_400_000).toISOString().slice(0, 10) as Day;
}
