import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

export type Json = Record<string, unknown>;

/** One answer of the bank on its way to the hub. */
export interface Passing {
  readonly list: "accounts" | "balances" | "transactions";
  readonly query: URLSearchParams;
  /** Days since the scenario began. */
  readonly day: number;
  /** Lists of transactions asked for from their first page so far on this day, this one included. */
  readonly fetch: number;
  /** Parsed; may be changed in place. */
  readonly body: Json;
}

/** What the hub gets instead; undefined = `body`, as it was changed. */
export type Spoiled = { readonly status?: number; readonly type?: string; readonly text: string } | undefined;
export type Spoil = (passing: Passing) => Spoiled;

/** A man in the middle that makes a correct bank misbehave: passes everything on, and lets `spoil` change what account data says. */
export class SpoilingProxy implements AsyncDisposable {
  day = 0;
  #fetches = 0;
  readonly #target: string;
  readonly #spoil: Spoil;
  readonly #ask: (url: URL) => void;
  readonly #server = createServer((request, response) => void this.#pass(request, response));

  /** @param ask changes what the bank is asked */
  constructor(target: string, spoil: Spoil, ask: (url: URL) => void = () => undefined) {
    this.#target = target;
    this.#spoil = spoil;
    this.#ask = ask;
  }

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  nextDay(): void {
    this.day++;
    this.#fetches = 0;
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { host: _host, connection: _connection, "content-length": _length, "transfer-encoding": _coding, ...headers } = request.headers;
      const given = Object.entries(headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, String(value)] as [string, string]],
      );
      const asked = new URL(request.url ?? "/", this.#target);
      if (asked.pathname.endsWith("/transactions")) this.#ask(asked);
      const answer = await fetch(asked, {
        method: request.method ?? "GET",
        headers: given,
        redirect: "manual",
        ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
      });
      const passed = Object.fromEntries(
        [...answer.headers].filter(([name]) => !/^(content-(length|encoding)|transfer-encoding|connection)$/.test(name)),
      );
      const text = await answer.text();
      const spoiled = answer.status === 200 ? this.#spoiled(new URL(request.url ?? "/", this.#target), text) : undefined;
      if (spoiled?.type !== undefined) passed["content-type"] = spoiled.type;
      response.writeHead(spoiled?.status ?? answer.status, passed).end(spoiled?.text ?? text);
    } catch (error) {
      response.writeHead(502).end(String(error));
    }
  }

  #spoiled(url: URL, text: string): Spoiled {
    const list = /\/v1\/(?:card-)?accounts(?:\/[^/]+\/(balances|transactions))?$/.exec(url.pathname);
    if (!list) return undefined;
    const kind = (list[1] ?? "accounts") as Passing["list"];
    if (kind === "transactions" && !url.searchParams.has("page")) this.#fetches++;
    const body = JSON.parse(text) as Json;
    const spoiled = this.#spoil({ list: kind, query: url.searchParams, day: this.day, fetch: this.#fetches, body });
    return spoiled ?? { text: JSON.stringify(body) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
