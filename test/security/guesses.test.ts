import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createGuesses, GUESSES_PER_MINUTE } from "../../src/access/guesses.ts";
import { startTestGraphql, type TestGraphql } from "../graphql.fixture.ts";

describe("guesses", () => {
  let now = 0;
  const guess = (guesses: ReturnType<typeof createGuesses>, address: string, times = GUESSES_PER_MINUTE): void => {
    for (let i = 0; i < times; i++) guesses.wrong(address);
  };

  it("are counted by address, and by the /64 of IPv6 addresses", () => {
    for (const [sent, same, other] of [
      ["10.0.0.1", "10.0.0.1", "10.0.0.2"],
      ["::ffff:10.0.0.1", "::ffff:10.0.0.1", "::ffff:10.0.0.2"],
      ["2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:3::1"],
      ["2001:db8::1", "2001:db8:0:0:9::", "2001:db8:0:1::1"],
      ["::1", "::2", "0:0:0:1::1"],
    ] as const) {
      const guesses = createGuesses({ now: () => now });
      guess(guesses, sent, GUESSES_PER_MINUTE - 1);
      expect(guesses.blockedUntil(sent), sent).toBeNull();
      guesses.wrong(same);
      expect(guesses.blockedUntil(sent), sent).toBe(60_000);
      expect(guesses.blockedUntil(other), other).toBeNull();
    }
  });

  it("are forgotten in the next minute", () => {
    const guesses = createGuesses({ now: () => now });
    guess(guesses, "10.0.0.1");
    now = 60_000;
    expect(guesses.blockedUntil("10.0.0.1")).toBeNull();
  });
});

describe("an address that guesses", () => {
  let hub: TestGraphql;
  let token: string;
  let expired: string;
  beforeAll(async () => {
    hub = await startTestGraphql();
    const { id } = await hub.addUser();
    expired = await hub.tokenOf(id, ["READ"]);
    hub.clock.advance(1_000_000);
    token = await hub.tokenOf(id, ["READ"]);
  });
  afterAll(() => hub[Symbol.asyncDispose]());
  const statusOf = async (credential: string): Promise<number> => (await hub.run("{ __typename }", {}, credential)).status;
  const wrongKey = (i: number): string => `${hub.apiKey.slice(0, -8)}${String(i).padStart(8, "0")}`;

  it("may send what was good once as often as it likes", async () => {
    for (let i = 0; i < GUESSES_PER_MINUTE + 5; i++) expect(await statusOf(expired)).toBe(401);
  });

  it("is told to wait, is not looked at meanwhile, and keeps the keys that were good from it", async () => {
    expect(await statusOf(hub.apiKey)).toBe(200);
    for (let i = 0; i < GUESSES_PER_MINUTE - 1; i++) expect(await statusOf(i % 2 === 0 ? wrongKey(i) : `x${token}`)).toBe(401);
    const refused = await hub.run("{ __typename }", {}, wrongKey(999));
    expect(refused).toMatchObject({ status: 429, errors: [{ extensions: { code: "RATE_LIMITED" } }] });
    const retryAt = Date.parse(String(refused.errors?.[0]?.extensions["retryAt"]));
    expect(await statusOf(hub.otherKey)).toBe(429); // good, but never seen from here
    expect(await statusOf(hub.apiKey)).toBe(200);
    expect(await statusOf(token)).toBe(200); // nobody guesses a signature
    const socket = new WebSocket(hub.ws, "graphql-transport-ws");
    await once(socket, "open");
    socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${wrongKey(1_000)}` } }));
    expect((await once(socket, "close"))[0]).toBe(4429);
    hub.clock.advance(retryAt - hub.clock.now());
    expect([await statusOf(hub.otherKey), await statusOf(wrongKey(1))]).toEqual([200, 401]);
  });
});
