import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { newId, type AccountId } from "../../src/domain/ids.ts";
import { compare, type Decimal } from "../../src/domain/money.ts";
import { addDays } from "../../src/domain/time.ts";
import type { Transaction } from "../../src/domain/transaction.ts";
import type { TransactionQuery } from "../../src/store/reads.ts";
import type { PageRequest, Slice } from "../../src/store/store.ts";
import { account, aWorld, type OpenStore, transaction, type World } from "./store-fixtures.ts";

const WORDS = ["Żabka", "COFFEE", "straße", "Łódź", "ölgarten"];
/** How each word is asked for, and the folded text that it must be found in. */
const ASKED: Readonly<Record<string, string>> = {
  zabka: "Żabka",
  "cof fee": "COFFEE",
  STRASSE: "straße",
  łodz: "Łódź",
  "garten  ÖL": "ölgarten",
};
const day = fc.integer({ min: 0, max: 12 }).map((n) => addDays("2026-01-01", n));
const amount = fc.constantFrom<Decimal>(
  "-100.00",
  "-12.5",
  "-12.499",
  "-0.01",
  "0.00",
  "0.01",
  "9.99",
  "12.50",
  "100.00",
  "12345678901234567890.1",
);
const status = fc.constantFrom("PENDING" as const, "BOOKED" as const, "VOIDED" as const);

const anyQuery: fc.Arbitrary<TransactionQuery> = fc.record({
  dateFrom: fc.option(day, { freq: 2 }),
  dateTo: fc.option(day, { freq: 2 }),
  statuses: fc.option(fc.uniqueArray(status), { freq: 2 }),
  direction: fc.option(fc.constantFrom("CREDIT" as const, "DEBIT" as const), { freq: 2 }),
  amountMin: fc.option(amount, { freq: 2 }),
  amountMax: fc.option(amount, { freq: 2 }),
  search: fc.option(fc.constantFrom(...Object.keys(ASKED)), { freq: 2 }),
});

/** The answer by its definition, in memory. */
function model(
  rows: readonly Transaction[],
  query: TransactionQuery,
  page: PageRequest,
): { ids: string[]; hasMore: boolean; total: number } {
  const matching = rows
    .filter((row) => query.dateFrom === null || row.date >= query.dateFrom)
    .filter((row) => query.dateTo === null || row.date <= query.dateTo)
    .filter((row) => query.statuses === null || query.statuses.includes(row.status))
    .filter((row) => query.direction === null || (query.direction === "DEBIT") === row.amount.startsWith("-"))
    .filter((row) => query.amountMin === null || compare(row.amount, query.amountMin) >= 0)
    .filter((row) => query.amountMax === null || compare(row.amount, query.amountMax) <= 0)
    .filter((row) => query.search === null || row.description === ASKED[query.search])
    .sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
  const at = page.position === null ? null : `${page.position.key ?? ""} ${page.position.id}`;
  const beyond = matching.filter((row) => at === null || (page.backward ? keyOf(row) > at : keyOf(row) < at));
  const ids = (page.backward ? beyond.slice(-page.limit) : beyond.slice(0, page.limit)).map(({ id }) => id);
  return { ids, hasMore: beyond.length > page.limit, total: matching.length };
}

function keyOf(row: Transaction): string {
  return `${row.date} ${row.id}`;
}

export function pagingContract(get: () => OpenStore): void {
  let world: World;
  let rows: Transaction[];
  let accounts: AccountId[];

  beforeAll(async () => {
    const { store } = get();
    world = await aWorld(store);
    const { userId, consentId, accountId } = world;
    const second = account({ userId, consentId });
    accounts = [accountId, second.id];
    const random = fc.sample(fc.record({ date: day, amount, status, description: fc.constantFrom(...WORDS), which: fc.nat(1) }), {
      numRuns: 160,
      seed: 7,
    });
    rows = random.map(({ which, ...given }) => transaction({ ...world, ...given, accountId: which ? second.id : accountId }));
    await store.tx(async (tx) => {
      await tx.insertAccounts([second]);
      await tx.insertTransactions(rows);
      await tx.insertTransactions([transaction({ userId: newId("usr"), consentId, accountId: newId("acc"), date: "2026-01-05" })]);
    });
  });

  it("answers any filter at any position in either direction as a list in memory would", async () => {
    const { store } = get();
    const position = fc.option(
      fc.oneof(
        fc.nat(159).map((i) => ({ key: rows[i]?.date ?? "", id: rows[i]?.id ?? "" })),
        day.map((key) => ({ key, id: newId("trx") })),
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        anyQuery,
        fc.integer({ min: 1, max: 40 }),
        position,
        fc.boolean(),
        fc.boolean(),
        async (query, limit, at, backward, isTenant) => {
          const page = { limit, position: at, backward };
          const owner = isTenant ? world.owner : world.asUser;
          const one = await store.transactionsOfAccounts(owner, accounts.slice(0, 1), query, page);
          const both = await store.transactionsOfAccounts(owner, accounts, query, page);
          const user = await store.transactionsOfUsers(owner, [world.userId], query, page);
          const twoUsers = await store.transactionsOfUsers(owner, [newId("usr"), world.userId], query, page);
          const counted = await store.countTransactions(owner, "account", accounts, query);
          for (const id of accounts) {
            const expected = model(
              rows.filter((row) => row.accountId === id),
              query,
              page,
            );
            expectSlice(both.get(id), expected);
            if (id === accounts[0]) expectSlice(one.get(id), expected);
            expect(counted.get(id)).toBe(expected.total);
          }
          const expected = model(rows, query, page);
          expectSlice(user.get(world.userId), expected);
          expectSlice(twoUsers.get(world.userId), expected);
          expect((await store.countTransactions(owner, "user", [world.userId], query)).get(world.userId)).toBe(expected.total);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("walks every row exactly once, forwards and backwards", async () => {
    const { store } = get();
    const newestFirst = rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1)).map(({ id }) => id);
    for (const backward of [false, true]) {
      const seen: string[] = [];
      for (let page: PageRequest = { limit: 7, position: null, backward }; ;) {
        const answer = (await store.transactionsOfUsers(world.owner, [world.userId], NO_FILTER, page)).get(world.userId);
        const ids = answer?.rows.map(({ id }) => id) ?? [];
        seen.splice(backward ? 0 : seen.length, 0, ...ids);
        const edge = backward ? answer?.rows[0] : answer?.rows.at(-1);
        if (!answer?.hasMore || !edge) break;
        page = { ...page, position: { key: edge.date, id: edge.id } };
      }
      expect(seen).toEqual(newestFirst);
    }
  });

  it("answers any number of parents in one statement, and none in none", async () => {
    const { store } = get();
    for (const ids of [accounts.slice(0, 1), accounts, [...accounts, newId("acc"), newId("acc")]]) {
      const before = store.statements();
      const answer = await store.transactionsOfAccounts(world.owner, ids, NO_FILTER, { limit: 3, position: null, backward: false });
      expect(store.statements() - before).toBe(1);
      expect([...answer.keys()]).toEqual(ids);
    }
    const before = store.statements();
    expect(await store.transactionsOfAccounts(world.owner, [], NO_FILTER, { limit: 3, position: null, backward: false })).toEqual(
      new Map(),
    );
    expect(await store.usersByIds(world.owner, [])).toEqual(new Map());
    expect(store.statements() - before).toBeLessThanOrEqual(1);
  });
}

const NO_FILTER: TransactionQuery = {
  dateFrom: null,
  dateTo: null,
  statuses: null,
  direction: null,
  amountMin: null,
  amountMax: null,
  search: null,
};

function expectSlice(slice: Slice<Transaction> | undefined, expected: { ids: string[]; hasMore: boolean }): void {
  expect({ ids: slice?.rows.map(({ id }) => id), hasMore: slice?.hasMore }).toEqual({ ids: expected.ids, hasMore: expected.hasMore });
}
