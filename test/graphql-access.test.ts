import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UserId } from "../src/domain/ids.ts";
import { ROOT_RULES } from "../src/graphql/access-rules.ts";
import { startTestGraphql, type TestGraphql } from "./graphql.fixture.ts";
import { seedUser, type Seeded } from "./graphql.seed.ts";

let hub: TestGraphql;
let seeded: Seeded;
let stranger: UserId;
let callers: Record<Caller, string | null>;
type Caller = "anonymous" | "READ" | "WRITE" | "IDENTITY" | "other user" | "tenant" | "other tenant" | "expired" | "wrong key";

beforeAll(async () => {
  hub = await startTestGraphql();
  seeded = await seedUser(hub);
  stranger = (await hub.addUser("stranger")).id;
  callers = {
    anonymous: null,
    READ: await hub.tokenOf(seeded.userId, ["READ"]),
    WRITE: await hub.tokenOf(seeded.userId, ["WRITE"]),
    IDENTITY: await hub.tokenOf(seeded.userId, ["IDENTITY"]),
    "other user": await hub.tokenOf(stranger, ["READ", "WRITE", "IDENTITY"]),
    tenant: hub.apiKey,
    "other tenant": hub.otherKey,
    expired: await hub.tokenOf(seeded.userId, ["READ", "WRITE"]),
    "wrong key": `${hub.apiKey.slice(0, -4)}0000`,
  };
});
afterAll(() => hub[Symbol.asyncDispose]());

/** One call of every root field that HTTP carries; `own` is read out of the answer of a caller who may. */
const calls = (): Record<string, string> => ({
  "Query.node": `{ node(id: "${seeded.consentId}") { id } }`,
  "Query.nodes": `{ nodes(ids: ["${seeded.consentId}"]) { id } }`,
  "Query.viewer": `{ viewer { id } }`,
  "Query.tenant": `{ tenant { id } }`,
  "Query.user": `{ user(by: {id: "${seeded.userId}"}) { id } }`,
  "Query.users": `{ users { totalCount } }`,
  "Query.bank": `{ bank(by: {id: "bank_bank-a"}) { id } }`,
  "Query.banks": `{ banks { totalCount } }`,
  "Query.consent": `{ consent(id: "${seeded.consentId}") { id } }`,
  "Query.update": `{ update(id: "${String(seeded.updateIds[0])}") { id } }`,
  "Query.account": `{ account(id: "${String(seeded.accounts[0]?.id)}") { id } }`,
  "Query.transaction": `{ transaction(id: "trx_01jzzzzzzzzzzzzzzzzzzzzzzz") { id } }`,
  "Mutation.setTenantUrls": `mutation { setTenantUrls(input: {redirectUrls: ["ftp://x"]}) { errors { __typename path } } }`,
  "Mutation.requestProductionAccess": `mutation { requestProductionAccess(input: {certificateRequest: "", addresses: [], redirectUrls: []}) { errors { __typename } } }`,
  "Mutation.rotateApiKey": `mutation { rotateApiKey(input: {replaces: "nobody"}) { errors { __typename } } }`,
  "Mutation.revokeApiKey": `mutation { revokeApiKey(input: {keyId: "nobody"}) { errors { __typename } } }`,
  "Mutation.createUser": `mutation { createUser(input: {clientId: ""}) { errors { __typename } } }`,
  "Mutation.deleteUser": `mutation { deleteUser(input: {user: {clientId: "nobody"}}) { errors { __typename } } }`,
  "Mutation.createUserToken": `mutation { createUserToken(input: {user: {clientId: "nobody"}}) { errors { __typename } } }`,
  "Mutation.createConsent": `mutation { createConsent(input: {bank: {id: "bank_none"}, redirectUrl: "https://a.example/back"}) { errors { __typename } } }`,
  "Mutation.renewConsent": `mutation { renewConsent(input: {consentId: "x"}) { errors { __typename } } }`,
  "Mutation.deleteConsent": `mutation { deleteConsent(input: {consentId: "x"}) { errors { __typename } } }`,
  "Mutation.setUpdateSchedule": `mutation { setUpdateSchedule(input: {consentId: "x", timesPerDay: 1}) { errors { __typename } } }`,
  "Mutation.createUpdate": `mutation { createUpdate(input: {consentId: "x"}) { errors { __typename } } }`,
  "Mutation.cancelUpdate": `mutation { cancelUpdate(input: {updateId: "x"}) { errors { __typename } } }`,
});

const READERS = {
  anonymous: "UNAUTHENTICATED",
  READ: "ok",
  WRITE: "FORBIDDEN",
  IDENTITY: "FORBIDDEN",
  "other user": "ok",
  tenant: "ok",
  "other tenant": "ok",
  "wrong key": "401",
};
const WRITERS = { ...READERS, READ: "FORBIDDEN", WRITE: "ok" };
const TENANTS = { ...READERS, READ: "FORBIDDEN", "other user": "FORBIDDEN" };

describe("who may ask for what", () => {
  it.each(
    Object.entries(ROOT_RULES).flatMap(([type, rules]) =>
      Object.entries(rules).map(([field, rule]) => [`${type}.${field}`, rule] as const),
    ),
  )("%s is for %s alone", async (name, rule) => {
    if (name.startsWith("Subscription.")) return; // graphql-subscriptions.test.ts
    if (rule === "operator" || rule === "applicant" || rule === "anyone") return; // security/tenancy.test.ts has these callers
    const query = calls()[name];
    if (query === undefined) throw new Error(`${name} has no call in this table`);
    const outcome: Record<string, string> = {};
    for (const [caller, credential] of Object.entries(callers)) {
      if (caller === "expired") continue;
      const { status, errors } = await hub.run(query, {}, credential);
      outcome[caller] = status === 401 ? "401" : String(errors?.[0]?.extensions["code"] ?? "ok");
    }
    expect(outcome).toEqual(rule === "tenant" ? TENANTS : rule === "writer" ? WRITERS : READERS);
  });

  it("gives strangers the same answer for what is foreign as for what is missing", async () => {
    const missing = {
      con: "con_01jzzzzzzzzzzzzzzzzzzzzzzz",
      upd: "upd_01jzzzzzzzzzzzzzzzzzzzzzzz",
      acc: "acc_01jzzzzzzzzzzzzzzzzzzzzzzz",
      usr: "usr_01jzzzzzzzzzzzzzzzzzzzzzzz",
    };
    const query = `query($con: ID!, $upd: ID!, $acc: ID!, $usr: ID!) { consent(id: $con) { id } update(id: $upd) { id } account(id: $acc) { id } user(by: {id: $usr}) { id } nodes(ids: [$con, $upd, $acc, $usr]) { id } }`;
    const own = { con: seeded.consentId, upd: seeded.updateIds[0], acc: seeded.accounts[0]?.id, usr: seeded.userId };
    expect((await hub.run(query, own)).data.consent.id).toBe(seeded.consentId);
    for (const caller of ["other user", "other tenant"] as const) {
      const [foreign, none] = [await hub.run(query, own, callers[caller]), await hub.run(query, missing, callers[caller])];
      expect(foreign).toEqual(none);
      expect(foreign.data).toEqual({ consent: null, update: null, account: null, user: null, nodes: [null, null, null, null] });
    }
  });

  it("gives a user token its own user and nobody else", async () => {
    const { data } = await hub.run(`{ viewer { id } tenant { id } users { totalCount nodes { id } } }`, {}, callers.READ);
    expect(data).toEqual({ viewer: { id: seeded.userId }, tenant: null, users: { totalCount: 1, nodes: [{ id: seeded.userId }] } });
  });

  it("shows identities to tokens with scope IDENTITY alone, in the log too", async () => {
    const query = `{ viewer { identities { fullName accounts { name } bank { name } } } }`;
    const log = `{ viewer { changes(kinds: [IDENTITY, CONSENT]) { nodes { __typename ... on IdentityChanged { identity { fullName } } } } } }`;
    const both = await hub.tokenOf(seeded.userId, ["READ", "IDENTITY"]);
    expect((await hub.run(query, {}, both)).data.viewer.identities).toEqual([
      { fullName: "Anna Kowalska", accounts: [{ name: "Konto 0" }], bank: { name: "Bank A" } },
    ]);
    expect(await hub.run(query, {}, callers.READ)).toMatchObject({
      data: { viewer: null },
      errors: [{ extensions: { code: "FORBIDDEN" } }],
    });
    expect((await hub.run(log, {}, both)).data.viewer.changes.nodes).toEqual([
      { __typename: "ConsentChanged" },
      { __typename: "IdentityChanged", identity: { fullName: "Anna Kowalska" } },
    ]);
    expect((await hub.run(log, {}, callers.READ)).data.viewer.changes.nodes).toEqual([{ __typename: "ConsentChanged" }]);
  });

  it("shows a token with WRITE alone of a new consent only what it needs to go on", async () => {
    const create = (selection: string): string =>
      `mutation { createConsent(input: {bank: {id: "bank_bank-a"}, redirectUrl: "https://a.example/back"}) { consent { ${selection} } errors { message } } }`;
    const { data } = await hub.run(create("status authorizationUrl bank { name }"), {}, callers.WRITE);
    expect(data.createConsent.consent).toMatchObject({ status: "REQUESTED", bank: { name: "Bank A" } });
    expect(await hub.run(create("status accounts { totalCount }"), {}, callers.WRITE)).toMatchObject({
      errors: [{ extensions: { code: "FORBIDDEN" } }],
    });
  });

  it("refuses a token from another origin than the one it is bound to", async () => {
    const bound = await hub.tokenOf(seeded.userId, ["READ"], "https://app.example");
    const ask = async (origin: string): Promise<number> =>
      (await hub.post('{"query": "{ viewer { id } }"}', { authorization: `Bearer ${bound}`, origin })).status;
    expect([await ask("https://app.example"), await ask("https://evil.example")]).toEqual([200, 401]);
  });

  it("refuses a token that has expired, and a key that was revoked", async () => {
    hub.clock.advance(1_000_000);
    expect((await hub.run("{ viewer { id } }", {}, callers.expired)).status).toBe(401);
    expect((await hub.run("{ tenant { id } }", {}, hub.otherKey)).status).toBe(200);
    await hub.revoke(hub.otherKey);
    hub.clock.advance(1_000);
    expect((await hub.run("{ tenant { id } }", {}, hub.otherKey)).status).toBe(401);
  });
});
