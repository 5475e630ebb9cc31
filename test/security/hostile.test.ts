import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGraphql, type TestGraphql } from "../graphql.fixture.ts";

let hub: TestGraphql;
beforeAll(async () => {
  hub = await startTestGraphql({ environment: "PRODUCTION" });
});
afterAll(() => hub[Symbol.asyncDispose]());

const chained = (links: number): string =>
  `{ ...F0 } ${Array.from({ length: links }, (_, i) => `fragment F${String(i)} on Query { ...F${String(i + 1)} ...F${String(i + 1)} }`).join(" ")} fragment F${String(links)} on Query { __typename }`;
const nested = (levels: number): string => `${"{ viewer ".repeat(levels)}${"}".repeat(levels)}`;
const query = (text: string, variables: unknown = {}): string => JSON.stringify({ query: text, variables });

/** Bodies that froze, crashed or betrayed a plain Apollo Server or graphql-js 16. */
const BODIES: readonly (readonly [string, string | Buffer])[] = [
  ["40 chained fragments, 2^40 fields", query(chained(40))],
  ["fragments in a circle", query("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }")],
  ["a fragment in itself, 200 times", query(`{ ...A } fragment A on Query { ${"...A ".repeat(200)} }`)],
  ["5,000 levels of braces", query(nested(5_000))],
  ["13 levels of fields", query(`{ viewer { ${"consents { nodes { user { ".repeat(4)} id ${"} } } ".repeat(4)} } }`)],
  ["450 aliases of __typename", query(`{ ${Array.from({ length: 450 }, (_, i) => `a${String(i)}:__typename`).join(" ")} }`)],
  ["900 directives on one field", query(`{ __typename ${"@skip(if:false)".repeat(300)} }`)],
  ["501 fields with one name, to be merged in pairs", query(`{ ${"tenant { id } ".repeat(251)} }`)],
  ["2,100 words in one valid list", query(`{ banks(filter: {countries: [${'"PL" '.repeat(2_100)}]}) { totalCount } }`)],
  ["500 operations in one document", query(Array.from({ length: 500 }, (_, i) => `query Q${String(i)} { __typename }`).join(" "))],
  ["a list of 90,000 nulls as ids", query("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids: Array(15_000).fill(null) })],
  ["variables nested 20,000 deep", `{"query":"query($by: UserBy!) { user(by: $by) { id } }","variables":{"by":${"[".repeat(20_000)}${"]".repeat(20_000)}}}`],
  ["an operation that could read 250 billion rows", query("{ users(first: 500) { nodes { accounts(first: 500) { nodes { transactions(first: 500) { nodes { account { transactions(first: 500) { totalCount } } } } } } } } }")],
  ["introspection of fields of types of fields", query("{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }")],
  ["a subscription whose root field may be left out", query("subscription($x: Boolean!) { consentStatus(consentId: \"a\") @include(if: $x) { id } }", { x: false })],
  ["a subscription over HTTP", query('subscription { consentStatus(consentId: "a") { id } }')],
  ["a batch of 100", JSON.stringify(Array.from({ length: 100 }, () => ({ query: "{ __typename }" })))],
  ["a body of half a megabyte", query(`{ __typename } #${"x".repeat(500_000)}`)],
  ["bytes that are no UTF-8", Buffer.concat([Buffer.from('{"query":"{ __typename } #'), Buffer.from([0xff, 0xfe, 0xc3]), Buffer.from('"}')])],
  ["a document in place of its text", '{"query":{"kind":"Document","definitions":[]}}'],
  ["names of every object", query("{ __proto__ constructor toString }")],
]; // prettier-ignore

describe("hostile bodies", () => {
  it.each(BODIES)("%s: refused as the caller's fault, in JSON, without reading a row", async (_what, body) => {
    await hub.run("{ __typename }"); // the key is remembered
    const before = hub.store.statements();
    const response = await fetch(hub.url, {
      method: "POST",
      body: body as string,
      headers: { "content-type": "application/json", authorization: `Bearer ${hub.apiKey}` },
    });
    const text = await response.text();
    expect([400, 413]).toContain(response.status);
    expect(response.headers.get("content-type")).toMatch(/^application\/(graphql-response\+)?json/);
    const { errors, data } = JSON.parse(text) as { errors: { extensions: { code: string } }[]; data?: unknown };
    expect(errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
    expect(data ?? null).toBeNull();
    expect(text).not.toMatch(/Did you mean|node_modules|\\n +at /);
    expect(hub.store.statements() - before).toBeLessThanOrEqual(1); // the tenant behind the key
  });

  it("leave the hub well", async () => {
    expect(await hub.run("{ tenant { name } }")).toMatchObject({ status: 200, data: { tenant: { name: "Fintech" } } });
    expect(hub.logged).toEqual([]);
  });

  it.each([
    ["alias", "{ __proto__: __typename constructor: __typename }", { data: { constructor: "Query" } }],
    ["variable", "query($__proto__: Int, $constructor: Int) { users(first: $constructor, last: $__proto__) { totalCount } }", { data: { users: { totalCount: 0 } } }],
    ["fragment", "{ ...__proto__ ...constructor } fragment __proto__ on Query { __typename } fragment constructor on Query { __typename }", { data: { __typename: "Query" } }],
    ["operation", "query __proto__ { __typename }", { data: { __typename: "Query" } }],
  ])("an %s named like a property of every object is a name like any other, compiled or not", async (_what, text, expected) => {
    for (let times = 0; times < 3; times++) expect(await hub.run(text)).toMatchObject({ status: 200, ...expected });
    const raw = await (await hub.post(query("{ __proto__: __typename }"), { authorization: `Bearer ${hub.apiKey}` })).text();
    expect(raw).toContain('"__proto__":"Query"');
  }); // prettier-ignore
});
