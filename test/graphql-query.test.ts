import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGraphql, type TestGraphql } from "./graphql.fixture.ts";
import { seedUser, type Seeded } from "./graphql.seed.ts";

let hub: TestGraphql;
let seeded: Seeded;
beforeAll(async () => {
  hub = await startTestGraphql();
  seeded = await seedUser(hub);
});
afterAll(() => hub[Symbol.asyncDispose]());

describe("objects", () => {
  it("show what was stored, in the contract's words", async () => {
    const { data, errors } = await hub.run(
      `query($id: ID!) { consent(id: $id) {
        status quota { scope limit used remaining resetsAt } schedule { timesPerDay nextRunAt } bank { id connectable } user { id changeCursor }
        latestUpdate { id progress { fraction accountsDone } steps { account { name } scope status } }
        accounts(first: 1) { totalCount nodes {
          iban balance { type amount { amount currency } fetchedAt } balances { type } coverage { from to gaps { from to } }
          transactions(first: 1) { nodes { date amount { amount currency } direction description counterparty { name } exchange { rate } account { name } } }
        } } } }`,
      { id: seeded.consentId },
    );
    expect(errors).toBeUndefined();
    expect(data.consent).toMatchObject({
      status: "GIVEN",
      quota: ["ACCOUNTS", "BALANCES", "TRANSACTIONS", "IDENTITY"].map((scope) => ({
        scope,
        limit: 4,
        used: 0,
        remaining: 4,
        resetsAt: null,
      })),
      schedule: { timesPerDay: 0, nextRunAt: null },
      bank: { id: "bank_bank-a", connectable: false },
      latestUpdate: { id: seeded.updateIds[1], progress: { fraction: 1, accountsDone: 2 }, steps: [{ account: { name: "Konto 0" } }, {}] },
      accounts: {
        totalCount: 2,
        nodes: [
          {
            iban: "PL61109010140000071219812874",
            balance: { type: "INTERIM_BOOKED", amount: { amount: "5.00", currency: "PLN" }, fetchedAt: "2026-09-21T14:13:20.000Z" },
            balances: [{ type: "EXPECTED" }, { type: "INTERIM_BOOKED" }],
            coverage: { from: "2026-01-01", to: "2026-02-01", gaps: [] },
            transactions: {
              nodes: [
                {
                  date: "2026-01-03",
                  amount: { amount: "-12.50" },
                  direction: "DEBIT",
                  counterparty: null,
                  exchange: null,
                  account: { name: "Konto 0" },
                },
              ],
            },
          },
        ],
      },
    });
  });

  it("count the most-used account's calls of the last 24 hours", async () => {
    const { userId, consentId, accounts } = await seedUser(hub);
    const call = { userId, grantId: "gra_1", consentId, endpoint: "BALANCES", attended: false } as const;
    await hub.store.tx(async (tx) => {
      for (const [index, at] of [-30, -3, -2, -1].entries())
        await tx.recordCall({ ...call, accountId: accounts[index === 3 ? 1 : 0]?.id ?? "", at: hub.clock.now() + at * 3_600_000 });
    });
    const { data } = await hub.run(`query($id: ID!) { consent(id: $id) { quota { scope used remaining resetsAt } } }`, { id: consentId });
    const resetsAt = new Date(hub.clock.now() + 21 * 3_600_000).toISOString();
    expect(data.consent.quota[1]).toEqual({ scope: "BALANCES", used: 2, remaining: 2, resetsAt });
  });

  it("are found again by their ids, whatever their type", async () => {
    const ids = [
      hub.tenantId,
      seeded.userId,
      seeded.consentId,
      seeded.updateIds[0],
      seeded.accounts[0]?.id,
      "bank_bank-a",
      "acc_nothing",
      "x",
    ];
    const { data } = await hub.run(`query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }`, { ids });
    expect(data.nodes.map((node: { __typename: string } | null) => node && node.__typename)).toEqual([
      "Tenant", "User", "Consent", "Update", "Account", "Bank", null, null,
    ]); // prettier-ignore
    expect(data.nodes.slice(0, 6).map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 6));
  });

  it("page through the change log to its end and no further", async () => {
    const query = `query($id: ID!, $after: ChangeCursor, $kinds: [ChangeKind!]) { user(by: {id: $id}) { changeCursor changes(first: 4, after: $after, kinds: $kinds) {
      nodes { __typename cursor at kind ... on TransactionAdded { transaction { description } } ... on AccountChanged { account { name } } } nextCursor hasMore } } }`;
    const seen: string[] = [];
    let after: string | null = null;
    for (let more = true; more;) {
      const { data } = await hub.run(query, { id: seeded.userId, after });
      const { nodes, nextCursor, hasMore } = data.user.changes;
      seen.push(...nodes.map(({ __typename }: { __typename: string }) => __typename));
      [after, more] = [nextCursor, hasMore];
      if (!more) expect(nextCursor).toBe(data.user.changeCursor);
    }
    expect(seen).toEqual([
      "ConsentChanged",
      "AccountChanged",
      "AccountChanged",
      ...Array<string>(6).fill("TransactionAdded"),
      "IdentityChanged",
    ]);
    const { data } = await hub.run(query, { id: seeded.userId, kinds: ["ACCOUNT"] });
    expect(data.user.changes).toMatchObject({ nodes: [{ account: { name: "Konto 0" } }, { kind: "ACCOUNT" }], hasMore: false });
  });
});

describe("statements", () => {
  const DEEP = `{ users(first: 50) { totalCount nodes { consents { nodes { authorizationUrl quota { used } updates(first: 3) { nodes { status
    accounts { totalCount nodes { balance { type } transactions(first: 2) { totalCount pageInfo { hasNextPage } nodes { id account { id } } } } } } } } } } } }`;

  it("are the same number for 1, 5 and 50 users with all that hangs on them", async () => {
    const counts: number[] = [];
    await using fresh = await startTestGraphql();
    await fresh.run("{ __typename }"); // reads the key, which is remembered
    for (const users of [1, 5, 50]) {
      while ((await fresh.store.countUsers(fresh.owner)) < users) await seedUser(fresh);
      const before = fresh.store.statements();
      const { data, errors } = await fresh.run(DEEP);
      counts.push(fresh.store.statements() - before);
      expect(errors).toBeUndefined();
      expect(data.users.nodes).toHaveLength(users);
      expect(data.users.nodes.at(-1).consents.nodes[0].updates.nodes[1].accounts.nodes[1].transactions).toMatchObject({
        totalCount: 3,
        pageInfo: { hasNextPage: true },
      });
    }
    expect(new Set(counts).size, `statements: ${counts.join(", ")}`).toBe(1);
  });

  it("count a list only when its count is asked for", async () => {
    const statements = async (selection: string): Promise<number> => {
      const query = `query($id: ID!) { user(by: {id: $id}) { accounts(first: 1) { ${selection} } } }`;
      await hub.run(query, { id: seeded.userId });
      const before = hub.store.statements();
      await hub.run(query, { id: seeded.userId });
      return hub.store.statements() - before;
    };
    const page = await statements("nodes { id }");
    expect(await statements("nodes { id } pageInfo { hasNextPage hasPreviousPage }")).toBe(page);
    expect(await statements("nodes { id } totalCount")).toBe(page + 1);
    expect(await statements("totalCount")).toBe(page);
  });
});

describe("connections", () => {
  const PAGE = `query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { user(by: {id: $id}) {
    transactions(first: $first, after: $after, last: $last, before: $before) { edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`;
  const page = async (args: Record<string, unknown>) => (await hub.run(PAGE, { id: seeded.userId, ...args })).data.user.transactions;

  it("give each row once in both directions, and say rightly what lies on either side", async () => {
    const all = (await page({})).edges.map(({ node }: { node: { id: string } }) => node.id);
    expect(all).toHaveLength(6);
    for (const [size, cursor] of [
      ["first", "after"],
      ["last", "before"],
    ] as const) {
      const seen: string[] = [];
      let at: string | null = null;
      for (let more = true; more;) {
        const { edges, pageInfo } = await page({ [size]: 2, ...(at === null ? {} : { [cursor]: at }) });
        const ids = edges.map(({ node }: { node: { id: string } }) => node.id);
        if (size === "first") seen.push(...ids);
        else seen.unshift(...ids);
        const [ahead, behind] =
          size === "first" ? [pageInfo.hasNextPage, pageInfo.hasPreviousPage] : [pageInfo.hasPreviousPage, pageInfo.hasNextPage];
        expect(behind).toBe(at !== null);
        expect(ahead).toBe(seen.length < all.length);
        [at, more] = [size === "first" ? pageInfo.endCursor : pageInfo.startCursor, ahead];
      }
      expect(seen).toEqual(all);
    }
  });

  it("know on an empty page behind the end that there is something before it", async () => {
    const { pageInfo } = await page({ first: 6 });
    expect(await page({ first: 2, after: pageInfo.endCursor })).toMatchObject({
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
    });
  });

  it("page through the bank directory too", async () => {
    const query = `query($a: String) { banks(first: 2, after: $a) { totalCount nodes { name } pageInfo { endCursor hasNextPage hasPreviousPage } } }`;
    const one = (await hub.run(query)).data.banks;
    const two = (await hub.run(query, { a: one.pageInfo.endCursor })).data.banks;
    expect([...one.nodes, ...two.nodes].map(({ name }) => name)).toEqual(["Bank A", "Bank B", "Bank C", "Bank D"]);
    expect(two).toMatchObject({ totalCount: 5, pageInfo: { hasNextPage: true, hasPreviousPage: true } });
  });

  const cursorOf = (parts: unknown): string => Buffer.from(JSON.stringify(parts)).toString("base64url");
  it.each([
    ["first 0", { first: 0 }, "first"],
    ["a negative first", { first: -1 }, "first"],
    ["first 501", { first: 501 }, "first"],
    ["last 100000", { last: 100_000 }, "last"],
    ["both directions", { first: 2, last: 2 }, "first"],
    ["first with before", { first: 2, before: "x" }, "first"],
    ["a cursor that is none", { after: "x" }, "after"],
    ["an empty cursor", { after: "" }, "after"],
    ["a cursor of another list", { after: cursorOf(["account", null, "acc_01jzzzzzzzzzzzzzzzzzzzzzzz"]) }, "after"],
    ["a cursor with another key", { before: cursorOf(["transaction", "yesterday", "trx_01jzzzzzzzzzzzzzzzzzzzzzzz"]) }, "before"],
    ["a cursor with a list in it", { before: cursorOf(["transaction", ["2026-01-01"], "trx_01jzzzzzzzzzzzzzzzzzzzzzzz"]) }, "before"],
  ])("refuse %s and name the argument", async (_what, args, argument) => {
    const { status, errors } = await hub.run(PAGE, { id: seeded.userId, ...args });
    expect(status).toBe(200);
    expect(errors).toMatchObject([{ path: ["user", "transactions"], extensions: { code: "BAD_USER_INPUT", argument: [argument] } }]);
  });
});
