import { getNamedType, isCompositeType, isObjectType, isRequiredArgument, type GraphQLObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId, type UserId } from "../../src/domain/ids.ts";
import { printCursor } from "../../src/graphql/cursor.ts";
import { buildHubSchema } from "../../src/graphql/schema.ts";
import { startTestGraphql, type TestGraphql } from "../graphql.fixture.ts";
import { seedUser, type Seeded } from "../graphql.seed.ts";
import { CARRIED, NODES, ROOTS, type Audience } from "./access-table.ts";

/** Every kind of caller, as seen from the data of one user of one tenant. */
const CALLERS = [
  "tenant", "READ", "READ+IDENTITY", "WRITE", "IDENTITY", "other user", "other tenant", "anonymous", "expired token", "token of a deleted user",
  "revoked key", "wrong key", "unverified key", "operator",
] as const; // prettier-ignore
type Caller = (typeof CALLERS)[number];
/** data = an answer; nothing = what a missing id would give; the rest are error codes, and 401 for the whole request. */
type Outcome = "data" | "nothing" | "UNAUTHENTICATED" | "FORBIDDEN" | "401";

const NOT_LET_IN = {
  anonymous: "UNAUTHENTICATED",
  "expired token": "401",
  "token of a deleted user": "401",
  "revoked key": "401",
  "wrong key": "401",
} as const;
const OWN: Readonly<Record<Caller, Outcome>> = {
  ...NOT_LET_IN,
  ...{ tenant: "data", READ: "data", "READ+IDENTITY": "data", WRITE: "FORBIDDEN", IDENTITY: "FORBIDDEN" },
  ...{ "other user": "nothing", "other tenant": "nothing", "unverified key": "FORBIDDEN", operator: "FORBIDDEN" },
};
const each = (outcome: Outcome): Readonly<Record<Caller, Outcome>> =>
  ({ ...Object.fromEntries(CALLERS.map((caller) => [caller, outcome])), ...NOT_LET_IN }) as Readonly<Record<Caller, Outcome>>;
const EXPECTED: Readonly<Record<Audience, Readonly<Record<Caller, Outcome>>>> = {
  own: OWN,
  public: { ...OWN, "other user": "data", "other tenant": "data" },
  identity: { ...OWN, READ: "FORBIDDEN" },
  write: { ...OWN, READ: "FORBIDDEN", "READ+IDENTITY": "FORBIDDEN", WRITE: "data" },
  tenant: { ...OWN, READ: "FORBIDDEN", "READ+IDENTITY": "FORBIDDEN", "other user": "FORBIDDEN" },
  applicant: { ...each("FORBIDDEN"), tenant: "data", "other tenant": "data", "unverified key": "data" },
  self: { ...OWN, READ: "nothing", "READ+IDENTITY": "nothing", "other tenant": "data", "unverified key": "data" },
  operator: { ...each("FORBIDDEN"), operator: "data" },
  anyone: { ...each("data"), anonymous: "data" },
};

/** Roots whose answer does not depend on an id: everybody who may ask gets their own. */
const WITHOUT_ID: Readonly<Record<string, Partial<Record<Caller, Outcome>>>> = {
  viewer: { tenant: "nothing", "other tenant": "nothing", "other user": "data" },
  users: { "other user": "data", "other tenant": "data" },
  setTenantUrls: { "other tenant": "data" },
  createUser: { "other tenant": "data" },
  requestProductionAccess: { "other tenant": "data" },
  rotateApiKey: { "other tenant": "data" },
};

const MISSING = { con: "con_01jzzzzzzzzzzzzzzzzzzzzzzz", upd: "upd_01jzzzzzzzzzzzzzzzzzzzzzzz", acc: "acc_01jzzzzzzzzzzzzzzzzzzzzzzz", trx: "trx_01jzzzzzzzzzzzzzzzzzzzzzzz", usr: "usr_01jzzzzzzzzzzzzzzzzzzzzzzz", ten: "ten_01jzzzzzzzzzzzzzzzzzzzzzzz", key: "000000000000", fin: "0".repeat(64) }; // prettier-ignore
type Ids = Readonly<Record<keyof typeof MISSING, string>>;

const QUERIES: Readonly<Record<string, string>> = {
  node: "node(id: $con) { id }",
  nodes: "nodes(ids: [$con, $usr, $upd, $acc, $trx]) { id }",
  viewer: "viewer { id }",
  tenant: "tenant { id }",
  user: "user(by: {id: $usr}) { id clientId }",
  tenants: "tenants { totalCount }",
  users: "users { totalCount nodes { id } }",
  bank: 'bank(by: {id: "bank_bank-a"}) { id }',
  banks: "banks { totalCount }",
  consent: "consent(id: $con) { id status }",
  update: "update(id: $upd) { id status }",
  account: "account(id: $acc) { id iban }",
  transaction: "transaction(id: $trx) { id description }",
};
const MUTATIONS: Readonly<Record<string, string>> = {
  registerTenant: 'registerTenant(input: {name: "N", email: "a@b.example", products: [AIS]}) { tenant { id } errors { __typename } }',
  subscribeToProducts: "subscribeToProducts(input: {products: [AIS, KYC]}) { tenant { id } errors { __typename } }",
  requestProductionAccess:
    'requestProductionAccess(input: {certificateRequest: "x", addresses: ["192.0.2.1"], redirectUrls: []}) { errors { __typename } }',
  rotateApiKey: "rotateApiKey(input: {}) { errors { __typename } }",
  revokeApiKey: "revokeApiKey(input: {keyId: $key}) { errors { __typename message } }",
  approveTenant: "approveTenant(input: {tenant: $ten}) { tenant { id } errors { __typename message } }",
  refuseTenant: "refuseTenant(input: {tenant: $ten}) { tenant { id } errors { __typename message } }",
  setAllowedAddresses:
    'setAllowedAddresses(input: {tenant: $ten, addresses: ["192.0.2.1"]}) { tenant { id } errors { __typename message } }',
  issueCertificate: 'issueCertificate(input: {tenant: $ten, certificateRequest: "x"}) { errors { __typename message } }',
  revokeCertificate: "revokeCertificate(input: {fingerprint: $fin}) { certificate { pem } errors { __typename message } }",
  setTenantUrls: 'setTenantUrls(input: {redirectUrls: ["https://a.example/back"]}) { tenant { id } errors { __typename } }',
  createUser: "createUser(input: {}) { user { id } errors { __typename } }",
  deleteUser: "deleteUser(input: {user: {id: $usr}}) { receipt { consents } errors { __typename message } }",
  createUserToken: "createUserToken(input: {user: {id: $usr}}) { token errors { __typename message } }",
  createConsent:
    'createConsent(input: {user: {id: $usr}, bank: {id: "bank_bank-a"}, redirectUrl: "https://a.example/back"}) { errors { __typename message } }',
  renewConsent: "renewConsent(input: {consentId: $con}) { errors { __typename message } }",
  deleteConsent: "deleteConsent(input: {consentId: $con}) { receipt { consents } errors { __typename message } }",
  createUpdate: "createUpdate(input: {consentId: $con}) { update { id } errors { __typename message } }",
  cancelUpdate: "cancelUpdate(input: {updateId: $upd}) { update { id } errors { __typename message } }",
  setUpdateSchedule: "setUpdateSchedule(input: {consentId: $con, timesPerDay: 1}) { consent { id } errors { __typename message } }",
};
const SUBSCRIPTIONS: Readonly<Record<string, string>> = {
  updateStatus: "updateStatus(updateId: $upd) { id }",
  consentStatus: "consentStatus(consentId: $con) { id }",
  changes: "changes(user: {id: $usr}) { cursor }",
};
/** The document for one field, with the variables that it names. */
function operation(kind: string, field: string): string {
  const names = Object.keys(MISSING).filter((name) => field.includes(`$${name}`));
  return `${kind}${names.length > 0 ? `(${names.map((name) => `$${name}: ID!`).join(", ")})` : ""} { ${field} }`;
}

const schema = buildHubSchema(null);
const words = (text: string | undefined): readonly string[] => (text ?? "").split(" ").filter((word) => word !== "");

let hub: TestGraphql;
let world: World;
beforeAll(async () => {
  hub = await startTestGraphql({ realServices: true });
});
afterAll(() => hub[Symbol.asyncDispose]());

interface World {
  readonly seeded: Seeded;
  readonly ids: Ids;
  readonly credentials: Readonly<Record<Caller, string | null>>;
}

/** A user with data, and everybody who might ask for it. */
async function createWorld(): Promise<World> {
  await revokedKey(); // while the tenant has one key alone
  const seeded = await seedUser(hub);
  const expired = await hub.tokenOf(seeded.userId, ["READ", "WRITE", "IDENTITY"]);
  hub.clock.advance(1_000_000);
  const [stranger, gone] = [(await hub.addUser()).id, (await hub.addUser()).id];
  const all = ["READ", "WRITE", "IDENTITY"] as const;
  const [ofStranger, ofGone] = [await hub.tokenOf(stranger, all), await hub.tokenOf(gone, all)];
  await hub.store.tx((tx) => tx.deleteUser(gone));
  const { data } = await hub.run(`query($id: ID!) { account(id: $id) { transactions(first: 1) { nodes { id } } } }`, {
    id: seeded.accounts[0]?.id,
  });
  const ids = {
    con: seeded.consentId,
    upd: seeded.updateIds[0] ?? "",
    acc: seeded.accounts[0]?.id ?? "",
    trx: data.account.transactions.nodes[0].id,
    usr: seeded.userId,
    ...(await createStrange()),
  };
  const own = (...scopes: ("READ" | "WRITE" | "IDENTITY")[]): Promise<string> => hub.tokenOf(seeded.userId, scopes);
  return {
    seeded, ids,
    credentials: {
      tenant: hub.apiKey, READ: await own("READ"), "READ+IDENTITY": await own("READ", "IDENTITY"), WRITE: await own("WRITE"), IDENTITY: await own("IDENTITY"),
      "other user": ofStranger, "other tenant": hub.otherKey, anonymous: null, "expired token": expired, "token of a deleted user": ofGone,
      "revoked key": await revokedKey(), "wrong key": `${hub.apiKey.slice(0, -4)}0000`,
      "unverified key": await unverifiedKey(), operator: await operatorKey(),
    },
  }; // prettier-ignore
}

/** A tenant that operators may do anything to, its certificate, and a key of the tenant that asks. */
async function createStrange(): Promise<{ ten: string; key: string; fin: string }> {
  const { tenantId: ten } = await hub.admin.create({ name: "X", environment: "PRODUCTION", redirectUrls: [], callbackUrls: [] });
  const [key, fin] = [newId("evt").slice(-12), newId("evt").padEnd(64, "0")];
  await hub.store.tx(async (tx) => {
    await tx.insertApiKey({ keyId: key, tenantId: hub.tenantId, hash: "x", createdAt: 0, revokedAt: null });
    await tx.insertClientCertificate({
      fingerprint: fin,
      tenantId: ten,
      serialNumber: "1",
      pem: "",
      notBefore: 0,
      notAfter: 0,
      revokedAt: null,
    });
  });
  return { ten, key, fin };
}

let unverified: string | null = null;
async function unverifiedKey(): Promise<string> {
  if (unverified !== null) return unverified;
  const made = await hub.admin.register({ name: "New", email: "a@b.example", products: ["AIS"], redirectUrls: [] });
  if (!made.ok) throw new Error("not registered");
  return (unverified = made.value.apiKey);
}

let operator: string | null = null;
async function operatorKey(): Promise<string> {
  return (operator ??= (await hub.admin.createOperator("Ada")).apiKey);
}

let revoked: string | null = null;
async function revokedKey(): Promise<string> {
  if (revoked !== null) return revoked;
  revoked = await hub.rotate();
  expect((await hub.run("{ tenant { id } }", {}, revoked)).status).toBe(200);
  await hub.revoke(revoked);
  hub.clock.advance(1_000);
  return revoked;
}

/** The answer, and the same question about ids that do not exist. */
async function ask(
  text: string,
  caller: Caller,
  { ids, credentials }: World,
): Promise<{ outcome: Outcome; bytes: string; missing: string }> {
  const headers = credentials[caller] === null ? {} : { authorization: `Bearer ${String(credentials[caller])}` };
  const send = async (variables: Ids): Promise<[number, string]> => {
    const response = await hub.post(JSON.stringify({ query: text, variables }), headers);
    return [response.status, await response.text()];
  };
  const [, missing] = await send(MISSING);
  const [status, bytes] = await send(ids);
  if (status === 401) return { outcome: "401", bytes, missing };
  const { data, errors } = JSON.parse(bytes) as { data: Record<string, unknown> | null; errors?: { extensions: { code: Outcome } }[] };
  return { outcome: errors?.[0]?.extensions.code ?? (isNothing(Object.values(data ?? {})[0]) ? "nothing" : "data"), bytes, missing };
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.every(isNothing);
  return JSON.stringify(value).includes('"NotFound"');
}

describe("the table", () => {
  it("has a line for every field of every object type, and none for anything else", () => {
    const inSchema: Record<string, readonly string[]> = {};
    for (const type of Object.values(schema.getTypeMap()))
      if (isObjectType(type) && !type.name.startsWith("__")) inSchema[type.name] = Object.keys(type.getFields()).toSorted();
    const inTable: Record<string, readonly string[]> = {};
    for (const [name, lines] of Object.entries({ ...ROOTS, ...NODES })) inTable[name] = Object.values(lines).flatMap(words).toSorted();
    for (const [name, line] of Object.entries(CARRIED)) inTable[name] = words(line).toSorted();
    expect(inTable).toEqual(inSchema);
  });

  it("has a call for every root field", () => {
    const calls = { Query: QUERIES, Mutation: MUTATIONS, Subscription: SUBSCRIPTIONS };
    for (const [name, lines] of Object.entries(ROOTS))
      expect(Object.keys(calls[name as keyof typeof calls]).toSorted()).toEqual(Object.values(lines).flatMap(words).toSorted());
  });
});

const rootsOf = (type: string): readonly (readonly [string, Audience])[] =>
  Object.entries(ROOTS[type] ?? {}).flatMap(([audience, line]) => words(line).map((field) => [field, audience as Audience] as const));

describe("queries", () => {
  beforeAll(async () => {
    world = await createWorld();
  });

  it.each(rootsOf("Query"))("%s answers each caller as its line says (%s), and a stranger in the bytes of a missing id", async (field, audience) => {
    const outcomes: Record<string, Outcome> = {};
    for (const caller of CALLERS) {
      const { outcome, bytes, missing } = await ask(operation("query", QUERIES[field] ?? ""), caller, world);
      outcomes[caller] = outcome;
      if (outcome !== "data") expect(bytes).toBe(missing);
    }
    expect(outcomes).toEqual({ ...EXPECTED[audience], ...WITHOUT_ID[field] });
  }); // prettier-ignore
});

describe("mutations", () => {
  it.each(rootsOf("Mutation"))("%s lets each caller act as its line says (%s), and touches nothing of a stranger's", async (field, audience) => {
    const outcomes: Record<string, Outcome> = {};
    for (const caller of CALLERS) {
      const fresh = await createWorld();
      const before = await everything(fresh);
      const { outcome, bytes, missing } = await ask(operation("mutation", MUTATIONS[field] ?? ""), caller, fresh);
      outcomes[caller] = outcome;
      if (outcome === "data") continue;
      expect(bytes).toBe(missing);
      expect(await everything(fresh)).toBe(before);
    }
    expect(outcomes).toEqual({ ...EXPECTED[audience], ...WITHOUT_ID[field] });
  }); // prettier-ignore

  async function everything({ seeded: { userId } }: World): Promise<string> {
    const query = `query($id: ID!) { user(by: {id: $id}) { clientId changeCursor consents { nodes { status timesPerDay: schedule { timesPerDay } updates { nodes { id status sequence } } } } accounts { nodes { id name transactions(first: 500) { nodes { id revision } } } } } }`;
    return JSON.stringify(await hub.run(query, { id: userId }));
  }
});

describe("subscriptions", () => {
  beforeAll(async () => {
    world = await createWorld();
  });

  it.each(rootsOf("Subscription"))("%s lets each caller follow as its line says (%s), and answers a stranger like a missing id", async (field, audience) => {
    const outcomes: Record<string, Outcome> = {};
    for (const caller of CALLERS) {
      const credential = world.credentials[caller];
      const client = hub.connect(credential ?? undefined, credential === null ? { anonymous: true } : {});
      const first = async (variables: Ids): Promise<string> => {
        const events = client.iterate({ query: operation("subscription", SUBSCRIPTIONS[field] ?? ""), variables: { ...variables } });
        try {
          return JSON.stringify((await events.next()).value);
        } catch (error) {
          return error instanceof Error || !Array.isArray(error) ? `closed ${String((error as { code?: number }).code)}` : JSON.stringify(error);
        } finally {
          void events.return?.();
        }
      };
      const [answer, missing] = [await first(world.ids), await first(MISSING)];
      await client.dispose();
      const code = /"code":"(\w+)"/.exec(answer)?.[1];
      outcomes[caller] = answer === "closed 4403" ? "401" : code === "BAD_USER_INPUT" ? "nothing" : ((code as Outcome | undefined) ?? "data");
      if (outcomes[caller] !== "data") expect(answer).toBe(missing);
    }
    expect(outcomes).toEqual({ ...EXPECTED[audience], anonymous: "401", operator: "401" });
  }); // prettier-ignore
});

describe("objects", () => {
  beforeAll(async () => {
    world = await createWorld();
  });

  const nodes = Object.entries(NODES).flatMap(([type, lines]) =>
    Object.entries(lines).flatMap(([audience, line]) => words(line).map((field) => [type, field, audience] as const)),
  );
  const selection = (type: string, field: string): string => {
    const found = (schema.getType(type) as GraphQLObjectType).getFields()[field];
    if (!found) throw new Error(`${type}.${field} is not in the schema`);
    expect(found.args.filter(isRequiredArgument)).toEqual([]);
    return `${field}${isCompositeType(getNamedType(found.type)) ? " { __typename }" : ""}`;
  };

  it.each(nodes)("%s.%s is read (%s) by whoever may, and by nobody else", async (type, field, audience) => {
    const id = type === "Tenant" ? hub.tenantId : type === "Bank" ? "bank_bank-a" : world.ids[PREFIX[type] ?? "con"];
    const query = `query($id: ID!) { node(id: $id) { ... on ${type} { ${selection(type, field)} } } }`;
    const outcomes: Record<string, Outcome> = {};
    for (const caller of CALLERS) {
      const { status, data, errors } = await hub.run(query, { id }, world.credentials[caller]);
      outcomes[caller] = status === 401 ? "401" : ((errors?.[0]?.extensions["code"] as Outcome | undefined) ?? (data.node === null ? "nothing" : "data"));
    }
    const rows = { ...EXPECTED[audience === "identity" ? "identity" : type === "Bank" ? "public" : "own"] };
    expect(outcomes).toEqual(type === "Tenant" ? { ...rows, READ: "nothing", "READ+IDENTITY": "nothing" } : rows);
  }); // prettier-ignore
  const PREFIX: Readonly<Record<string, keyof Ids>> = { User: "usr", Consent: "con", Update: "upd", Account: "acc", Transaction: "trx" };

  it("that a mutation answers show a token with WRITE alone what it needs to go on, and no more", async () => {
    const { credentials, ids } = await createWorld();
    for (const [type, mutation] of [
      ["Consent", "setUpdateSchedule(input: {consentId: $id, timesPerDay: 1}) { consent"],
      ["Update", "createUpdate(input: {consentId: $id}) { update"],
    ] as const)
      for (const [audience, line] of Object.entries(NODES[type] ?? {}))
        for (const field of words(line)) {
          const query = `mutation($id: ID!) { ${mutation} { ${selection(type, field)} } } }`;
          const { errors } = await hub.run(query, { id: ids.con }, credentials.WRITE);
          expect(errors?.[0]?.extensions["code"] ?? "data", `${type}.${field}`).toBe(audience === "write" ? "data" : "FORBIDDEN");
        }
  });
});

describe("ids and cursors of others", () => {
  const USERS = 3;
  let victims: readonly UserId[];
  let found: readonly string[];
  let strangers: Readonly<Record<string, string>>;

  beforeAll(async () => {
    const seeds: Seeded[] = [];
    // All of them once; on PostgreSQL a sixth, because only the `where` differs there.
    const rows = hub.store.dialect === "sqlite" ? 130 : 20;
    for (let i = 0; i < USERS; i++) seeds.push(await seedUser(hub, rows));
    victims = seeds.map(({ userId }) => userId);
    const ids: string[] = [];
    for (const { userId, consentId, updateIds, accounts } of seeds) {
      ids.push(userId, consentId, ...updateIds, ...accounts.map(({ id }) => id));
      const page = await hub.run(`query($id: ID!) { user(by: {id: $id}) { transactions(first: 500) { nodes { id } } } }`, { id: userId });
      ids.push(...page.data.user.transactions.nodes.map(({ id }: { id: string }) => id));
    }
    found = ids;
    const sibling = await seedUser(hub, 2);
    strangers = { "another user": await hub.tokenOf(sibling.userId, ["READ", "WRITE", "IDENTITY"]), "another tenant": hub.otherKey };
  });

  /** An id of the same form that nobody has. */
  const missing = (id: string): string => `${id.slice(0, 4)}${newId("evt").slice(4)}`;
  const bytes = async (query: string, credential: string, variables: object = {}): Promise<string> =>
    (await hub.post(JSON.stringify({ query, variables }), { authorization: `Bearer ${credential}` })).text();
  const chunks = <T>(list: readonly T[], size: number): readonly (readonly T[])[] =>
    Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));

  it("give the bytes of a missing id through every argument, over 10,000 times", async () => {
    const fields: Readonly<Record<string, (id: string) => string>> = {
      node: (id) => `node(id: ${id}) { id __typename }`,
      nodes: (id) => `nodes(ids: [${id}]) { id }`,
      user: (id) => `user(by: {id: ${id}}) { id clientId }`,
      "user by clientId": (id) => `user(by: {clientId: ${id}}) { id clientId }`,
      consent: (id) => `consent(id: ${id}) { id user { id } }`,
      update: (id) => `update(id: ${id}) { id consent { id } }`,
      account: (id) => `account(id: ${id}) { id transactions(first: 1) { totalCount } }`,
      transaction: (id) => `transaction(id: ${id}) { id account { id } }`,
    };
    let probes = 0;
    for (const credential of Object.values(strangers))
      for (const field of Object.values(fields))
        for (const ids of chunks(found, 30)) {
          const query =
            `query(${ids.map((_, i) => `$v${String(i)}: ID!`).join(" ")}) { ${ids.map((_, i) => `a${String(i)}: ${field(`$v${String(i)}`)}`).join(" ")} }`.replaceAll(
              /\$(v\d+): ID!/g,
              field("").includes("clientId: }") ? "$$$1: String!" : "$$$1: ID!",
            );
          const values = (make: (id: string) => string): object => Object.fromEntries(ids.map((id, i) => [`v${String(i)}`, make(id)]));
          const answer = await bytes(
            query,
            credential,
            values((id) => id),
          );
          expect(answer).toBe(await bytes(query, credential, values(missing)));
          expect(answer).toContain('"data":{');
          probes += ids.length;
        }
    expect(probes).toBeGreaterThan(hub.store.dialect === "sqlite" ? 10_000 : 1_500);
  }, 120_000);

  it("give the payload of a missing id in every input of a mutation, and nothing of theirs changes", async () => {
    const log = async (): Promise<string> =>
      JSON.stringify(await hub.run(`query($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on User { changeCursor consents { nodes { status } } } ... on Update { status sequence } } }`, { ids: found.slice(0, 400) })); // prettier-ignore
    const before = await log();
    const inputs = Object.values(MUTATIONS).filter((field) => field.includes("$"));
    const few = found.filter((id) => !id.startsWith("trx_"));
    for (const [who, credential] of Object.entries(strangers))
      for (const field of inputs) {
        const operatorOnly = /^(approve|refuse|setAllowed|issue|revokeCertificate)/.test(field);
        const tenantOnly = /^(deleteUser|createUserToken|revokeApiKey)/.test(field);
        for (const ids of chunks(few, 15)) {
          const aliased = ids.map((_, i) => `a${String(i)}: ${field.replaceAll(/\$\w{3}/g, `$v${String(i)}`)}`);
          const query = `mutation(${ids.map((_, i) => `$v${String(i)}: ID!`).join(" ")}) { ${aliased.join(" ")} }`;
          const values = (make: (id: string) => string): object => Object.fromEntries(ids.map((id, i) => [`v${String(i)}`, make(id)]));
          const answer = await bytes(
            query,
            credential,
            values((id) => id),
          );
          expect(answer).toBe(await bytes(query, credential, values(missing)));
          expect(answer.match(/"NotFound"/g)?.length ?? 0).toBe(operatorOnly || (tenantOnly && who === "another user") ? 0 : ids.length);
        }
      }
    expect(await log()).toBe(before);
  }, 120_000);

  it("place a reader where a cursor that nobody was given would, and show nobody else's rows", async () => {
    const tags = { usr: ["user", "users"], con: ["consent", "users { nodes { consents"], acc: ["account", "users { nodes { accounts"], trx: ["transaction", "users { nodes { transactions"] } as const; // prettier-ignore
    for (const credential of Object.values(strangers))
      for (const [prefix, [tag, path]] of Object.entries(tags))
        for (const id of found.filter((one) => one.startsWith(`${prefix}_`)).slice(0, 60))
          for (const side of ["first: 5, after", "last: 5, before"]) {
            const depth = path.split("{").length;
            const cursorOf = (of: string): string =>
              printCursor(tag, { key: prefix === "trx" ? "2026-01-02" : null, id: of as `usr_${string}` });
            const query = `query($c: String) { ${path}(${side}: $c) { totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage } ${"} ".repeat(depth + 1)}`;
            // The neighbour in the order of ids: one letter further at the end, which 80 random bits leave free.
            const last = id.at(-1) === "z" ? "y" : String.fromCharCode((id.at(-1) ?? "0").charCodeAt(0) + 1).replace(/[^0-9a-z]/, "a");
            const answer = await bytes(query, credential, { c: cursorOf(id) });
            expect(answer).toBe(await bytes(query, credential, { c: cursorOf(id.slice(0, -1) + last) }));
            expect(answer).toContain('"data":{"users"');
            for (const victim of victims) expect(answer).not.toContain(victim);
            expect(found.some((one) => answer.includes(one))).toBe(false);
          }
  }, 120_000);
});
