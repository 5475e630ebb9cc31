import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { newId } from "../src/domain/ids.ts";
import { NOW, consent, transaction, update } from "./contracts/store-fixtures.ts";
import { startTestGraphql, type TestGraphql } from "./graphql.fixture.ts";
import { seedUser, type Seeded } from "./graphql.seed.ts";

let hub: TestGraphql;
let seeded: Seeded;
beforeAll(async () => {
  hub = await startTestGraphql();
  seeded = await seedUser(hub);
});
afterAll(() => hub[Symbol.asyncDispose]());

interface Event {
  readonly data?: Record<string, Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
}

function follow(query: string, variables: Record<string, unknown>, client = hub.connect()): AsyncIterableIterator<Event> {
  return client.iterate({ query, variables }) as AsyncIterableIterator<Event>;
}

async function next(events: AsyncIterableIterator<Event>): Promise<Record<string, unknown> | undefined> {
  const { value } = (await events.next()) as { value: Event };
  expect(value.errors).toBeUndefined();
  return Object.values(value.data ?? {})[0];
}

describe("updateStatus", () => {
  const QUERY = `subscription($id: ID!) { updateStatus(updateId: $id) { status sequence progress { added } consent { id latestUpdate { sequence } } } }`;

  it("starts with the state, shows each newer one with what hangs on it, and completes after the last", async () => {
    const row = update({ userId: seeded.userId, tenantId: hub.tenantId, consentId: seeded.consentId, id: newId("upd", NOW + 1_000) });
    await hub.store.tx((tx) => tx.insertUpdate(row));
    const events = follow(QUERY, { id: row.id });
    expect(await next(events)).toMatchObject({ status: "QUEUED", sequence: 1 });
    for (const [sequence, status] of [
      [2, "RUNNING"],
      [3, "COMPLETED"],
    ] as const) {
      await hub.store.tx((tx) => tx.patchUpdate(row.id, null, { status, sequence, added: sequence }));
      hub.hints.send({ topic: "update", id: row.id });
      expect(await next(events)).toEqual({
        status,
        sequence,
        progress: { added: sequence },
        consent: { id: seeded.consentId, latestUpdate: { sequence } },
      });
    }
    expect(await events.next()).toMatchObject({ done: true });
  });

  it("shows a finished update once, to whoever comes late", async () => {
    const events = follow(QUERY, { id: seeded.updateIds[0] });
    expect(await next(events)).toMatchObject({ status: "COMPLETED" });
    expect(await events.next()).toMatchObject({ done: true });
  });

  it.each([
    ["a foreign update", () => hub.otherKey, () => seeded.updateIds[0]],
    ["a missing update", () => hub.apiKey, () => "upd_01jzzzzzzzzzzzzzzzzzzzzzzz"],
    ["an id that is none", () => hub.apiKey, () => "garbage"],
  ])("answers %s with the same error", async (_what, key, id) => {
    const error: unknown = await follow(QUERY, { id: id() }, hub.connect(key()))
      .next()
      .catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error)).toContain("There is no such update.");
    expect(JSON.stringify(error)).toContain("BAD_USER_INPUT");
  });

  it("answers a document that is not valid, and one that is too big, with errors", async () => {
    for (const query of [
      "subscription { nothing }",
      `subscription { updateStatus(updateId: "x") { ${"id ".repeat(501)} } }`,
      `subscription($x: Boolean!) { updateStatus(updateId: "x") @skip(if: $x) { id } }`,
      `subscription($x: Boolean!) { ...F } fragment F on Subscription { ... on Subscription @skip(if: $x) { updateStatus(updateId: "x") { id } } }`,
    ]) {
      const error: unknown = await follow(query, { x: true })
        .next()
        .catch((thrown: unknown) => thrown);
      expect(JSON.stringify(error)).toContain("BAD_USER_INPUT");
    }
  });
});

describe("production", () => {
  it("gives no hint over sockets either at names that the caller did not write", async () => {
    await using production = await startTestGraphql({ environment: "PRODUCTION" });
    const asked = (server: TestGraphql): Promise<unknown> =>
      follow("{ tenan { id } }", {}, server.connect())
        .next()
        .catch((error: unknown) => error);
    expect(JSON.stringify(await asked(hub))).toContain("Did you mean");
    expect(JSON.stringify(await asked(production))).toMatch(/Cannot query field(?!.*Did you mean)/);
  });
});

describe("followers of the same", () => {
  const QUERY = `subscription($id: ID!) { updateStatus(updateId: $id) { sequence consent { status accounts { nodes { id balances { type } } } } } }`;

  it("cost one execution together; others, and those who may read other things, their own", async () => {
    const row = update({ userId: seeded.userId, tenantId: hub.tenantId, consentId: seeded.consentId, id: newId("upd", NOW + 9_000) });
    await hub.store.tx((tx) => tx.insertUpdate(row));
    const event = async (streams: readonly AsyncIterableIterator<Event>[], sequence: number): Promise<number> => {
      await hub.store.tx((tx) => tx.patchUpdate(row.id, null, { sequence }));
      const before = hub.store.statements();
      hub.hints.send({ topic: "update", id: row.id });
      for (const stream of streams) expect(await next(stream)).toMatchObject({ sequence, consent: { accounts: { nodes: [{}, {}] } } });
      return hub.store.statements() - before;
    };
    const followers: AsyncIterableIterator<Event>[] = [];
    const join = async (client = hub.connect()): Promise<void> => {
      followers.push(follow(QUERY, { id: row.id }, client));
      await next(followers.at(-1) as AsyncIterableIterator<Event>);
    };
    await join();
    const alone = await event(followers, 2);
    for (let i = 0; i < 15; i++) await join();
    // Not to the statement: credentials are looked at, and everything watched is read again, while this runs.
    expect(await event(followers, 3)).toBeLessThan(4 * alone);
    // A user's token has other rights than the tenant's key: nothing is shared between the two.
    const reader = hub.connect(await hub.tokenOf(seeded.userId, ["READ"]));
    await join(reader);
    expect(await event(followers, 4)).toBeLessThan(5 * alone);
    const writer = hub.connect(await hub.tokenOf(seeded.userId, ["WRITE"]));
    const { value } = (await follow(QUERY, { id: row.id }, writer).next()) as { value: Event };
    expect(value.errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
    for (const follower of followers) await follower.return?.();
  });
});

describe("followers with other scopes", () => {
  it("of one user get what their own token may read out of the same event", async () => {
    const { userId, consentId } = await seedUser(hub);
    const query = `subscription($id: ID!) { consentStatus(consentId: $id) { timesPerDay: schedule { timesPerDay } user { identities { fullName } } } }`;
    const [full, plain] = await Promise.all(
      ([["READ", "IDENTITY"], ["READ"]] as const).map(async (scopes) => follow(query, { id: consentId }, hub.connect(await hub.tokenOf(userId, scopes)))),
    );
    const both = async (): Promise<[unknown, unknown]> => {
      const [one, other] = (await Promise.all([full?.next(), plain?.next()])) as { value: Event }[];
      return [one?.value.data?.["consentStatus"]?.["user"], other?.value.errors?.[0]?.extensions["code"]];
    };
    const expected = [{ identities: [{ fullName: "Anna Kowalska" }] }, "FORBIDDEN"];
    expect(await both()).toEqual(expected);
    await hub.store.tx((tx) => tx.patchConsent(consentId, { timesPerDay: 1 }, null));
    hub.hints.send({ topic: "consent", id: consentId });
    expect(await both()).toEqual(expected);
    await Promise.all([full?.return?.(), plain?.return?.()]);
  }); // prettier-ignore
});

describe("consentStatus", () => {
  it("follows a consent until it is deleted", async () => {
    const row = consent({ userId: seeded.userId, tenantId: hub.tenantId, status: "REQUESTED" });
    await hub.store.tx((tx) => tx.insertConsent(row, "wrapped"));
    const events = follow(`subscription($id: ID!) { consentStatus(consentId: $id) { status authorizationUrl } }`, { id: row.id });
    expect(await next(events)).toMatchObject({ status: "REQUESTED", authorizationUrl: `https://bank.example/authorize?consent=${row.id}` });
    await hub.store.tx((tx) => tx.patchConsent(row.id, { status: "GIVEN" }, null));
    hub.hints.send({ topic: "consent", id: row.id });
    expect(await next(events)).toEqual({ status: "GIVEN", authorizationUrl: null });
    await hub.store.tx((tx) => tx.eraseConsent(row.id));
    hub.hints.send({ topic: "consent", id: row.id });
    expect(await events.next()).toMatchObject({ done: true });
  });
});

describe("changes", () => {
  const QUERY = `subscription($user: UserBy, $after: ChangeCursor, $kinds: [ChangeKind!]) { changes(user: $user, after: $after, kinds: $kinds) {
    __typename cursor ... on TransactionAdded { transaction { description } } ... on IdentityChanged { identity { fullName } } } }`;

  it("replays the log behind a cursor, then goes on live with the same items as User.changes", async () => {
    const { userId, consentId, accounts } = await seedUser(hub);
    const events = follow(QUERY, { user: { id: userId }, kinds: ["TRANSACTION"] });
    const replayed = [];
    for (let count = 0; count < 6; count++) replayed.push(await next(events));
    const row = transaction({ userId, consentId, accountId: accounts[0]?.id ?? newId("acc"), description: "Live" });
    await hub.store.tx(async (tx) => {
      await tx.insertTransactions([row]);
      await tx.appendChanges(userId, NOW, [{ type: "TransactionAdded", subjectId: row.id, consentId, accountId: row.accountId }]);
    });
    hub.hints.send({ topic: "user", id: userId });
    const live = await next(events);
    expect(live).toMatchObject({ __typename: "TransactionAdded", transaction: { description: "Live" } });
    const { data } = await hub.run(
      `query($id: ID!) { user(by: {id: $id}) { changes(kinds: [TRANSACTION]) { nodes { __typename cursor ... on TransactionAdded { transaction { description } } } } } }`,
      { id: userId },
    );
    expect([...replayed, live]).toEqual(data.user.changes.nodes);
    const resumed = follow(QUERY, { user: { id: userId }, after: replayed[5]?.["cursor"] });
    expect(await next(resumed)).toMatchObject({ __typename: "IdentityChanged" });
    expect(await next(resumed)).toEqual(live);
    await events.return?.();
    await resumed.return?.();
  });

  it("leaves identities out for a user token without their scope, and takes the viewer's log", async () => {
    const token = await hub.tokenOf(seeded.userId, ["READ"]);
    const events = follow(QUERY, { kinds: ["IDENTITY", "CONSENT"] }, hub.connect(token));
    expect(await next(events)).toMatchObject({ __typename: "ConsentChanged" });
    const waiting = events.next();
    await events.return?.();
    expect(await waiting).toMatchObject({ done: true });
  });
});

describe("sockets", () => {
  const opened = async (headers: Record<string, string> = {}): Promise<WebSocket> => {
    const socket = new WebSocket(hub.ws, "graphql-transport-ws", { headers });
    await once(socket, "open");
    return socket;
  };
  const closing = async (socket: WebSocket): Promise<number> => ((await once(socket, "close")) as [number])[0];
  const init = (socket: WebSocket, authorization?: string): void =>
    socket.send(JSON.stringify({ type: "connection_init", ...(authorization === undefined ? {} : { payload: { authorization } }) }));
  const acknowledged = async (credential: string, headers: Record<string, string> = {}): Promise<WebSocket> => {
    const socket = await opened(headers);
    const message = once(socket, "message");
    init(socket, `Bearer ${credential}`);
    expect(JSON.parse(String((await message)[0]))).toEqual({ type: "connection_ack" });
    return socket;
  };

  it("close with 4403 for a wrong credential, and for none", async () => {
    for (const authorization of ["Bearer nonsense", `Bearer ${hub.apiKey}x`, undefined]) {
      const socket = await opened();
      init(socket, authorization);
      expect(await closing(socket)).toBe(4403);
    }
  });

  it("close with 4403 for a token of another origin", async () => {
    const token = await hub.tokenOf(seeded.userId, ["READ"], "https://app.example");
    const socket = await opened({ origin: "https://evil.example" });
    init(socket, `Bearer ${token}`);
    expect(await closing(socket)).toBe(4403);
    (await acknowledged(token, { origin: "https://app.example" })).close();
  });

  it("close when nobody introduces themselves within three seconds", async () => {
    expect(await closing(await opened())).toBe(4408);
  });

  it("close at a message over 64 KB, and at one that cannot be read", async () => {
    const big = await acknowledged(hub.apiKey);
    big.send(JSON.stringify({ type: "ping", payload: { text: "x".repeat(70_000) } }));
    expect(await closing(big)).toBe(1009);
    const broken = await acknowledged(hub.apiKey);
    broken.send("{");
    expect(await closing(broken)).toBe(4400);
  });

  it("carry twenty operations at a time", async () => {
    const row = consent({ userId: seeded.userId, tenantId: hub.tenantId });
    await hub.store.tx((tx) => tx.insertConsent(row, "wrapped"));
    const socket = await acknowledged(hub.apiKey);
    const messages: { id: string; type: string; payload: unknown }[] = [];
    const refused = new Promise<void>((done) =>
      socket.on("message", (data: Buffer) => {
        const message = JSON.parse(String(data)) as (typeof messages)[number];
        messages.push(message);
        if (message.type === "error") done();
      }),
    );
    for (let id = 1; id <= 21; id++)
      socket.send(
        JSON.stringify({
          id: String(id),
          type: "subscribe",
          payload: { query: `subscription { consentStatus(consentId: "${row.id}") { status } }` },
        }),
      );
    await refused;
    expect(messages.filter(({ type }) => type === "error")).toMatchObject([
      { id: "21", payload: [{ extensions: { code: "RATE_LIMITED" } }] },
    ]);
    socket.close();
  });

  it("run queries and mutations too, under the same rules", async () => {
    const token = await hub.tokenOf(seeded.userId, ["READ"]);
    expect(await next(follow("{ viewer { id } }", {}, hub.connect(token)))).toEqual({ id: seeded.userId });
    const { value } = (await follow(`mutation { createUser(input: {}) { user { id } } }`, {}, hub.connect(token)).next()) as {
      value: Event;
    };
    expect(value.errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
  });

  it("are refused on any other path", async () => {
    const socket = new WebSocket(hub.ws.replace("/graphql", "/other"), "graphql-transport-ws");
    const [error] = (await once(socket, "error")) as [Error];
    expect(error.message).toContain("404");
  });

  it("close with 4403 within a second after a token expired or a key was revoked", async () => {
    const sockets = [await acknowledged(await hub.tokenOf(seeded.userId, ["READ"])), await acknowledged(hub.otherKey)];
    const survivor = await acknowledged(hub.apiKey);
    const started = performance.now();
    const codes = sockets.map(closing);
    await hub.revoke(hub.otherKey);
    hub.clock.advance(901_000);
    expect(await Promise.all(codes)).toEqual([4403, 4403]);
    expect(performance.now() - started).toBeLessThan(1_500);
    expect(survivor.readyState).toBe(WebSocket.OPEN);
    survivor.close();
  });

  it("close with 1001 when the hub stops, and nothing is watched any more", async () => {
    await using leaving = await startTestGraphql();
    const socket = new WebSocket(leaving.ws, "graphql-transport-ws");
    await once(socket, "open");
    const code = closing(socket);
    await leaving.server.close();
    expect(await code).toBe(1001);
  });
});
