import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGraphql, type Answer, type TestGraphql } from "./graphql.fixture.ts";
import { seedUser, type Seeded } from "./graphql.seed.ts";

let hub: TestGraphql;
let seeded: Seeded;
let token: string;
beforeAll(async () => {
  hub = await startTestGraphql();
  seeded = await seedUser(hub);
  token = await hub.tokenOf(seeded.userId, ["READ"]);
});
afterAll(() => hub[Symbol.asyncDispose]());

/** The first run of a text is graphql-js's, every later one is compiled. */
const QUERIES: readonly (readonly [string, string, Record<string, unknown>?])[] = [
  [
    "lists, objects and money",
    `{ users { nodes { accounts { edges { cursor node { name balances { amount { amount } creditLimitIncluded } transactions { nodes { id description } } } } } } } }`,
  ],
  [
    "interfaces with fragments",
    `query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on User { clientId } ...A ... on Bank { name country } } } fragment A on Account { iban type }`,
    { ids: "all" },
  ],
  [
    "the change log",
    `query($id: ID!) { user(by: {id: $id}) { changes { nodes { __typename cursor at kind ... on TransactionAdded { transaction { id } } ... on ConsentChanged { consent { status } } } hasMore } } }`,
    { id: "user" },
  ],
  [
    "@include true",
    `query($id: ID!, $x: Boolean!) { user(by: {id: $id}) { id createdAt @include(if: $x) ...F @skip(if: $x) } } fragment F on User { clientId }`,
    { id: "user", x: true },
  ],
  [
    "@include false",
    `query($id: ID!, $x: Boolean!) { user(by: {id: $id}) { id createdAt @include(if: $x) ...F @skip(if: $x) } } fragment F on User { clientId }`,
    { id: "user", x: false },
  ],
  [
    "a field wanted here and skipped there",
    `query($x: Boolean!) { users(first: 1) { nodes { ...A ...B @include(if: $x) } } } fragment A on User { id } fragment B on User { id clientId }`,
    { x: false },
  ],
  [
    "filters with variables and defaults",
    `query($id: ID!, $f: TransactionFilter = {direction: DEBIT}) { user(by: {id: $id}) { transactions(filter: $f) { totalCount nodes { date } } } }`,
    { id: "user" },
  ],
  [
    "a filter in the text",
    `query($d: Date) { users(first: 1) { nodes { transactions(filter: {dateFrom: $d, amountMax: -1, statuses: [BOOKED]}) { totalCount } } } }`,
    { d: "2026-01-02" },
  ],
  ["aliases", `{ a: users(first: 1) { t: totalCount } b: users(first: 1) { nodes { i: id } } }`],
  ["nothing found", `{ account(id: "acc_nothing") { id } node(id: "x") { id } }`],
  ["an error below a list", `{ users { nodes { id accounts(first: 0) { totalCount } } } }`],
  ["two errors", `{ users(first: 0) { totalCount } banks(last: 0) { totalCount } }`],
  ["a variable that does not fit", `query($n: Int) { users(first: $n) { totalCount } }`, { n: "x" }],
  ["a cursor that does not fit", `query($c: ChangeCursor) { users { nodes { changes(after: $c) { hasMore } } } }`, { c: "x" }],
  ["typename alone", `{ __typename users(first: 1) { __typename nodes { __typename } } }`],
];

describe("compiled queries", () => {
  it.each(QUERIES.map(([what, query, variables]) => ({ what, query, variables: variables ?? {} })))(
    "answer the same as graphql-js: $what",
    async ({ query, variables }) => {
      const all = [hub.tenantId, seeded.userId, seeded.consentId, seeded.accounts[0]?.id, "bank_bank-a", "x"];
      const values = Object.fromEntries(
        Object.entries(variables).map(([name, value]) => [name, value === "all" ? all : value === "user" ? seeded.userId : value]),
      );
      const [first, second, third] = [await hub.run(query, values), await hub.run(query, values), await hub.run(query, values)];
      expect(comparable(second)).toEqual(comparable(first));
      expect(comparable(third)).toEqual(comparable(first));
    },
  );

  it("keep the access rules", async () => {
    const query = `query($id: ID!) { user(by: {id: $id}) { id identities { fullName } } }`;
    const answers = [];
    for (let run = 0; run < 3; run++) answers.push(comparable(await hub.run(query, { id: seeded.userId }, token)));
    expect(answers[0]).toMatchObject({
      data: { user: null },
      errors: [{ extensions: { code: "FORBIDDEN" }, path: ["user", "identities"] }],
    });
    expect(answers).toEqual([answers[0], answers[0], answers[0]]);
    for (let run = 0; run < 3; run++)
      expect(await hub.run(`{ users { totalCount } }`, {}, null)).toMatchObject({
        data: null,
        errors: [{ extensions: { code: "UNAUTHENTICATED" } }],
      });
  });
});

/** Errors of parallel fields may come in any order. */
function comparable({ status, data, errors }: Answer): unknown {
  return {
    status,
    data,
    errors: errors?.map((error) => ({ ...error })).sort((a, b) => JSON.stringify(a.path).localeCompare(JSON.stringify(b.path))),
  };
}
