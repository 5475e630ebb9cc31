import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { consent, NOW } from "./contracts/store-fixtures.ts";
import { startTestGraphql, type TestGraphql } from "./graphql.fixture.ts";
import { seedUser, type Seeded } from "./graphql.seed.ts";

let hub: TestGraphql;
let seeded: Seeded;
beforeAll(async () => {
  hub = await startTestGraphql();
  seeded = await seedUser(hub);
});
afterAll(() => hub[Symbol.asyncDispose]());

const ERRORS =
  "errors { __typename message path ... on RedirectUrlNotRegistered { registered } ... on ConsentNotUsable { consent { id status } } }";

describe("setTenantUrls", () => {
  const set = (input: Record<string, unknown>) =>
    hub.run(
      `mutation($input: SetTenantUrlsInput!) { setTenantUrls(input: $input) { tenant { redirectUrls updateCallbackUrls } ${ERRORS} } }`,
      { input },
    );

  it("replaces both lists, the second by nothing when it is left out", async () => {
    const redirectUrls = ["https://a.example/back", "http://localhost:3000/x"];
    expect((await set({ redirectUrls, updateCallbackUrls: ["https://a.example/hook"] })).data.setTenantUrls).toEqual({
      tenant: { redirectUrls, updateCallbackUrls: ["https://a.example/hook"] },
      errors: [],
    });
    expect((await set({ redirectUrls })).data.setTenantUrls.tenant).toEqual({ redirectUrls, updateCallbackUrls: [] });
    expect((await hub.run("{ tenant { updateCallbackUrls } }")).data.tenant).toEqual({ updateCallbackUrls: [] });
  });

  it("names the URL that it cannot take, and changes nothing then", async () => {
    const before = (await hub.run("{ tenant { redirectUrls } }")).data;
    const { data } = await set({ redirectUrls: ["https://a.example/new", "http://a.example/plain"] });
    expect(data.setTenantUrls).toMatchObject({ tenant: null, errors: [{ __typename: "InvalidInput", path: ["redirectUrls", "1"] }] });
    expect((await hub.run("{ tenant { redirectUrls } }")).data).toEqual(before);
  });
});

describe("createUser", () => {
  const create = async (input: Record<string, unknown>) =>
    (
      await hub.run(`mutation($input: CreateUserInput!) { createUser(input: $input) { user { id clientId createdAt } ${ERRORS} } }`, {
        input,
      })
    ).data.createUser;

  it("makes a user that is found by its clientId", async () => {
    const { user, errors } = await create({ clientId: "zoë-1" });
    expect({ user, errors }).toMatchObject({ user: { clientId: "zoë-1", createdAt: new Date(NOW).toISOString() }, errors: [] });
    expect((await hub.run(`{ user(by: {clientId: "zoë-1"}) { id } }`)).data.user.id).toBe(user.id);
    expect((await create({})).user).toMatchObject({ clientId: null });
  });

  it.each([
    ["a second user of the same key", "zoë-1", "Conflict"],
    ["an empty key", "", "InvalidInput"],
    ["a key of 201 characters", "x".repeat(201), "InvalidInput"],
    ["a key with a line break", "a\nb", "InvalidInput"],
  ])("refuses %s", async (_what, clientId, type) => {
    expect(await create({ clientId })).toMatchObject({ user: null, errors: [{ __typename: type, path: ["clientId"] }] });
  });
});

describe("createUserToken", () => {
  const create = async (input: Record<string, unknown>) =>
    (await hub.run(`mutation($input: CreateUserTokenInput!) { createUserToken(input: $input) { token expiresAt ${ERRORS} } }`, { input }))
      .data.createUserToken;

  it("makes a token that reads and writes for its user for 15 minutes", async () => {
    const { token, expiresAt } = await create({ user: { id: seeded.userId } });
    expect(expiresAt).toBe(new Date(NOW + 900_000).toISOString());
    expect((await hub.run("{ viewer { id } }", {}, token)).data.viewer.id).toBe(seeded.userId);
  });

  it.each([
    [{ user: { clientId: "nobody" } }, "NotFound", "user"],
    [{ user: { id: "garbage" } }, "NotFound", "user"],
    [{ scopes: [] }, "InvalidInput", "scopes"],
    [{ ttlSeconds: 3_601 }, "InvalidInput", "ttlSeconds"],
    [{ ttlSeconds: 0 }, "InvalidInput", "ttlSeconds"],
    [{ origin: "https://app.example/path" }, "InvalidInput", "origin"],
    [{ origin: "myapp://x" }, "InvalidInput", "origin"],
  ])("refuses %j with %s", async (input, type, field) => {
    expect(await create({ user: { id: seeded.userId }, ...input })).toMatchObject({
      token: null,
      errors: [{ __typename: type, path: [field] }],
    });
  });
});

describe("createConsent", () => {
  const create = async (input: Record<string, unknown>, credential?: string) => {
    const all = { bank: { id: "bank_bank-a" }, redirectUrl: "https://a.example/back", ...input };
    const query = `mutation($input: CreateConsentInput!) { createConsent(input: $input) { consent { id status authorizationUrl scopes user { id } bank { id } } ${ERRORS} } }`;
    return (await hub.run(query, { input: all }, credential)).data.createConsent;
  };

  it.each([
    [{ id: "bank_bank-a" }],
    [{ ref: { bankId: "bank-a", bankIdType: "HUB" } }],
    [{ ref: { bankId: "AAAAPLPW", bankIdType: "BIC" } }],
    [{ ref: { bankId: "1090", bankIdType: "NATIONAL_BANK_CODE" } }],
  ])("answers an authorization URL for a bank chosen by %j", async (bank) => {
    const { consent: made, errors } = await create({ user: { id: seeded.userId }, bank });
    expect(errors).toEqual([]);
    expect(made).toMatchObject({
      status: "REQUESTED",
      scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS"],
      user: { id: seeded.userId },
      bank: { id: "bank_bank-a" },
    });
    expect(made.authorizationUrl).toBe(`https://bank.example/authorize?consent=${String(made.id)}`);
  });

  it("takes the viewer when a user token calls, and must be told by a tenant", async () => {
    const token = await hub.tokenOf(seeded.userId, ["READ", "WRITE"]);
    expect((await create({}, token)).consent.user).toEqual({ id: seeded.userId });
    expect(await create({})).toMatchObject({ consent: null, errors: [{ __typename: "InvalidInput", path: ["user"] }] });
  });

  it("says what is not there or not registered", async () => {
    const user = { id: seeded.userId };
    expect(await create({ user: { clientId: "nobody" } })).toMatchObject({ errors: [{ __typename: "NotFound", path: ["user"] }] });
    expect(await create({ user, bank: { id: "bank-a" } })).toMatchObject({ errors: [{ __typename: "NotFound", path: ["bank"] }] });
    expect(await create({ user, redirectUrl: "https://evil.example/" })).toMatchObject({
      consent: null,
      errors: [{ __typename: "RedirectUrlNotRegistered", path: ["redirectUrl"], registered: ["https://a.example/back"] }],
    });
  });
});

describe("createUpdate", () => {
  const create = async (input: Record<string, unknown>) =>
    (
      await hub.run(
        `mutation($input: CreateUpdateInput!) { createUpdate(input: $input) { update { id status consent { id } } joined ${ERRORS} } }`,
        { input },
      )
    ).data.createUpdate;

  it("starts one, and joins it the second time", async () => {
    const psuContext = { ipAddress: "2001:db8::1", userAgent: "Mozilla/5.0" };
    const first = await create({ consentId: seeded.consentId, psuContext });
    expect(first).toMatchObject({ update: { status: "QUEUED", consent: { id: seeded.consentId } }, joined: false, errors: [] });
    expect(await create({ consentId: seeded.consentId })).toEqual({ ...first, joined: true });
  });

  it("shows the consent that cannot be used", async () => {
    const expired = consent({ userId: seeded.userId, tenantId: hub.tenantId, status: "EXPIRED" });
    await hub.store.tx((tx) => tx.insertConsent(expired, "wrapped"));
    expect(await create({ consentId: expired.id })).toMatchObject({
      update: null,
      joined: false,
      errors: [{ __typename: "ConsentNotUsable", consent: { id: expired.id, status: "EXPIRED" } }],
    });
  });

  it.each([
    [{ consentId: "garbage" }, "NotFound", ["consentId"]],
    [{ psuContext: { ipAddress: "1.2.3" } }, "InvalidInput", ["psuContext", "ipAddress"]],
    [{ psuContext: { ipAddress: "1.2.3.4", userAgent: "a\r\nX-Evil: 1" } }, "InvalidInput", ["psuContext", "userAgent"]],
  ])("refuses %j with %s", async (input, type, path) => {
    expect(await create({ consentId: seeded.consentId, ...input })).toMatchObject({ update: null, errors: [{ __typename: type, path }] });
  });
});
