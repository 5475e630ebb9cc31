import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { BankHttp, type BankHttpOptions } from "./bank-http.ts";
import { createGuard } from "./guard.ts";
import { HttpFailure } from "./http-failure.ts";

const forever = new AbortController().signal;

/** A server that answers so, and a client of these options, both gone afterwards. */
async function exchange<T>(
  listener: RequestListener,
  use: (http: BankHttp, url: URL) => Promise<T>,
  options: BankHttpOptions = {},
): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const http = new BankHttp(options);
  try {
    return await use(http, new URL(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/path?q=1`));
  } finally {
    await http.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const get = (http: BankHttp, url: URL, signal = forever) => http.send({ method: "GET", url, headers: {} }, signal);

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => "answered",
    (error: unknown) => (error instanceof HttpFailure ? `${error.kind}${error.sent ? " sent" : ""}` : error),
  );

describe("an answer", () => {
  it("carries status, lower-case headers, bytes and text; redirects are not followed", () =>
    exchange(
      (request, response) => {
        response.writeHead(302, { Location: "/elsewhere", "X-Twice": ["a", "b"] });
        response.end(`${String(request.method)} ${String(request.url)} ${String(request.headers["x-own"])}`);
      },
      async (http, url) => {
        const answer = await http.send({ method: "POST", url, headers: { "x-own": "1" }, body: "b" }, forever);
        expect(answer).toMatchObject({ status: 302, text: "POST /path?q=1 1" });
        expect(answer.headers).toMatchObject({ location: "/elsewhere", "x-twice": "a, b" });
      },
    ));

  const text = JSON.stringify({ name: "Zażółć" });
  it.each([
    ["gzip", { "content-encoding": "gzip" }, gzipSync(text)],
    ["gzip that no header announces", {}, gzipSync(text)],
    ["deflate", { "content-encoding": "deflate" }, deflateSync(text)],
    ["raw deflate", { "content-encoding": "deflate" }, deflateRawSync(text)],
    ["brotli", { "content-encoding": "br" }, brotliCompressSync(text)],
    ["plain text called gzip", { "content-encoding": "gzip" }, Buffer.from(text)],
    ["plain text called deflate", { "content-encoding": "deflate" }, Buffer.from(text)],
    ["plain text called brotli", { "content-encoding": "br" }, Buffer.from(text)],
    ["a byte order mark", {}, Buffer.from(`\ufeff${text}`)],
    ["UTF-16", { "content-type": "application/json; charset=utf-16le" }, Buffer.from(text, "utf16le")],
    ["an unknown charset", { "content-type": "application/json; charset=klingon" }, Buffer.from(text)],
  ])("is read through %s", (_name, headers, body) =>
    exchange(
      (_request, response) => void response.writeHead(200, headers).end(body),
      async (http, url) => expect((await get(http, url)).text).toBe(text),
    ),
  );

  it.each([
    ["declared", { "content-type": "text/plain; charset=iso-8859-1" }],
    ["declared as UTF-8", { "content-type": "application/json; charset=utf-8" }],
    ["undeclared", {}],
  ])("in ISO-8859-1 is read (%s)", (_name, headers) =>
    exchange(
      (_request, response) => void response.writeHead(200, headers).end(Buffer.from("Bäckerei", "latin1")),
      async (http, url) => expect((await get(http, url)).text).toBe("Bäckerei"),
    ),
  );
});

describe("a call without an answer", () => {
  it("is REFUSED, and was not sent, where nothing listens", async () => {
    const url = await exchange(
      () => undefined,
      (_http, at) => Promise.resolve(at),
    );
    const http = new BankHttp();
    expect(await failureOf(get(http, url))).toBe("REFUSED");
    await http.close();
  });

  it("is RESET where the connection breaks, before or within the body", () =>
    exchange(
      (request, response) => {
        if (request.url === "/early") return void request.socket.destroy();
        response.writeHead(200, { "content-length": "100" });
        response.write("half");
        setImmediate(() => request.socket.destroy());
      },
      async (http, url) => {
        expect(await failureOf(get(http, new URL("/early", url)))).toBe("RESET sent");
        expect(await failureOf(get(http, url))).toBe("RESET sent");
      },
    ));

  it("is a TIMEOUT at the deadline, for a server that is silent and for one that drips", () =>
    exchange(
      (request, response) => {
        if (request.url === "/silent") return;
        response.writeHead(200);
        const drip = setInterval(() => response.write("x"), 10);
        response.on("close", () => clearInterval(drip));
      },
      async (http, url) => {
        expect(await failureOf(get(http, new URL("/silent", url)))).toBe("TIMEOUT sent");
        expect(await failureOf(get(http, url))).toBe("TIMEOUT sent");
      },
      { deadline: 150 },
    ));

  it("is TOO_LARGE beyond the cap, of bytes as sent and as unpacked", () =>
    exchange(
      (request, response) => {
        const bomb = request.url === "/bomb";
        response.writeHead(200, bomb ? { "content-encoding": "gzip" } : {});
        response.end(bomb ? gzipSync(Buffer.alloc(50_000_000)) : Buffer.alloc(2_000));
      },
      async (http, url) => {
        expect(await failureOf(get(http, url))).toBe("answered");
        expect(await failureOf(get(http, new URL("/bomb", url)))).toBe("TOO_LARGE sent");
        const small = new BankHttp({ maxBytes: 1_999 });
        expect(await failureOf(get(small, url))).toBe("TOO_LARGE sent");
        await small.close();
      },
      { maxBytes: 1_000_000 },
    ));

  it("is UNREADABLE where a packed body is cut", () =>
    exchange(
      (_request, response) => void response.writeHead(200).end(gzipSync("x".repeat(10_000)).subarray(0, 30)),
      async (http, url) => expect(await failureOf(get(http, url))).toBe("UNREADABLE sent"),
    ));

  it("ends with the caller's own reason when aborted, before and during the call", () =>
    exchange(
      () => undefined,
      async (http, url) => {
        const reason = new Error("enough");
        expect(await failureOf(get(http, url, AbortSignal.abort(reason)))).toBe(reason);
        const controller = new AbortController();
        const call = failureOf(get(http, url, controller.signal));
        setImmediate(() => controller.abort(reason));
        expect(await call).toBe(reason);
      },
    ));
});

describe("the guard", () => {
  it("makes no more calls at a time than it may, and the others as soon as one ends", async () => {
    const guard = createGuard(3);
    const started: (() => void)[] = [];
    const task = () => new Promise<void>((resolve) => void started.push(resolve));
    const calls = Array.from({ length: 5 }, () => guard(task, forever));
    await new Promise((resolve) => setImmediate(resolve));
    expect(started).toHaveLength(3);
    started[0]?.();
    await calls[0];
    await new Promise((resolve) => setImmediate(resolve));
    expect(started).toHaveLength(4);
    started.splice(0).forEach((end) => end());
    await new Promise((resolve) => setImmediate(resolve));
    started.splice(0).forEach((end) => end());
    await Promise.all(calls);
  });

  it("stops calling a server that fails again and again, but not one that answers errors", () => {
    let calls = 0;
    return exchange(
      (request, response) => {
        calls += 1;
        if (request.url === "/error") return void response.writeHead(500).end();
        request.socket.destroy();
      },
      async (http, url) => {
        for (let call = 0; call < 25; call += 1) await get(http, new URL("/error", url));
        expect(calls).toBe(25);
        const kinds: unknown[] = [];
        for (let call = 0; call < 25; call += 1) kinds.push(await failureOf(get(http, url)));
        expect(kinds.filter((kind) => kind === "RESET sent")).toHaveLength(20);
        expect(kinds.slice(20)).toEqual(Array(5).fill("OVERLOADED"));
      },
    );
  });
});
