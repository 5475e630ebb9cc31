import { serverAudits } from "graphql-http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGraphql, type TestGraphql } from "./graphql.fixture.ts";
import { seedUser } from "./graphql.seed.ts";

let hub: TestGraphql;
let production: TestGraphql;
beforeAll(async () => {
  hub = await startTestGraphql();
  production = await startTestGraphql({ environment: "PRODUCTION" });
});
afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  await production[Symbol.asyncDispose]();
});

describe("GraphQL over HTTP", () => {
  it("fails no audit of the specification", async () => {
    const results = await Promise.all(serverAudits({ url: hub.url, fetchFn: fetch }).map((audit) => audit.fn()));
    const failed = results.filter(({ status }) => status === "error").map(({ name }) => name);
    expect(results.length).toBeGreaterThan(50);
    expect(failed).toEqual([]);
  });

  it.each([
    ["no JSON", "{", 400],
    ["half a string", '{"query": "', 400],
    ["a list", "[]", 400],
    ["a batch", '[{"query":"{__typename}"}]', 400],
    ["a number", "1", 400],
    ["null", "null", 400],
    ["no query", "{}", 400],
    ["a query that is a number", '{"query": 1}', 400],
    ["a query that is a document", '{"query": {"kind": "Document"}}', 400],
    ["variables in a list", '{"query": "{__typename}", "variables": []}', 400],
    ["variables in a string", '{"query": "{__typename}", "variables": "{}"}', 400],
    ["an operation name that is a number", '{"query": "{__typename}", "operationName": 7}', 400],
    ["an operation that is not there", '{"query": "query A {__typename}", "operationName": "B"}', 400],
    ["two operations and no name", '{"query": "query A {__typename} query B {__typename}"}', 400],
    ["a syntax error", '{"query": "{"}', 400],
    ["an unknown field", '{"query": "{ nothing }"}', 400],
    ["a variable of the wrong type", '{"query": "query($n: Int){ users(first: $n) { totalCount } }", "variables": {"n": "x"}}', 400],
    ["a missing variable", '{"query": "query($id: ID!){ user(by: {id: $id}) { id } }"}', 400],
    ["two selectors of one", '{"query": "{ user(by: {id: \\"a\\", clientId: \\"b\\"}) { id } }"}', 400],
    [
      "two selectors of one, in a variable",
      '{"query": "query($by: UserBy!){ user(by: $by) { id } }", "variables": {"by": {"id": "a", "clientId": "b"}}}',
      400,
    ],
    ["no selector", '{"query": "query($by: UserBy!){ user(by: $by) { id } }", "variables": {"by": {}}}', 400],
    [
      "a broken cursor of changes",
      '{"query": "query($a: ChangeCursor){ viewer { changes(after: $a) { hasMore } } }", "variables": {"a": "x"}}',
      400,
    ],
    [
      "an amount as a float",
      '{"query": "query($f: TransactionFilter){ viewer { transactions(filter: $f) { totalCount } } }", "variables": {"f": {"amountMin": 1.1}}}',
      400,
    ],
    ["a day that is none", '{"query": "{ viewer { transactions(filter: {dateFrom: \\"2026-02-30\\"}) { totalCount } } }"}', 400],
    ["a subscription", '{"query": "subscription { consentStatus(consentId: \\"x\\") { id } }"}', 400],
    ["a persisted query", '{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "x"}}}', 200],
    ["a query too long to parse", JSON.stringify({ query: `{ ${"a ".repeat(3_000)} }` }), 400],
    ["a body over 100 KB", JSON.stringify({ query: `{ __typename } #${"x".repeat(110_000)}` }), 413],
  ])("answers %s with an error for the caller, in JSON", async (_what, body, status) => {
    const response = await hub.post(body, { authorization: `Bearer ${hub.apiKey}` });
    const { errors } = (await response.json()) as { errors: { message: string; extensions: { code: string } }[] };
    expect(response.status).toBe(status);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(errors.map(() => "BAD_USER_INPUT"));
    expect(JSON.stringify(errors)).not.toMatch(/node_modules|\.ts:|\\n\s+at /);
  });

  it("refuses other media types and methods", async () => {
    expect((await hub.post("{}", { "content-type": "text/plain" })).status).toBe(415);
    expect((await fetch(hub.url, { method: "PUT" })).status).toBe(405);
    expect((await fetch(`${hub.url}?query={__typename}`)).status).toBe(405);
  });

  it("answers in the media type that is asked for, and lets nobody store it", async () => {
    const asked = { authorization: `Bearer ${hub.apiKey}`, accept: "application/graphql-response+json" };
    const response = await hub.post('{"query": "{ tenant { name } }"}', asked);
    expect(response.headers.get("content-type")).toMatch(/^application\/graphql-response\+json/);
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it("refuses a wrong credential with 401, whatever is wrong with it", async () => {
    for (const credential of ["hub_sandbox_x_y", "nonsense", `${hub.apiKey}x`]) {
      const answer = await hub.run("{ __typename }", {}, credential);
      expect(answer).toMatchObject({ status: 401, errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
    }
  });

  it("masks what it does not know, under an id that is in the log", async () => {
    const { userId } = await seedUser(hub);
    const { errors } = await hub.run(`mutation { deleteUser(input: {user: {id: "${userId}"}}) { errors { message } } }`);
    const id = errors?.[0]?.extensions["correlationId"];
    expect(errors).toMatchObject([{ path: ["deleteUser"], extensions: { code: "INTERNAL_SERVER_ERROR" } }]);
    expect(JSON.stringify(errors)).not.toContain("secret detail");
    expect(hub.logged.find(({ correlationId }) => correlationId === id)).toBeDefined();
  });
});

describe("limits", () => {
  const chained = (links: number): string => {
    const fragments = Array.from(
      { length: links },
      (_, i) => `fragment F${String(i)} on Query { ...F${String(i + 1)} ...F${String(i + 1)} }`,
    );
    return `{ ...F0 } ${fragments.join(" ")} fragment F${String(links)} on Query { __typename tenant { id } }`;
  };

  it.each([
    ["40 chained fragments", chained(40)],
    ["fragments in a circle", "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"],
    ["31 aliases", `{ ${Array.from({ length: 31 }, (_, i) => `a${String(i)}: __typename`).join(" ")} }`],
    ["9 directives", `{ ${"__typename @include(if: true) ".repeat(9)} }`],
    ["501 fields", `{ ${"__typename ".repeat(501)} }`],
    ["13 levels", `{ viewer { consents { nodes ${"{ user { consents { nodes ".repeat(4)} { id } ${"} } }".repeat(4)} } } }`],
  ])("refuse %s quickly", async (_what, query) => {
    const started = performance.now();
    const answer = await hub.run(query);
    expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
    expect(performance.now() - started).toBeLessThan(500);
  });

  it("let the largest allowed document through", async () => {
    expect(await hub.run(`{ ${"__typename ".repeat(500)} }`)).toMatchObject({ status: 200, data: { __typename: "Query" } });
  });
});

describe("production", () => {
  const INTROSPECTION = "{ __schema { queryType { name } } }";

  it("shows the schema to tenants alone; the sandbox to everybody", async () => {
    expect(await hub.run(INTROSPECTION, {}, null)).toMatchObject({ status: 200, data: { __schema: { queryType: { name: "Query" } } } });
    expect(await production.run(INTROSPECTION)).toMatchObject({ status: 200, data: { __schema: { queryType: { name: "Query" } } } });
    expect(await production.run(INTROSPECTION, {}, null)).toMatchObject({
      status: 401,
      errors: [{ extensions: { code: "UNAUTHENTICATED" } }],
    });
    const token = await production.tokenOf((await production.addUser()).id, ["READ"]);
    expect(await production.run(INTROSPECTION, {}, token)).toMatchObject({ status: 403, errors: [{ extensions: { code: "FORBIDDEN" } }] });
  });

  it("gives no hint at names that the caller did not write", async () => {
    expect(JSON.stringify(await hub.run("{ tenan { id } }"))).toContain("Did you mean");
    expect(JSON.stringify(await production.run("{ tenan { id } }"))).not.toContain("Did you mean");
  });
});

describe("browsers", () => {
  it("may call from configured origins, and in the sandbox from Apollo's pages", async () => {
    const allowed = async (server: TestGraphql, origin: string): Promise<string | null> => {
      const response = await fetch(server.url, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
      expect(response.status).toBe(204);
      return response.headers.get("access-control-allow-origin");
    };
    expect(await allowed(hub, "https://app.example")).toBe("https://app.example");
    expect(await allowed(hub, "https://studio.apollographql.com")).toBe("https://studio.apollographql.com");
    expect(await allowed(production, "https://app.example")).toBe("https://app.example");
    expect(await allowed(production, "https://studio.apollographql.com")).toBe(null);
    expect(await allowed(hub, "https://evil.example")).toBe(null);
  });

  it("get Apollo Sandbox at /graphql and GraphiQL at /graphiql, preset with this hub", async () => {
    const sandbox = await fetch(hub.url, { headers: { accept: "text/html" } });
    const page = await sandbox.text();
    expect(page).toContain(`"initialEndpoint":"${hub.url}"`);
    expect(page).toContain(`"initialSubscriptionEndpoint":"${hub.ws}"`);
    expect(sandbox.headers.get("content-security-policy")).toContain("default-src 'none'");
    const graphiql = await fetch(hub.url.replace("/graphql", "/graphiql"));
    expect(graphiql.headers.get("content-type")).toContain("text/html");
    expect(await graphiql.text()).toContain("YogaGraphiQL.renderYogaGraphiQL");
  });
});
