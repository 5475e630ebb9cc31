import type { LookupAddress } from "node:dns";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { isIPv4 } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openConnector } from "../../src/connectors/registry.ts";
import { BankError } from "../../src/domain/failure.ts";
import { BankHttp } from "../../src/http/bank-http.ts";
import { createPoster } from "../../src/http/post.ts";
import { ForbiddenAddress, type Resolve } from "../../src/http/ssrf.ts";
import { BANK } from "../graphql.fixture.ts";

/** Every way to write an address that is not the public internet's: the hosts of URLs. */
const FORMS = [
  // this machine
  "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "2130706433", "017700000001", "0x7f000001", "0x7f.0.0.1", "0x7f.1", "0177.0.0.1",
  "0177.1", "127.0.0.1.", "00000177.0.0.1", "127.0x0.0.1", "%31%32%37.0.0.1", "１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1",
  "0", "0.0.0.0", "0x0", "00000000", "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::]", "[::127.0.0.1]", "[::7f00:1]",
  "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:0001]", "[::ffff:0:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
  // the link, and what clouds put there
  "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]",
  "[fe80::1]", "[fe80::a9fe:a9fe]", "[fd00:ec2::254]", "[64:ff9b::a9fe:a9fe]",
  // private networks
  "10.0.0.1", "10.1", "167772161", "012.0.0.1", "0xa.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.1", "3232235521",
  "[::ffff:10.0.0.1]", "[::ffff:192.168.0.1]", "[fc00::1]", "[fdff::1]", "[2002:a00:1::]", "[2002:c0a8:1::]", "100.64.0.1", "100.127.255.254",
  // what nobody may have
  "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
  "[ff02::1]", "[2001:db8::1]", "[100::1]", "[fec0::1]", "[2001::1]",
]; // prettier-ignore

/** A resolver that gives one list after the other, the last one for ever. */
function resolver(...answers: readonly (readonly string[])[]): { resolve: Resolve; asked: () => number } {
  let asked = 0;
  const resolve = ((_name: string, _options: object, callback: (error: null, found: LookupAddress[]) => void) => {
    const list = answers[Math.min(asked++, answers.length - 1)] ?? [];
    callback(
      null,
      list.map((address) => ({ address, family: isIPv4(address) ? 4 : 6 })),
    );
  }) as unknown as Resolve; // the overloads of dns.lookup that the hub does not use
  return { resolve, asked: () => asked };
}

let server: Server;
let port: number;
let connections = 0;
beforeAll(async () => {
  server = createServer((socket) => {
    connections++;
    socket.on("error", () => undefined);
    socket.on("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"));
  });
  server.listen(0);
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => void server.close());

/** The two ways out of the hub. */
const WAYS = {
  "a callback": async (url: URL, resolve?: Resolve, policy: "public" | "public-or-loopback" = "public"): Promise<number> => {
    await using poster = createPoster(policy, 2_000, resolve);
    return await poster.post(url, "{}", {}, new AbortController().signal);
  },
  "a bank": async (url: URL, resolve?: Resolve, policy: "public" | "public-or-loopback" = "public"): Promise<number> => {
    const http = new BankHttp({ addresses: policy, deadline: 2_000, ...(resolve ? { resolve } : {}) });
    try {
      return (await http.send({ method: "GET", url, headers: {} }, new AbortController().signal)).status;
    } finally {
      await http.close();
    }
  },
};
function isForbidden(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof ForbiddenAddress) return true;
  return false;
}

describe.each(Object.entries(WAYS))("%s in production", (_name, call) => {
  it(`connects to none of ${String(FORMS.length)} forms of addresses that are not public`, async () => {
    expect(FORMS.length).toBeGreaterThan(60);
    const before = connections;
    const escaped: string[] = [];
    for (const form of FORMS) {
      const text = `http://${form}:${String(port)}/`;
      if (!URL.canParse(text)) continue;
      await call(new URL(text)).then(
        (status) => void escaped.push(`${form}: ${String(status)}`),
        (error: unknown) => void (isForbidden(error) || escaped.push(`${form}: ${String(error)}`)),
      );
    }
    expect(escaped).toEqual([]);
    expect(connections).toBe(before);
    expect(FORMS.filter((form) => URL.canParse(`http://${form}/`)).length).toBeGreaterThan(60);
  });

  it("connects to nothing for a name that leads to one of them, whatever stands beside it", async () => {
    const before = connections;
    const url = new URL(`http://rebind.example:${String(port)}/`);
    for (const addresses of [["127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["10.0.0.1", "169.254.169.254"], ["fe80::1", "127.0.0.1"]])
      await expect(call(url, resolver(addresses).resolve)).rejects.toSatisfy(isForbidden);
    for (const name of ["localhost", "x.localhost", "localhost."])
      await expect(call(new URL(`http://${name}:${String(port)}/`))).rejects.toThrow();
    expect(connections).toBe(before);
  });

  it("connects to the address that was checked: a name that is rebound between two questions finds no gap", async () => {
    const url = new URL(`http://rebind.example:${String(port)}/`);
    const before = connections;
    const rebound = resolver(["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"]);
    expect(await call(url, rebound.resolve, "public-or-loopback")).toBe(200);
    expect([connections - before, rebound.asked()]).toEqual([1, 1]);
    await expect(call(url, rebound.resolve, "public-or-loopback")).rejects.toSatisfy(isForbidden);
    // Of several addresses only those that may be connected to are handed on.
    expect(await call(url, resolver(["10.0.0.1", "127.0.0.1"]).resolve, "public-or-loopback")).toBe(200);
    expect(connections - before).toBe(2);
  });
});

describe("a production bank", () => {
  const connection = {
    baseUrl: "",
    auth: { clientId: "c", clientSecret: null, method: "tls_client_auth", scope: null, authorizationUrl: null, tokenUrl: null },
    tls: null, sign: null, profile: {},
  } as const; // prettier-ignore
  it("of the Berlin Group's standard is not asked on this machine, and counts as down", async () => {
    const opened = async (environment: "SANDBOX" | "PRODUCTION"): Promise<[number, unknown]> => {
      const before = connections;
      const bank = { ...BANK, environment, connection: { ...connection, baseUrl: `http://127.0.0.1:${String(port)}` } };
      const connector = openConnector(bank, { clock: { now: () => Date.now() } });
      const texts = { state: "s".repeat(43), codeVerifier: "v".repeat(43), nonce: "n", redirectUri: "https://hub.example/callback/bank-a" };
      const wish = { scopes: ["ACCOUNTS"], psuType: "PERSONAL", validUntil: "2026-12-01", psu: null, renews: null, ...texts } as const;
      const error: unknown = await connector?.openGrant(wish, AbortSignal.timeout(5_000)).catch((thrown: unknown) => thrown);
      await connector?.close();
      return [connections - before, error];
    };
    const [made, error] = await opened("PRODUCTION");
    expect([made, isForbidden(error), error instanceof BankError && error.failure]).toEqual([0, true, "BANK_TEMPORARY"]);
    expect((await opened("SANDBOX"))[0]).toBeGreaterThan(0); // the same bank, where it may be anywhere
  });
});

describe("what a bank answers", () => {
  /** Memory that one answer may cost above its limit, in bytes: buffers of the transport and of zlib. */
  const SLACK = 50_000_000;
  const LIMIT = 5_000_000;

  async function answer(
    body: Buffer | ((write: (chunk: Buffer) => boolean) => void),
    headers: string,
  ): Promise<{ kind: string; grown: number }> {
    const bad = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => {
        socket.write(`HTTP/1.1 200 OK\r\n${headers}\r\n\r\n`);
        if (Buffer.isBuffer(body)) return void socket.end(body);
        body((chunk) => !socket.destroyed && socket.write(chunk));
        socket.on("drain", () => body((chunk) => !socket.destroyed && socket.write(chunk)));
      });
    });
    bad.listen(0, "127.0.0.1");
    await once(bad, "listening");
    const http = new BankHttp({ maxBytes: LIMIT, deadline: 1_500 });
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 5);
    const url = new URL(`http://127.0.0.1:${String((bad.address() as AddressInfo).port)}/`);
    const kind = await http.send({ method: "GET", url, headers: {} }, new AbortController().signal).then(
      ({ bytes }) => `answer of ${String(bytes.length)}`,
      (error: unknown) => (error as { kind: string }).kind,
    );
    clearInterval(watch);
    await http.close();
    bad.close();
    return { kind, grown: most - before };
  }

  const endless = Buffer.alloc(64 * 1024, "[");
  it.each<[string, Parameters<typeof answer>, string]>([
    ["100 MB in a gzip of 100 KB", [gzipSync(Buffer.alloc(100_000_000)), "content-encoding: gzip\r\nconnection: close"], "TOO_LARGE"],
    ["a body without an end", [(write) => {
          while (write(endless));
        }, "content-type: application/json\r\nconnection: close"], "TOO_LARGE"],
    ["a body that promises more than it has", [Buffer.from("{}"), "content-length: 4000\r\nconnection: close"], "UNREADABLE"],
    ["half a gzip", [gzipSync(Buffer.alloc(1_000_000, "ab")).subarray(0, 500), "content-encoding: gzip\r\nconnection: close"], "UNREADABLE"],
    ["a body that drips", [(write) => void write(Buffer.from("[")), "content-length: 4000"], "TIMEOUT"],
  ])("is cut off for %s, in bounded memory", async (_name, given, kind) => {
    const result = await answer(...given);
    expect(result.kind).toBe(kind);
    expect(result.grown).toBeLessThan(LIMIT + SLACK);
  }); // prettier-ignore
});
