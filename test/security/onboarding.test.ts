import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FIRST_HASH } from "../../src/domain/audit.ts";
import { certificateRequest } from "../certificates.ts";
import { startTestGraphql, type Answer, type TestGraphql } from "../graphql.fixture.ts";

let hub: TestGraphql;
let operator: string;
let operatorId: string;
beforeAll(async () => {
  hub = await startTestGraphql();
  ({ apiKey: operator, operatorId } = await hub.admin.createOperator("Ada"));
});
afterAll(() => hub[Symbol.asyncDispose]());

const TENANT = "tenant { id status environment products requestedProducts }";
async function mutate(name: string, input: object, selection: string, credential: string | null): Promise<Answer["data"]> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation($input: ${type}!) { ${name}(input: $input) { ${selection} errors { __typename message path } } }`;
  const { data, errors } = await hub.run(query, { input }, credential);
  if (errors) throw new Error(JSON.stringify(errors));
  return data[name];
}
const REGISTRATION = { name: "Budget app", email: "dev@budget.example", products: ["AIS"], redirectUrls: ["https://budget.example/back"] };
const register = (wish: object = {}): Promise<Answer["data"]> =>
  mutate("registerTenant", { ...REGISTRATION, ...wish }, `${TENANT} apiKey`, null);
const approve = (tenant: string): Promise<Answer["data"]> => mutate("approveTenant", { tenant }, TENANT, operator);
const codeOf = async (query: string, credential: string): Promise<unknown> =>
  (await hub.run(query, {}, credential)).errors?.[0]?.extensions["code"] ?? "ok";

describe("the way in", () => {
  it("goes from registering over an operator's yes to sandbox, and over a request to production with a certificate", async () => {
    const { tenant, apiKey, errors } = await register();
    expect(errors).toEqual([]);
    expect(tenant).toMatchObject({ status: "REGISTERED", environment: "SANDBOX", products: [], requestedProducts: ["AIS"] });

    expect(await codeOf("{ users { totalCount } }", apiKey)).toBe("FORBIDDEN");
    expect((await hub.run("{ tenant { status email } }", {}, apiKey)).data).toEqual({
      tenant: { status: "REGISTERED", email: "dev@budget.example" },
    });
    const waiting = await hub.run("{ tenants(status: REGISTERED) { nodes { id } } }", {}, operator);
    expect(waiting.data.tenants.nodes).toContainEqual({ id: tenant.id });

    expect((await approve(tenant.id)).tenant).toMatchObject({ status: "VERIFIED", products: ["AIS"] });
    expect(await codeOf("{ users { totalCount } }", apiKey)).toBe("ok");

    const { csr } = await certificateRequest();
    const wish = { certificateRequest: csr, addresses: ["192.0.2.0/24"], redirectUrls: ["https://budget.example/back"] };
    const asked = await mutate("requestProductionAccess", wish, `${TENANT} apiKey`, apiKey);
    expect(asked.tenant).toMatchObject({ status: "REGISTERED", environment: "PRODUCTION", products: [] });
    expect(asked.apiKey).toMatch(/^hub_production_/);
    expect(await mutate("requestProductionAccess", wish, TENANT, apiKey)).toMatchObject({ errors: [{ __typename: "Conflict" }] });

    await approve(asked.tenant.id);
    const seen = await hub.run("{ tenant { production { id status allowedAddresses certificates { pem revokedAt } } } }", {}, apiKey);
    expect(seen.data.tenant.production).toMatchObject({ id: asked.tenant.id, status: "VERIFIED", allowedAddresses: ["192.0.2.0/24"] });
    expect(seen.data.tenant.production.certificates).toEqual([{ pem: expect.stringContaining("BEGIN CERTIFICATE"), revokedAt: null }]);
    // The tenant is the one that certificates.test.ts lets in: its row has what admission asks for.
    expect(await hub.store.tenant(asked.tenant.id)).toMatchObject({ certificateRequest: null, sandboxTenantId: tenant.id });
  });

  it("ends where an operator says no", async () => {
    const { tenant, apiKey } = await register();
    await mutate("refuseTenant", { tenant: tenant.id }, TENANT, operator);
    expect((await hub.run("{ tenant { id } }", {}, apiKey)).status).toBe(401);
  });

  it.each([
    [{ name: " " }, ["name"]],
    [{ email: "nobody" }, ["email"]],
    [{ email: "a@b.example\nBcc: x@y.example" }, ["email"]],
    [{ products: [] }, ["products"]],
    [{ redirectUrls: ["http://budget.example/back"] }, ["redirectUrls", "0"]],
  ])("refuses %j and says where", async (wish, path) => {
    expect(await register(wish)).toMatchObject({ tenant: null, apiKey: null, errors: [{ __typename: "InvalidInput", path }] });
  });

  it("refuses production without a readable request, addresses and https", async () => {
    const wish = { certificateRequest: "x", addresses: ["0.0.0.0/0"], redirectUrls: ["http://localhost:1/x"] };
    const { errors } = await mutate("requestProductionAccess", wish, "apiKey", hub.apiKey);
    expect(errors.map(({ path }: { path: string[] }) => path[0])).toEqual(["addresses", "redirectUrls", "certificateRequest"]);
  });

  it("lets nobody but an operator decide: not even the tenant about itself", async () => {
    const { tenant, apiKey } = await register();
    for (const credential of [apiKey, hub.apiKey]) {
      const query = `mutation { approveTenant(input: {tenant: "${tenant.id}"}) { errors { message } } }`;
      expect(await codeOf(query, credential)).toBe("FORBIDDEN");
    }
  });
});

describe("products", () => {
  it("bound what a consent may ask for until an operator grants more", async () => {
    const { tenant, apiKey } = await register();
    await approve(tenant.id);
    const { user } = await mutate("createUser", {}, "user { id }", apiKey);
    const consent = (scopes: string[]): Promise<Answer["data"]> => {
      const input = { user: { id: user.id }, bank: { id: "bank_bank-a" }, redirectUrl: "https://a.example/back", scopes };
      return mutate("createConsent", input, "consent { id } errors { ... on ScopeNotSupported { supported } }", apiKey);
    };
    expect(await consent(["ACCOUNTS", "IDENTITY"])).toMatchObject({
      errors: [{ __typename: "ScopeNotSupported", supported: ["ACCOUNTS", "BALANCES", "TRANSACTIONS"] }],
    });
    await mutate("subscribeToProducts", { products: ["AIS", "KYC"] }, TENANT, apiKey);
    expect(await consent(["IDENTITY"])).toMatchObject({ errors: [{ __typename: "ScopeNotSupported" }] });
    await approve(tenant.id);
    expect((await consent(["IDENTITY"])).consent).not.toBeNull();
  });
});

describe("a tenant's own keys", () => {
  it("are rotated with two live at a time, replaced in one act, and revoked, but never another tenant's", async () => {
    const { tenant, apiKey } = await register();
    await approve(tenant.id);
    const second = await mutate("rotateApiKey", {}, "keyId apiKey", apiKey);
    expect(await codeOf("{ users { totalCount } }", second.apiKey)).toBe("ok");
    expect(await mutate("rotateApiKey", {}, "keyId", apiKey)).toMatchObject({ errors: [{ __typename: "Conflict" }] });
    const third = await mutate("rotateApiKey", { replaces: second.keyId }, "keyId apiKey", apiKey);
    hub.clock.advance(1_000);
    expect((await hub.run("{ tenant { id } }", {}, second.apiKey)).status).toBe(401);
    expect(await mutate("revokeApiKey", { keyId: third.keyId }, TENANT, hub.otherKey)).toMatchObject({
      errors: [{ __typename: "NotFound" }],
    });
    expect(await mutate("rotateApiKey", { replaces: third.keyId }, "keyId", hub.otherKey)).toMatchObject({
      errors: [{ __typename: "NotFound" }],
    });
    expect(await codeOf("{ users { totalCount } }", third.apiKey)).toBe("ok");
    await mutate("revokeApiKey", { keyId: third.keyId }, TENANT, apiKey);
    hub.clock.advance(1_000);
    expect((await hub.run("{ tenant { id } }", {}, third.apiKey)).status).toBe(401);
  });
});

describe("the audit log", () => {
  const FIELDS = "sequence at actor action subject outcome previousHash hash";
  async function log(apiKey: string): Promise<Record<string, string>[]> {
    return (await hub.run(`{ tenant { auditLog(first: 500) { nodes { ${FIELDS} } } } }`, {}, apiKey)).data.tenant.auditLog.nodes;
  }

  it("says who did what and how it ended, and nothing of the data", async () => {
    const { tenant, apiKey } = await register();
    await approve(tenant.id);
    const key = `key:${String(apiKey.split("_")[2])}`;
    const { user } = await mutate("createUser", { clientId: "anna.kowalska@mail.example" }, "user { id }", apiKey);
    const { token } = await mutate(
      "createUserToken",
      { user: { clientId: "anna.kowalska@mail.example" }, scopes: ["READ"] },
      "token",
      apiKey,
    );
    await hub.run(`mutation { deleteConsent(input: {consentId: "PL61109010140000071219812874"}) { errors { message } } }`, {}, token);
    await mutate("setTenantUrls", { redirectUrls: ["ftp://secret.example"] }, "tenant { id }", apiKey);
    const entries = await log(apiKey);
    expect(entries.map(({ actor, action, subject, outcome }) => [actor, action, subject, outcome]).toReversed()).toEqual([
      ["anonymous", "registerTenant", tenant.id, "DONE"],
      [`operator:${operatorId}`, "approveTenant", tenant.id, "DONE"],
      [key, "createUser", user.id, "DONE"],
      [key, "createUserToken", user.id, "DONE"],
      [`user:${String(user.id)}`, "deleteConsent", null, "FORBIDDEN"],
      [key, "setTenantUrls", null, "InvalidInput"],
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/kowalska|PL61|secret\.example|budget/);
  });

  it("is a chain that whoever reads it can compute again", async () => {
    const { tenant, apiKey } = await register();
    for (let i = 0; i < 30; i++) await mutate("subscribeToProducts", { products: ["AIS"] }, TENANT, apiKey);
    const entries = (await log(apiKey)).toReversed();
    let previous = FIRST_HASH;
    for (const [i, { sequence, at, actor, action, subject, outcome, previousHash, hash }] of entries.entries()) {
      const text = JSON.stringify([previous, tenant.id, sequence, at, actor, action, subject, outcome]);
      expect({ sequence, previousHash, hash }).toEqual({
        sequence: i + 1,
        previousHash: previous,
        hash: createHash("sha256").update(text).digest("hex"),
      });
      previous = hash ?? "";
    }
    expect(entries).toHaveLength(31);
  });

  it("loses and forks nothing when 40 write at once", async () => {
    const { apiKey } = await register();
    await Promise.all(Array.from({ length: 40 }, () => mutate("subscribeToProducts", { products: ["KYC"] }, TENANT, apiKey)));
    const entries = await log(apiKey);
    expect(entries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 41 }, (_, i) => 41 - i));
    for (const [i, { previousHash }] of entries.slice(0, -1).entries()) expect(previousHash).toBe(entries[i + 1]?.["hash"]);
  });

  it("is paged, newest first, and shows a tenant nothing of another's", async () => {
    const query =
      "query($after: String) { tenant { auditLog(first: 2, after: $after) { nodes { sequence } pageInfo { hasNextPage endCursor } totalCount } } }";
    const { apiKey } = await register();
    for (let i = 0; i < 4; i++) await mutate("subscribeToProducts", { products: ["AIS"] }, TENANT, apiKey);
    const first = (await hub.run(query, {}, apiKey)).data.tenant.auditLog;
    expect(first).toMatchObject({ nodes: [{ sequence: 5 }, { sequence: 4 }], totalCount: 5, pageInfo: { hasNextPage: true } });
    const next = (await hub.run(query, { after: first.pageInfo.endCursor }, apiKey)).data.tenant.auditLog;
    expect(next.nodes).toEqual([{ sequence: 3 }, { sequence: 2 }]);
    const theirs = await log(hub.otherKey);
    expect((await log(apiKey)).filter(({ hash }) => theirs.some((other) => other["hash"] === hash))).toEqual([]);
  });
});
