import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Kind, parse, type OperationDefinitionNode } from "graphql";
import { beforeAll, describe, expect, it } from "vitest";
import { costOf, MAX_COST, type Variables } from "../../src/graphql/cost.ts";
import { buildHubSchema } from "../../src/graphql/schema.ts";
import { startTestGraphql, type TestGraphql } from "../graphql.fixture.ts";
import { seedUser } from "../graphql.seed.ts";

const schema = buildHubSchema(null);

function points(text: string, variables: Variables = {}, index = 0): number {
  const document = parse(text);
  const operations = document.definitions.filter((node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION);
  return costOf(schema, document, operations[index] as OperationDefinitionNode)(variables);
}

describe("the cost of an operation", () => {
  it.each([
    ["one row", "{ tenant { id } }", 1],
    ["a page multiplies", "{ users(first: 100) { nodes { id } } }", 11],
    ["a page from its end", "{ users(last: 100) { nodes { id } } }", 11],
    ["the page that is given when nobody says", "{ users { nodes { id } } }", 6],
    ["pages in pages", "{ users(first: 100) { nodes { accounts(first: 10) { nodes { transactions(first: 10) { nodes { id } } } } } } }", 1221],
    ["both lists of a page", "{ users(first: 100) { nodes { id } edges { node { id } } } }", 21],
    ["values in a row are part of it", "{ users(first: 100) { nodes { transactions(first: 1) { nodes { amount { amount } counterparty { name } } } } } }", 31],
    ["a count, once for its list", "{ users(first: 500) { totalCount } }", 2],
    ["the log", "{ viewer { changes { nodes { cursor } } } }", 11],
    ["lists that are not paged", "{ viewer { accounts(first: 10) { nodes { balances { type } } } } }", 3],
    ["ids that are asked for at once", `{ nodes(ids: [${'"a" '.repeat(100)}]) { id } }`, 10],
    ["a size beyond all bounds counts as the largest there is", "{ users(first: 2000000000) { nodes { id } } }", 51],
    ["a mutation", 'mutation { createUser(input: {}) { user { id } } }', 11],
    ["the schema", "{ __schema { queryType { name } } }", 100],
    ["the same through fragments", "{ ...F } fragment F on Query { users(first: 100) { ...P } } fragment P on UserConnection { nodes { id } }", 11],
    ["fragments in a circle", "{ ...F } fragment F on Query { users(first: 100) { nodes { id } } ...F }", 11],
    ["what is not in the schema", "{ nothing(first: 500) { at { all } } }", 1],
  ])("counts %s", (_what, text, expected) => {
    expect(points(text)).toBe(expected);
  }); // prettier-ignore

  it("follows variables, their defaults, and nulls", () => {
    const text = `query($n: Int = 200, $ids: [ID!]!) { users(first: $n) { nodes { id } } nodes(ids: $ids) { id } }`;
    expect(points(text, { ids: [] })).toBe(21);
    expect(points(text, { n: 500, ids: [] })).toBe(51);
    expect(points(text, { n: null, ids: [] })).toBe(6);
    expect(points(text, { n: "x", ids: Array.from({ length: 100 }, () => "a") })).toBe(16);
  });

  it("is that of the operation that is named", () => {
    const text = "query A { tenant { id } } query B { users(first: 500) { nodes { id } } }";
    expect([points(text, {}, 0), points(text, {}, 1)]).toEqual([1, 51]);
  });

  it("leaves room for every sample operation", () => {
    const folder = new URL("../../schema/operations/", import.meta.url).pathname;
    const costs = readdirSync(folder).map((file) => points(readFileSync(join(folder, file), "utf8")));
    expect(costs.length).toBeGreaterThan(5);
    expect(Math.max(...costs)).toBeLessThan(MAX_COST / 10);
  });
});

describe("the budget of a minute", () => {
  let hub: TestGraphql;
  let token: string;
  let other: string;
  beforeAll(async () => {
    hub = await startTestGraphql({ points: { tenant: 100, user: 40 } });
    const { userId } = await seedUser(hub);
    token = await hub.tokenOf(userId, ["READ"]);
    other = await hub.tokenOf((await hub.addUser()).id, ["READ"]);
    return () => hub[Symbol.asyncDispose]();
  });
  const TEN = "{ users(first: 99) { nodes { id } } }";
  const nextMinute = () => hub.clock.advance(60_000 - (hub.clock.now() % 60_000));

  it("says what an operation costs, and refuses one that costs too much before it runs", async () => {
    const response = await hub.post(JSON.stringify({ query: TEN }), { authorization: `Bearer ${hub.apiKey}` });
    expect(await response.json()).toMatchObject({ data: { users: { nodes: [{}, {}] } }, extensions: { cost: 10 } });
    const before = hub.store.statements();
    const dear = `query($n: Int) { users(first: $n) { nodes { consents(first: $n) { nodes { id } } } } }`;
    const answer = await hub.run(dear, { n: 500 });
    expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
    expect(answer.errors?.[0]?.message).toContain("10000 are allowed");
    expect(hub.store.statements() - before).toBeLessThanOrEqual(2); // the credential's
    expect(await hub.run(dear, { n: 20 })).toMatchObject({ status: 200 });
  });

  it("is refused with 429, RATE_LIMITED and the time when it is spent, and full again at that time", async () => {
    nextMinute();
    for (let i = 0; i < 10; i++) expect((await hub.run(TEN)).status).toBe(200);
    const refused = await hub.run(TEN);
    expect(refused).toMatchObject({ status: 429, errors: [{ extensions: { code: "RATE_LIMITED" } }] });
    const retryAt = Date.parse(String(refused.errors?.[0]?.extensions["retryAt"]));
    expect(retryAt).toBe((Math.floor(hub.clock.now() / 60_000) + 1) * 60_000);
    expect((await hub.run(TEN, {}, hub.otherKey)).status).toBe(200);
    hub.clock.advance(retryAt - hub.clock.now() - 1);
    expect((await hub.run("{ tenant { id } }")).status).toBe(429);
    hub.clock.advance(1);
    expect((await hub.run(TEN)).status).toBe(200);
  });

  it("is smaller for one user, counts into the tenant's, and leaves the others theirs", async () => {
    nextMinute();
    const statuses = async (credential: string, times: number): Promise<number[]> => {
      const answers = [];
      for (let i = 0; i < times; i++) answers.push((await hub.run(TEN, {}, credential)).status);
      return answers;
    };
    expect(await statuses(token, 5)).toEqual([200, 200, 200, 200, 429]);
    expect(await statuses(other, 4)).toEqual([200, 200, 200, 200]);
    expect(await statuses(hub.apiKey, 3)).toEqual([200, 200, 429]);
  });

  it("is spent by what cannot be executed too, by anonymous callers, and over sockets", async () => {
    nextMinute();
    for (let i = 0; i < 40; i++) expect((await hub.run("{ nothing }", {}, token)).status).toBe(400);
    expect((await hub.run("{", {}, token)).status).toBe(429);
    for (let i = 0; i < 40; i++) expect((await hub.run("{ __typename }", {}, null)).status).toBe(200);
    expect((await hub.run("{ __typename }", {}, null)).status).toBe(429);
    const error: unknown = await hub
      .connect(token)
      .iterate({ query: "{ viewer { id } }" })
      .next()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject([{ extensions: { code: "RATE_LIMITED", retryAt: expect.any(String) } }]);
  });
});
