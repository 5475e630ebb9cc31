import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { newId } from "../src/domain/ids.ts";
import { bridgeHints } from "../src/events/bridge.ts";
import { ALL, decodeHint, packCodes, unpackCodes } from "../src/events/hint-code.ts";
import { createInProcessHints } from "../src/events/in-process.ts";
import { openHints } from "../src/events/open.ts";
import { createPostgresHints } from "../src/events/postgres.ts";
import { createLog } from "../src/log.ts";
import type { NotifyEvents } from "../src/store/notify-channel.ts";
import { collect, hintsContract, type HintsPair } from "./contracts/hints.contract.ts";
import { databases } from "./databases.ts";

const log = createLog("silent");

hintsContract("in one process", async () => {
  const hints = createInProcessHints(log);
  return { here: hints, there: hints, [Symbol.asyncDispose]: () => hints[Symbol.asyncDispose]() };
});

hintsContract("between two threads", openBridged);

async function openBridged(): Promise<HintsPair & { there: ReturnType<typeof createInProcessHints> }> {
  const { port1, port2 } = new MessageChannel();
  const [here, there] = [createInProcessHints(log), createInProcessHints(log)];
  const part = [bridgeHints(here, port1), bridgeHints(there, port2)];
  return {
    here,
    there,
    async [Symbol.asyncDispose]() {
      for (const undo of part) undo();
      port1.close();
      await once(port2, "close");
    },
  };
}

describe("the bridge between threads", () => {
  it("tells a loss on one side to the other, once", async () => {
    await using pair = await openBridged();
    const [here, there] = [collect(pair.here), collect(pair.there)];
    const told = here.lost();
    pair.there.lost();
    await told;
    pair.here.send({ topic: "jobs" });
    await there.times(1);
    expect([here.losses(), there.losses()]).toEqual([1, 1]);
  });

  it("leaves other messages on the port alone and survives ones that are no hints", async () => {
    const { port1, port2 } = new MessageChannel();
    const hints = createInProcessHints(log);
    const seen = collect(hints);
    bridgeHints(hints, port1);
    for (const message of [null, "stop", { ready: true }, { hint: 7 }, { hint: "update:usr_1" }, { hint: "jobs" }])
      port2.postMessage(message);
    await seen.times(1);
    expect(seen.hints).toEqual([{ topic: "jobs" }]);
    port1.close();
  });
});

describe("messages of hints", () => {
  it("stay below the limit, however many hints there are, and lose none", () => {
    const codes = Array.from({ length: 2_000 }, () => `update:${newId("upd")}`);
    const messages = packCodes("me", codes, 7_900);
    expect(messages.every((message) => Buffer.byteLength(message) <= 7_900)).toBe(true);
    expect(messages.map(unpackCodes)).toEqual(messages.map((message) => ({ head: "me", codes: message.slice(3).split(",") })));
    expect(messages.flatMap((message) => unpackCodes(message).codes)).toEqual(codes);
  });

  it("carry ids of the right kind and nothing else", () => {
    const codes = [
      "update:con_00000000000000000000000000",
      "update:upd_1",
      "user:usr_'; drop table",
      "constructor:x",
      "update",
      "",
      ALL,
      "x:y",
    ];
    expect(codes.map(decodeHint)).toEqual(codes.map(() => null));
  });
});

describe("hints over a channel that fails", () => {
  it("gathers a burst into one message and names each id once", async () => {
    const channel = new FakeChannel();
    const hints = createPostgresHints(channel.open, log);
    const id = newId("upd");
    for (let i = 0; i < 1_000; i++) hints.send({ topic: "update", id });
    hints.send({ topic: "jobs" });
    await channel.sent();
    expect(channel.messages.map((message) => unpackCodes(message).codes)).toEqual([[`update:${id}`, "jobs"]]);
  });

  it("makes everybody re-read once it is back, whatever could not be sent meanwhile", async () => {
    const channel = new FakeChannel();
    const hints = createPostgresHints(channel.open, log);
    channel.broken = true;
    for (let i = 0; i < 100; i++) hints.send({ topic: "user", id: newId("usr") });
    await channel.failed();
    channel.broken = false;
    const own = collect(hints);
    channel.events?.onConnected();
    expect(own.losses()).toBe(1); // others may have sent while we were away
    await channel.sent();
    expect(channel.messages.map((message) => unpackCodes(message).codes)).toEqual([[ALL]]);
    const receiver = new FakeChannel();
    const there = collect(createPostgresHints(receiver.open, log));
    receiver.events?.onMessage(channel.messages[0] ?? "");
    expect(there.losses()).toBe(1);
  });
});

class FakeChannel {
  readonly messages: string[] = [];
  broken = false;
  events: NotifyEvents | null = null;
  #done: Record<"sent" | "failed", () => void> = { sent: () => undefined, failed: () => undefined };

  open = (events: NotifyEvents) => {
    this.events = events;
    return {
      maxBytes: 7_900,
      notify: async (messages: readonly string[]) => {
        if (this.broken) {
          setImmediate(this.#done.failed);
          throw new Error("no connection");
        }
        this.messages.push(...messages);
        this.#done.sent();
      },
      async [Symbol.asyncDispose]() {},
    };
  };

  sent = () => new Promise<void>((done) => (this.#done.sent = done));
  failed = () => new Promise<void>((done) => (this.#done.failed = done));
}

const postgres = databases.find(({ name }) => name === "PostgreSQL");
if (postgres) {
  const openPair = async (): Promise<HintsPair & { url: string }> => {
    const url = (await postgres.open()) ?? "";
    const [here, there] = [openHints({ dialect: "postgres", url }, log), openHints({ dialect: "postgres", url }, log)];
    await Promise.all([collect(here).lost(), collect(there).lost()]); // connected
    return {
      url,
      here,
      there,
      async [Symbol.asyncDispose]() {
        await Promise.all([here[Symbol.asyncDispose](), there[Symbol.asyncDispose]()]);
      },
    };
  };

  hintsContract("over PostgreSQL", openPair);

  describe("hints over PostgreSQL", () => {
    it("come back by themselves after the server has cut the connection, and say that hints may be lost", async () => {
      await using pair = await openPair();
      const [here, there] = [collect(pair.here), collect(pair.there)];
      const back = [here.lost(), there.lost()];
      const client = new pg.Client({ connectionString: pair.url });
      await client.connect();
      await client.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'hub-hints' and datname = current_database()",
      );
      await client.end();
      await Promise.all(back);
      const hint = { topic: "update", id: newId("upd") } as const;
      pair.here.send(hint);
      await there.times(1);
      expect(there.hints).toEqual([hint]);
    });

    it("send what is waiting before they close", async () => {
      await using pair = await openPair();
      const there = collect(pair.there);
      pair.here.send({ topic: "credentials" });
      await pair.here[Symbol.asyncDispose]();
      await there.times(1);
      expect(there.hints).toEqual([{ topic: "credentials" }]);
    });
  });
}
