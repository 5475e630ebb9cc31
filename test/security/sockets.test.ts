import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { serveSocket } from "../../src/graphql/socket-adapter.ts";
import { SOCKET_LIMITS } from "../../src/graphql/socket-limits.ts";
import { consent } from "../contracts/store-fixtures.ts";
import { startTestGraphql, type TestGraphql } from "../graphql.fixture.ts";
import { seedUser, type Seeded } from "../graphql.seed.ts";

let hub: TestGraphql;
let seeded: Seeded;
beforeAll(async () => {
  hub = await startTestGraphql({ socketLimits: { initWait: 400, pingEvery: 100, messagesPerSecond: 100, perTenant: 6, perUser: 2 } });
  seeded = await seedUser(hub);
});
afterAll(() => hub[Symbol.asyncDispose]());

interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

const PROTOCOL = "graphql-transport-ws";

async function opened(options: { autoPong?: boolean; protocol?: string } = {}): Promise<WebSocket> {
  const { protocol = PROTOCOL, ...rest } = options;
  const socket = new WebSocket(hub.ws, protocol, rest);
  await once(socket, "open");
  return socket;
}

const say = (socket: WebSocket, message: Message): void => socket.send(JSON.stringify(message));
const heard = async (socket: WebSocket): Promise<Message> => JSON.parse(String((await once(socket, "message"))[0])) as Message;
const closing = async (socket: WebSocket): Promise<number> => ((await once(socket, "close")) as [number])[0];

async function acknowledged(credential = hub.apiKey, options: { autoPong?: boolean } = {}): Promise<WebSocket> {
  const socket = await opened(options);
  const answer = Promise.race([heard(socket), closing(socket)]);
  say(socket, { type: "connection_init", payload: { authorization: `Bearer ${credential}` } });
  expect(await answer).toEqual({ type: "connection_ack" });
  return socket;
}

async function closed(socket: WebSocket): Promise<void> {
  const code = closing(socket);
  socket.close();
  await code;
}

const FOLLOW = (id: string): Message => ({
  id,
  type: "subscribe",
  payload: { query: `subscription { consentStatus(consentId: "${seeded.consentId}") { status } }` },
});

describe("graphql-transport-ws", () => {
  it.each<[number, string, (socket: WebSocket) => void]>([
    [4400, "that is no JSON", (socket) => socket.send("{")],
    [4400, "that is no message", (socket) => socket.send("[]")],
    [4400, "of an unknown type", (socket) => say(socket, { type: "start" })],
    [4400, "that subscribes without an id", (socket) => say(socket, { type: "subscribe", payload: { query: "{ __typename }" } })],
    [4400, "that subscribes without a query", (socket) => say(socket, { id: "1", type: "subscribe", payload: {} })],
    [4400, "whose variables are a list", (socket) => say(socket, { id: "1", type: "subscribe", payload: { query: "{ __typename }", variables: [] } })],
    [4409, "that uses an id a second time", (socket) => ["1", "1"].forEach((id) => say(socket, FOLLOW(id)))],
    [4429, "that introduces itself a second time", (socket) => say(socket, { type: "connection_init" })],
    [1007, "whose text is no UTF-8", (socket) => socket.send(Buffer.from([0xc3, 0x28]), { binary: false })],
    [1009, "over 64 KB", (socket) => say(socket, { type: "ping", payload: { text: "x".repeat(70_000) } })],
  ])("closes with %i at a message %s", async (code, _what, send) => {
    const socket = await acknowledged();
    const result = closing(socket);
    send(socket);
    expect(await result).toBe(code);
  }); // prettier-ignore

  it("closes with 4401 for who subscribes before the acknowledgement", async () => {
    const socket = await opened();
    say(socket, FOLLOW("1"));
    expect(await closing(socket)).toBe(4401);
  });

  it("closes with 4406 for another protocol, and for none", async () => {
    const [error] = (await once(new WebSocket(hub.ws, "graphql-ws"), "error")) as [Error];
    expect(error.message).toBe("Server sent no subprotocol");
    const bare = new WebSocket(hub.ws);
    expect(await closing(bare)).toBe(4406);
  });

  it("closes with 4408 for who does not introduce itself in time, and answers a ping meanwhile", async () => {
    const socket = await opened();
    const pong = heard(socket);
    say(socket, { type: "ping" });
    expect(await pong).toEqual({ type: "pong" });
    expect(await closing(socket)).toBe(4408);
  });

  it("answers an operation that cannot be executed with an error, and the socket lives", async () => {
    const socket = await acknowledged();
    const error = heard(socket);
    say(socket, { id: "1", type: "subscribe", payload: { query: "subscription { nothing }" } });
    expect(await error).toMatchObject({ id: "1", type: "error" });
    const next = heard(socket);
    say(socket, { id: "1", type: "subscribe", payload: { query: "{ __typename }" } });
    expect(await next).toMatchObject({ id: "1", type: "next", payload: { data: { __typename: "Query" } } });
    await closed(socket);
  });
});

describe("floods and silence", () => {
  it("a peer that answers no ping is cut, one that does is not", async () => {
    const [silent, alive] = [await acknowledged(hub.apiKey, { autoPong: false }), await acknowledged()];
    const pings = new Promise<void>((done) => {
      let count = 0;
      alive.on("ping", () => void (++count >= 4 && done()));
    });
    expect(await closing(silent)).toBe(1006);
    await pings;
    expect(alive.readyState).toBe(WebSocket.OPEN);
    await closed(alive);
  });

  it("a peer that sends too many messages in a second is closed with 4429, whatever they are", async () => {
    const socket = await acknowledged();
    const code = closing(socket);
    for (let i = 0; i < 200; i++) say(socket, { type: "pong" });
    expect(await code).toBe(4429);
  });

  it("a reader who does not read is closed with 1013 at a bound of buffered bytes, and the rest is dropped", async () => {
    const server = createServer();
    const webSockets = new WebSocketServer({ server });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const CHUNK = "x".repeat(100_000);
    const sent = new Promise<void>((done) =>
      webSockets.on("connection", (socket) => {
        const flood = {
          opened: (wire: { send: (text: string) => Promise<void> | void }) => {
            for (let i = 0; i < 1_000; i++) void wire.send(CHUNK);
            done();
            return async () => undefined;
          },
        };
        serveSocket(flood as never, socket, {}, SOCKET_LIMITS, () => undefined);
      }),
    );
    const reader = new WebSocket(`ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    let read = 0;
    reader.on("message", (data: Buffer) => void (read += data.length));
    const code = closing(reader);
    const open = once(reader, "open");
    reader.once("open", () => reader.pause());
    await Promise.all([open, sent]);
    reader.resume();
    expect(await code).toBe(1013);
    expect(read).toBeLessThan(25_000_000); // of 100 MB: our bound, and what the two kernels hold
    webSockets.close();
    server.close();
  });

  it("a tenant and a user have as many sockets at a time as they may, and the place is free again", async () => {
    const token = await hub.tokenOf(seeded.userId, ["READ"]);
    const refused = async (credential: string): Promise<number> => {
      const socket = await opened();
      say(socket, { type: "connection_init", payload: { authorization: `Bearer ${credential}` } });
      return closing(socket);
    };
    const ofUser = [await acknowledged(token), await acknowledged(token)];
    expect(await refused(token)).toBe(1013);
    const ofTenant = [];
    for (let i = 0; i < 4; i++) ofTenant.push(await acknowledged());
    expect(await refused(hub.apiKey)).toBe(1013);
    await closed(await acknowledged(hub.otherKey));
    await closed(ofTenant.pop() as WebSocket);
    ofTenant.push(await acknowledged());
    for (const socket of [...ofUser, ...ofTenant]) await closed(socket);
  });
});

describe("the end of a credential", () => {
  /** A socket that follows a consent; the events it got after `ended` was called. */
  async function following(credential: string): Promise<{ code: Promise<number>; late: unknown[]; ended: () => void }> {
    const socket = await acknowledged(credential);
    const code = closing(socket);
    const first = heard(socket);
    say(socket, FOLLOW("1"));
    expect(await first).toMatchObject({ type: "next", payload: { data: { consentStatus: { status: "GIVEN" } } } });
    const late: unknown[] = [];
    return { code, late, ended: () => socket.on("message", (data: Buffer) => void late.push(String(data))) };
  }
  const change = async (): Promise<void> => {
    await hub.store.tx((tx) => tx.patchConsent(seeded.consentId, { attention: "NONE" }, null));
    hub.hints.send({ topic: "consent", id: seeded.consentId });
  };

  it.each<[string, () => Promise<[string, () => Promise<void> | void]>]>([
    ["a token that expires", async () => [await hub.tokenOf(seeded.userId, ["READ"]), () => hub.clock.advance(901_000)]],
    [
      "a key that is revoked",
      async () => {
        const key = await hub.rotate();
        return [key, async () => (await hub.revoke(key), hub.clock.advance(500))]; // what a real clock does by itself
      },
    ],
  ])("%s closes its sockets with 4403, and nothing is sent behind it", async (_what, make) => {
    const [credential, end] = await make();
    const followed = await following(credential);
    await end();
    expect(await followed.code).toBe(4403);
    followed.ended();
    await change();
    expect(followed.late).toEqual([]);
  });

  it("a user who is erased takes the sockets of their tokens along", async () => {
    const { id } = await hub.addUser();
    const row = consent({ userId: id, tenantId: hub.tenantId });
    await hub.store.tx((tx) => tx.insertConsent(row, hub.wrappedKey(row.id)));
    const socket = await acknowledged(await hub.tokenOf(id, ["READ"]));
    const code = closing(socket);
    await hub.store.tx((tx) => tx.deleteUser(id));
    expect(await code).toBe(4403);
  });
});
