import { beforeAll, expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import type { Owner } from "../../src/domain/tenant.ts";
import type { Reads } from "../../src/store/reads.ts";
import {
  aUser,
  authorization,
  aWorld,
  EVERYTHING,
  FIRST_PAGE,
  grant,
  NOW,
  type OpenStore,
  step,
  transaction,
  update,
  type World,
} from "./store-fixtures.ts";

interface Ids extends Pick<World, "userId" | "consentId" | "accountId"> {
  readonly updateId: `upd_${string}`;
  readonly transactionId: `trx_${string}`;
}

/** Every read with an owner, asked for one user's objects. A method that is missing here does not compile; a mere count of users is looked at below. */
const ASK: { readonly [K in Exclude<OwnedReads, "countUsers">]: (reads: Reads, owner: Owner, ids: Ids) => Promise<unknown> } = {
  userByClientId: (r, o, { userId }) => r.userByClientId(o, `client-${userId}`),
  usersByIds: (r, o, { userId }) => r.usersByIds(o, [userId]),
  users: async (r, o, { userId }) => (await r.users(o, FIRST_PAGE)).rows.filter(({ id }) => id === userId),
  consentsByIds: (r, o, { consentId }) => r.consentsByIds(o, [consentId]),
  consentsOfUsers: (r, o, { userId }) => r.consentsOfUsers(o, [userId], { statuses: null }, FIRST_PAGE),
  countConsentsOfUsers: (r, o, { userId }) => r.countConsentsOfUsers(o, [userId], { statuses: null }),
  consentByIdempotencyKey: (r, o, { userId }) => r.consentByIdempotencyKey(o, userId, "key"),
  openAuthorizations: (r, o, { consentId }) => r.openAuthorizations(o, [consentId], NOW),
  updatesByIds: (r, o, { updateId }) => r.updatesByIds(o, [updateId]),
  updatesOfConsents: (r, o, { consentId }) => r.updatesOfConsents(o, [consentId], { statuses: null }, FIRST_PAGE),
  countUpdatesOfConsents: (r, o, { consentId }) => r.countUpdatesOfConsents(o, [consentId], { statuses: null }),
  latestUpdates: (r, o, { consentId }) => r.latestUpdates(o, [consentId]),
  updateByIdempotencyKey: (r, o, { consentId }) => r.updateByIdempotencyKey(o, consentId, "key"),
  stepsOfUpdates: (r, o, { updateId }) => r.stepsOfUpdates(o, [updateId]),
  accountsByIds: (r, o, { accountId }) => r.accountsByIds(o, [accountId]),
  accountsOfUsers: (r, o, { userId }) => r.accountsOfUsers(o, [userId], FIRST_PAGE),
  accountsOfConsents: (r, o, { consentId }) => r.accountsOfConsents(o, [consentId, newId("con")], FIRST_PAGE),
  accountsOfUpdates: (r, o, { updateId }) => r.accountsOfUpdates(o, [updateId], FIRST_PAGE),
  countAccounts: (r, o, { userId }) => r.countAccounts(o, "user", [userId]),
  balancesOfAccounts: (r, o, { accountId }) => r.balancesOfAccounts(o, [accountId]),
  identitiesOfUsers: (r, o, { userId }) => r.identitiesOfUsers(o, [userId]),
  identitiesOfConsents: (r, o, { consentId }) => r.identitiesOfConsents(o, [consentId]),
  transactionsByIds: (r, o, { transactionId }) => r.transactionsByIds(o, [transactionId]),
  transactionsOfAccounts: (r, o, { accountId }) => r.transactionsOfAccounts(o, [accountId], EVERYTHING, FIRST_PAGE),
  transactionsOfUsers: (r, o, { userId }) => r.transactionsOfUsers(o, [userId, newId("usr")], EVERYTHING, FIRST_PAGE),
  countTransactions: (r, o, { accountId }) => r.countTransactions(o, "account", [accountId], EVERYTHING),
  changesOfUser: (r, o, { userId }) => r.changesOfUser(o, userId, { after: 0, kinds: null, limit: 5 }),
  changesOfUpdate: (r, o, { updateId }) => r.changesOfUpdate(o, updateId, { after: 0, limit: 5 }),
  callsOfConsents: (r, o, { consentId }) => r.callsOfConsents(o, [consentId], 0),
};

type OwnedReads = {
  [K in keyof Reads]: Reads[K] extends (owner: Owner, ...rest: never[]) => unknown
    ? Parameters<Reads[K]>[0] extends Owner
      ? K
      : never
    : never;
}[keyof Reads];

export function tenancyContract(get: () => OpenStore): void {
  let mine: World & Ids;
  let neighbour: Owner;
  let foreign: Owner;

  beforeAll(async () => {
    const { store } = get();
    const world = await aWorld(store);
    foreign = (await aWorld(store)).owner;
    neighbour = (await aUser(store, world.tenantId)).asUser;
    const { tenantId, userId, consentId, accountId } = world;
    const [bankGrant, row] = [
      grant({ userId, consentId }),
      update({ tenantId, userId, consentId, idempotencyKey: "key", firstChangeSeq: 1, lastChangeSeq: 1 }),
    ];
    const booked = transaction(world);
    mine = { ...world, updateId: row.id, transactionId: booked.id };
    await store.tx(async (tx) => {
      await tx.insertGrant(bankGrant);
      await tx.insertAuthorization(authorization({ userId, consentId }));
      await tx.insertUpdate(row);
      await tx.insertSteps([step({ userId, updateId: row.id, position: 1, accountId })]);
      await tx.insertTransactions([booked]);
      const money = {
        type: "EXPECTED",
        amount: "1.00",
        currency: "PLN",
        creditLimitIncluded: null,
        referenceDate: null,
        fetchedAt: NOW,
      } as const;
      await tx.replaceBalances(accountId, [{ ...money, userId, accountId, position: 0 }]);
      const person = { fullName: "A", birthDate: null, addresses: [], emails: [], phones: [], accountIds: [], fetchedAt: NOW };
      await tx.replaceIdentities(consentId, [{ ...person, userId, consentId, bankId: "b", position: 0 }]);
      await tx.recordCall({ userId, grantId: bankGrant.id, consentId, accountId, endpoint: "BALANCES", at: NOW, attended: false });
      await tx.appendChanges(userId, NOW, [{ type: "ConsentChanged", subjectId: consentId, consentId, updateId: row.id }]);
    });
  });

  it.each(Object.entries(ASK))("%s shows the owner's objects and, to others, what a missing id shows", async (_, ask) => {
    const { store } = get();
    const missing: Ids = {
      userId: newId("usr"),
      consentId: newId("con"),
      accountId: newId("acc"),
      updateId: newId("upd"),
      transactionId: newId("trx"),
    };
    const normal = (answer: unknown, ids: Ids): string => {
      // Ids that were asked for and their stand-ins compare as equal.
      let text = JSON.stringify(answer, (_key, value: unknown) => (value instanceof Map ? [...value.entries()] : value));
      for (const id of Object.values(ids)) text = text.replaceAll(id, "(id)");
      return text.replaceAll(/"(con|usr)_[0-9a-z]{26}"/g, '"(other)"');
    };
    const own: Ids = {
      userId: mine.userId,
      consentId: mine.consentId,
      accountId: mine.accountId,
      updateId: mine.updateId,
      transactionId: mine.transactionId,
    };
    const asTenant = normal(await ask(store, mine.owner, own), own);
    const asUser = normal(await ask(store, mine.asUser, own), own);
    const none = normal(await ask(store, mine.owner, missing), missing);
    expect(asUser).toBe(asTenant);
    expect(asTenant).not.toBe(none);
    expect(normal(await ask(store, foreign, own), own)).toBe(none);
    expect(normal(await ask(store, neighbour, own), own)).toBe(none);
    expect(normal(await ask(store, { tenantId: foreign.tenantId, userId: mine.userId }, own), own)).toBe(none);
  });

  it("counts the users of the owner alone", async () => {
    const { store } = get();
    expect(await store.countUsers(mine.owner)).toBe(2);
    expect(await store.countUsers(mine.asUser)).toBe(1);
    expect(await store.countUsers(foreign)).toBe(1);
    expect(await store.countUsers({ tenantId: foreign.tenantId, userId: mine.userId })).toBe(0);
  });
}
