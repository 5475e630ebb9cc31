import { serverAudits } from "graphql-http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGraphql, type TestGraphql } from "../graphql.fixture.ts";

let hub: TestGraphql;
let sandbox: TestGraphql;
beforeAll(async () => {
  hub = await startTestGraphql({ environment: "PRODUCTION" });
  sandbox = await startTestGraphql();
});
afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
});

const asTenant = (): Record<string, string> => ({ authorization: `Bearer ${hub.apiKey}` });

describe("GraphQL over HTTP", () => {
  it("passes every audit of graphql-http in production mode with a tenant's key", async () => {
    const fetchFn = (url: string, init: RequestInit = {}): Promise<Response> =>
      fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), ...asTenant() } });
    const results = await Promise.all(serverAudits({ url: hub.url, fetchFn }).map((audit) => audit.fn()));
    const of = (status: string): string[] => results.filter((one) => one.status === status).map(({ name }) => name);
    expect(results).toHaveLength(61);
    expect(of("error")).toEqual([]);
    expect(of("warn")).toEqual([]);
    // Operations by GET are optional, and not accepted here: a link must not be able to ask for anything.
    expect(of("notice").every((name) => name.includes("GET"))).toBe(true);
    expect(of("ok").length + of("notice").length).toBe(61);
    expect(of("notice")).toHaveLength(3);
  }); // prettier-ignore
});

/** What graphql-cop (dolevf) looks for, asked as it asks; each is "bad" when the answer is what the tool reports. */
describe("graphql-cop finds nothing", () => {
  const post = async (query: string, headers = asTenant()): Promise<{ status: number; text: string; body: any }> => { // eslint-disable-line @typescript-eslint/no-explicit-any
    const response = await hub.post(JSON.stringify({ query }), headers);
    const text = await response.text();
    return { status: response.status, text, body: JSON.parse(text) };
  }; // prettier-ignore

  it("alias overloading: 101 aliases are not executed", async () => {
    const { body } = await post(`query cop { ${Array.from({ length: 101 }, (_, i) => `alias${String(i)}: __typename`).join(" ")} }`);
    expect(body.data?.alias100).toBeUndefined();
  });

  it("array-based batching: ten operations in a list are not executed", async () => {
    const response = await hub.post(JSON.stringify(Array.from({ length: 10 }, () => ({ query: "query cop { __typename }" }))), asTenant());
    expect(response.status).toBe(400);
    expect(Array.isArray(await response.json())).toBe(false);
  });

  it("directive overloading: ten unknown directives are not reported one by one", async () => {
    const { body } = await post(`query cop { __typename ${"@aa".repeat(10)} }`);
    expect(body.errors).toHaveLength(1);
  });

  it("circular introspection is refused", async () => {
    const { body } = await post(
      "query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } }",
    );
    expect(body.data?.__schema).toBeUndefined();
  });

  it("field duplication: five hundred copies are refused", async () => {
    const { body } = await post(`query cop { __typename ${"__typename ".repeat(500)} }`);
    expect(body.data?.__typename).toBeUndefined();
  });

  it("field suggestions are not given", async () => {
    const { text } = await post("query cop { __schema { directive } }");
    expect(text).not.toContain("Did you mean");
  });

  it("introspection is not for everybody", async () => {
    const { body } = await post("query cop { __schema { types { name fields { name } } } }", {} as ReturnType<typeof asTenant>);
    expect(body.data?.__schema).toBeUndefined();
  });

  it("tracing is not given away", async () => {
    const { body } = await post("query cop { __typename }", { ...asTenant(), "apollo-tracing": "1", "apollo-federation-include-trace": "ftv1" } as never);
    expect(Object.keys(body.extensions)).toEqual(["cost"]);
  }); // prettier-ignore

  it("unhandled errors: a syntax error shows no exception and no stack", async () => {
    const { text } = await post("qwerty cop { abc }");
    expect(text).not.toMatch(/exception|stacktrace|node_modules|\s+at /);
  });

  it.each([
    ["GET query", (): Promise<Response> => fetch(`${hub.url}?query=query%20cop%20%7B__typename%7D`, { headers: asTenant() })],
    ["GET mutation", (): Promise<Response> => fetch(`${hub.url}?query=mutation%20cop%20%7B__typename%7D`, { headers: asTenant() })],
    [
      "POST of a form",
      (): Promise<Response> =>
        fetch(hub.url, { method: "POST", body: new URLSearchParams({ query: "query cop {__typename}" }), headers: asTenant() }),
    ],
    ["POST of plain text", (): Promise<Response> => hub.post('{"query":"{__typename}"}', { ...asTenant(), "content-type": "text/plain" })],
  ])("cross-site requests: a %s is not executed", async (_what, send) => {
    const response = await send();
    expect([405, 415]).toContain(response.status);
    expect(await response.text()).not.toContain('"__typename"');
  });

  it("a key in a cookie is no credential", async () => {
    const { body } = await post("{ tenant { name } }", { cookie: `authorization=Bearer ${hub.apiKey}; token=${hub.apiKey}` } as never);
    expect(body.errors[0].extensions.code).toBe("UNAUTHENTICATED");
  });

  it("explorers hold no data: a page for people asks for a key like any client", async () => {
    const page = await (await fetch(hub.url, { headers: { accept: "text/html" } })).text();
    expect(page).not.toContain("hub_");
  });
});

describe("browsers of other origins", () => {
  const STUDIO = "https://studio.apollographql.com";
  const allowed = async (server: TestGraphql, origin: string): Promise<(string | null)[]> => {
    const preflight = await fetch(server.url, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type" },
    });
    const answer = await server.post('{"query":"{__typename}"}', { origin, authorization: `Bearer ${server.apiKey}` });
    expect([preflight, answer].map(({ headers }) => headers.get("access-control-allow-credentials"))).toEqual([null, null]);
    expect([preflight, answer].map(({ headers }) => headers.get("vary"))).toEqual(["Origin", "Origin"]);
    return [preflight, answer].map(({ headers }) => headers.get("access-control-allow-origin"));
  };

  it("Apollo Studio may call a sandbox, and no production hub", async () => {
    expect(await allowed(sandbox, STUDIO)).toEqual([STUDIO, STUDIO]);
    expect(await allowed(hub, STUDIO)).toEqual([null, null]);
  });

  it.each(["null", "http://studio.apollographql.com", "https://studio.apollographql.com.evil.example", "https://evilstudio.apollographql.com", "https://localhost.evil.example", "http://localhost:1@evil.example", "https://app.example.evil.example"])(
    "%s may not, anywhere",
    async (origin) => {
      expect(await allowed(sandbox, origin)).toEqual([null, null]);
      expect(await allowed(hub, origin)).toEqual([null, null]);
    },
  ); // prettier-ignore
});
