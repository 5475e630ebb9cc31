import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { LookupAddress } from "node:dns";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { registerCallbacks, type CallbackParts } from "../src/callbacks/worker.ts";
import type { Environment } from "../src/domain/bank.ts";
import { Secret } from "../src/domain/secret.ts";
import { MADE_BY_OPERATOR, type Tenant } from "../src/domain/tenant.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../src/domain/time.ts";
import { createLog } from "../src/log.ts";
import { createPoster } from "../src/http/post.ts";
import { ForbiddenAddress, guardedLookup, isAllowed } from "../src/http/ssrf.ts";
import type { JobHandler, WorkOptions } from "../src/jobs/jobs.ts";
import { job, startBench } from "./contracts/jobs-bench.ts";
import { openTestStore } from "./databases.ts";
import { NOW, tenant as storedTenant } from "./contracts/store-fixtures.ts";

const SECRET = `whsec_${Buffer.from("a callback secret of 32 bytes!!!").toString("base64")}`;
const EVENT = {
  kind: "update",
  eventId: "evt_1",
  tenantId: "ten_1",
  userId: "usr_1",
  consentId: "con_1",
  updateId: "upd_1",
  status: "COMPLETED",
  sequence: 7,
  at: Date.UTC(2026, 10, 25, 12),
} as const;

describe("callbacks", () => {
  it("post a signed event that Standard Webhooks' own library accepts, and nothing but it", async () => {
    await using receiver = await startReceiver();
    await using hub = startCallbacks({ urls: [receiver.url] });
    await hub.deliver({ ...EVENT, url: receiver.url });
    const [request] = receiver.requests;
    const verified = new Webhook(SECRET).verify(request?.body ?? "", request?.headers ?? {});
    expect(verified).toEqual({
      type: "update.status",
      id: "evt_1",
      timestamp: "2026-11-25T12:00:00.000Z",
      data: { updateId: "upd_1", consentId: "con_1", userId: "usr_1", status: "COMPLETED", sequence: 7 },
    });
    expect(request).toMatchObject({ method: "POST", headers: { "content-type": "application/json", "webhook-id": "evt_1" } });
    expect(() => new Webhook(SECRET).verify(`${request?.body ?? ""} `, request?.headers ?? {})).toThrow("No matching signature");
  });

  it("repeat under the same id with a fresh signature when the receiver answers 500", async () => {
    await using receiver = await startReceiver(500, 204);
    await using hub = startCallbacks({ urls: [receiver.url] });
    await expect(hub.deliver({ ...EVENT, url: receiver.url })).rejects.toThrow("answered 500");
    hub.clock.now = () => Date.now() + MINUTE;
    await hub.deliver({ ...EVENT, url: receiver.url });
    const [first, second] = receiver.requests;
    expect([first, second].map((request) => request?.headers["webhook-id"])).toEqual(["evt_1", "evt_1"]);
    expect(second?.headers["webhook-signature"]).not.toBe(first?.headers["webhook-signature"]);
    expect(new Webhook(SECRET).verify(second?.body ?? "", second?.headers ?? {})).toMatchObject({ id: "evt_1" });
  });

  it("are repeated over three days with growing pauses, then given up", async () => {
    await using hub = startCallbacks({ urls: [] });
    const delays = Array.from({ length: 10 }, (_, i) => hub.options().retryDelay(i + 1));
    const wanted = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
    expect(delays.at(9)).toBeNull();
    expect(delays.slice(0, 9).every((delay, i) => delay !== null && delay >= (wanted[i] ?? 0) && delay <= (wanted[i] ?? 0) * 1.1)).toBe(
      true,
    );
    expect(wanted.reduce((sum, delay) => sum + delay)).toBeGreaterThan(3 * DAY);
  });

  it.each([301, 302, 307, 308])("do not follow a redirect (%i): a receiver that moved registers its new URL", async (status) => {
    await using elsewhere = await startReceiver();
    await using receiver = await startReceiver([status, { location: elsewhere.url }]);
    await using hub = startCallbacks({ urls: [receiver.url, elsewhere.url] });
    await expect(hub.deliver({ ...EVENT, url: receiver.url })).rejects.toThrow(`answered ${String(status)}`);
    expect(elsewhere.requests).toEqual([]);
  });

  it("stop at 410 Gone", async () => {
    await using receiver = await startReceiver(410);
    await using hub = startCallbacks({ urls: [receiver.url] });
    await hub.deliver({ ...EVENT, url: receiver.url });
    expect(hub.logged).toContain("callback dropped: the receiver says that it is gone");
  });

  it("go only to a URL that is registered at the time of sending", async () => {
    await using receiver = await startReceiver();
    await using hub = startCallbacks({ urls: [`${receiver.url}/other`] });
    await hub.deliver({ ...EVENT, url: receiver.url });
    await hub.deliver({ ...EVENT, tenantId: "ten_2", url: `${receiver.url}/other` });
    expect(receiver.requests).toEqual([]);
    expect(hub.logged).toHaveLength(2);
  });

  it("are dropped, and not repeated for days, where the job cannot be understood", async () => {
    await using hub = startCallbacks({ urls: [] });
    await hub.deliver({ kind: "update", eventId: 5 });
    expect(hub.logged).toEqual(["callback dropped: its job says nothing that this version understands"]);
  });

  it("give up on a receiver that does not answer, and on one that drips", async () => {
    const silent = await startReceiver("silent");
    const dripping = await startReceiver("drip");
    await using hub = startCallbacks({ urls: [silent.url, dripping.url], deadline: 300 });
    await expect(hub.deliver({ ...EVENT, url: silent.url })).rejects.toThrow(/timeout/i);
    await hub.deliver({ ...EVENT, url: dripping.url }); // its status was 200: the rest does not matter, but must end
    await silent[Symbol.asyncDispose]();
    await dripping[Symbol.asyncDispose]();
  });

  it("in production go to https and to public addresses only", async () => {
    await using receiver = await startReceiver();
    await using hub = startCallbacks({ urls: [receiver.url, "https://127.0.0.1:1/"], environment: "PRODUCTION" });
    await hub.deliver({ ...EVENT, url: receiver.url });
    expect(hub.logged).toEqual(["callback dropped: production posts to https only"]);
    await expect(hub.deliver({ ...EVENT, url: "https://127.0.0.1:1/" })).rejects.toThrow(ForbiddenAddress);
    expect(receiver.requests).toEqual([]);
  });
});

describe("callbacks through the queue", () => {
  it("reach a living target in order while another target hangs, and come back to a failing one once a pause, not more", async () => {
    await using dead = await startReceiver("silent");
    await using alive = await startReceiver(204, 500, 204);
    const folder = mkdtempSync(join(tmpdir(), "hub-callbacks-"));
    const opened = await openTestStore(folder);
    await using store = opened.store;
    await store.tx(async (tx) => {
      await tx.insertTenant(storedTenant("ten_1"));
      await tx.setTenantUrls("ten_1", [], [dead.url, alive.url]);
    });
    await using bench = startBench(store);
    const openSecret = () => new Secret(SECRET);
    await using _poster = registerCallbacks({ store, jobs: bench.jobs, log: createLog("silent"), environment: "SANDBOX", openSecret });
    const event = (url: string, sequence: number) =>
      job({ queue: "callback", groupKey: url, payload: { ...EVENT, url, sequence }, runAt: NOW - 10 + sequence });
    await bench.enqueue(event(dead.url, 1), event(dead.url, 2), event(alive.url, 1), event(alive.url, 2), event(alive.url, 3));
    bench.jobs.nudge();
    await Promise.all([alive.received(3), dead.received(1)]);
    await bench.idle();
    expect(alive.sequences()).toEqual([1, 2, 3]);
    await bench.idle(); // the second was answered with 500; its five seconds have not passed
    expect(alive.sequences()).toEqual([1, 2, 3]);
    bench.clock.move(6 * SECOND);
    await alive.received(4);
    await bench.idle();
    expect(alive.sequences()).toEqual([1, 2, 3, 2]);
    expect(dead.sequences()).toEqual([1]); // one call at a time to one target
    rmSync(folder, { recursive: true });
  });
});

describe("the guard of outgoing addresses", () => {
  const PRIVATE = [
    "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1",
    "::", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "ff02::1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::10.0.0.1",
    "64:ff9b::10.0.0.1", "2002:0a00:0001::", "2001:db8::1", "no address",
  ]; // prettier-ignore
  const LOOPBACK = ["127.0.0.1", "127.255.0.3", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1"];
  const PUBLIC = ["93.184.216.34", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"];

  it.each(PRIVATE)("refuses %s everywhere", (address) => {
    expect([isAllowed(address, "public"), isAllowed(address, "public-or-loopback")]).toEqual([false, false]);
  });
  it.each(LOOPBACK)("lets %s through in the sandbox alone", (address) => {
    expect([isAllowed(address, "public"), isAllowed(address, "public-or-loopback")]).toEqual([false, true]);
  });
  it.each(PUBLIC)("lets %s through", (address) => {
    expect([isAllowed(address, "public"), isAllowed(address, "public-or-loopback")]).toEqual([true, true]);
  });

  it.each([
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://[::ffff:127.0.0.1]/",
    "http://localhost/",
  ])("connects to nothing for %s, however it is written", async (text) => {
    await using receiver = await startReceiver();
    await using poster = createPoster("public");
    const url = new URL(text);
    url.port = new URL(receiver.url).port;
    await expect(poster.post(url, "", {}, AbortSignal.timeout(5_000))).rejects.toSatisfy(isForbidden);
    expect(receiver.connections()).toBe(0);
  });

  it("hands on only the allowed addresses of a name, and none where none is", async () => {
    const found: LookupAddress[] = [
      { address: "10.0.0.1", family: 4 },
      { address: "1.1.1.1", family: 4 },
    ];
    const resolve = ((_name: string, _options: object, done: (error: null, all: LookupAddress[]) => void) => done(null, found)) as never;
    const lookup = guardedLookup("public", resolve);
    expect(await new Promise((done) => lookup("a.example", { all: true }, (...answer) => done(answer)))).toEqual([null, [found[1]]]);
    expect(await new Promise((done) => lookup("a.example", {}, (...answer) => done(answer)))).toEqual([null, "1.1.1.1", 4]);
    found.pop();
    expect(await new Promise((done) => lookup("a.example", {}, (error) => done(error)))).toBeInstanceOf(ForbiddenAddress);
  });
});

function isForbidden(error: unknown): boolean {
  return error instanceof ForbiddenAddress;
}

interface Received {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}
type Answer = number | readonly [number, Record<string, string>] | "silent" | "drip";

/** A tenant's receiver: gives the answers in turn, the last one for ever. */
async function startReceiver(...answers: Answer[]) {
  const requests: Received[] = [];
  const arrivals = new EventEmitter();
  let connections = 0;
  const server = createServer((req: IncomingMessage, res: ServerResponse) => void answer(req, res));
  server.on("connection", () => connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of req) body += String(chunk);
    const now = answers.length > 1 ? answers.shift() : (answers[0] ?? 204);
    requests.push({ method: req.method ?? "", headers: { ...(req.headers as Record<string, string>) }, body });
    arrivals.emit("request");
    if (now === "silent" || now === undefined) return;
    if (now === "drip") {
      res.writeHead(200);
      const drip = setInterval(() => res.write("."), 20);
      res.on("close", () => clearInterval(drip));
      return;
    }
    const [status, headers] = typeof now === "number" ? [now, {}] : now;
    res.writeHead(status, headers).end("thrown away");
  }

  return {
    url: `http://127.0.0.1:${String(port)}/hook`,
    requests,
    connections: () => connections,
    sequences: () => requests.map(({ body }) => (JSON.parse(body) as { data: { sequence: number } }).data.sequence),
    async received(count: number) {
      while (requests.length < count) await once(arrivals, "request");
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The worker over a queue that runs a job when the test says so. */
function startCallbacks(given: { urls: readonly string[]; environment?: Environment; deadline?: number }) {
  let work: { options: WorkOptions; handler: JobHandler } | null = null;
  const logged: string[] = [];
  const note = (_fields: object, message: string) => void logged.push(message);
  const environment = given.environment ?? "SANDBOX";
  const clock = { now: () => Date.now() };
  const tenant: Tenant = {
    ...MADE_BY_OPERATOR,
    id: "ten_1",
    name: "T",
    environment,
    redirectUrls: [],
    updateCallbackUrls: given.urls,
    callbackSecretSealed: "",
    createdAt: 0,
  };
  const log = { info: () => undefined, warn: note, error: note } as unknown as CallbackParts["log"]; // pino's overloads fit no small object
  const poster = registerCallbacks({
    store: { tenant: async (id) => (id === tenant.id ? tenant : null) },
    jobs: { work: (_queue, options, handler) => void (work = { options, handler }) },
    log,
    environment,
    openSecret: () => new Secret(SECRET),
    wallClock: { now: () => clock.now() },
    ...(given.deadline === undefined ? {} : { deadline: given.deadline }),
  });
  const registered = (): { options: WorkOptions; handler: JobHandler } => {
    if (!work) throw new Error("no worker was registered");
    return work;
  };
  return {
    logged,
    clock,
    options: () => registered().options,
    deliver: (payload: Record<string, unknown>) => registered().handler(payload, new AbortController().signal),
    [Symbol.asyncDispose]: () => poster[Symbol.asyncDispose](),
  };
}
