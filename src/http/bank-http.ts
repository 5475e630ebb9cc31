import type { Agent, request as sendRequest } from "undici";
import { SECOND } from "../domain/time.ts";
import { decoded, unpacked } from "./body.ts";
import { HttpFailure, httpFailureOf } from "./http-failure.ts";
import { createGuard, type Guard } from "./guard.ts";
import { assertAllowedHost, guardedLookup, type AddressPolicy, type Resolve } from "./ssrf.ts";

export interface BankHttpOptions {
  /** PEM texts of the client certificate, and of the CA that signed the server's where the system does not know it. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca: string | null } | null;
  /** Which addresses may be connected to; "any" also those of private networks. @default "any" */
  readonly addresses?: AddressPolicy | "any";
  /** How names become addresses. @default the system's way */
  readonly resolve?: Resolve;
  /** Milliseconds until the connection stands. @default 10_000 */
  readonly connectTimeout?: number;
  /** Milliseconds for the whole call, last byte included, however slowly the body drips. @default 30_000 */
  readonly deadline?: number;
  /** Bytes of a body after decompression. @default 20_000_000 */
  readonly maxBytes?: number;
  /** Calls at the same time; others wait in line. @default 16 */
  readonly concurrency?: number;
}

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | null;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** After decompression, before decoding. */
  readonly bytes: Uint8Array;
}

/** undici's part of a client: loaded with the first call, because a hub that starts need not wait 40 ms for it. */
interface Transport {
  readonly agent: Agent;
  readonly request: typeof sendRequest;
}

/** The HTTP client of one bank: one connection pool, one identity, one guard. Knows nothing of what is said over it. */
export class BankHttp {
  readonly #open: () => Promise<Transport>;
  #transport: Promise<Transport> | undefined;
  readonly #guard: Guard;
  readonly #deadline: number;
  readonly #maxBytes: number;
  readonly #addresses: AddressPolicy | "any";

  constructor(options: BankHttpOptions = {}) {
    const { tls = null, connectTimeout = 10 * SECOND, deadline = 30 * SECOND, maxBytes = 20_000_000, concurrency = 16 } = options;
    this.#addresses = options.addresses ?? "any";
    this.#deadline = deadline;
    this.#maxBytes = maxBytes;
    this.#guard = createGuard(concurrency);
    const agentOptions: Agent.Options = {
      allowH2: false,
      // The deadline below covers both of these; undici's body timeout would never fire on a body that drips.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        timeout: connectTimeout,
        ...(this.#addresses === "any" ? {} : { lookup: guardedLookup(this.#addresses, options.resolve) }),
        ...(tls === null ? {} : { cert: tls.cert, key: tls.key, ...(tls.ca === null ? {} : { ca: tls.ca }) }),
      },
    };
    this.#open = async () => {
      const { default: undici } = await import("undici"); // CommonJS: in the bundle it has no other export
      return { agent: new undici.Agent(agentOptions), request: undici.request };
    };
  }

  /**
   * One attempt; redirects are answers, not instructions.
   * @throws HttpFailure where there is no complete answer; the signal's reason where the caller gave up
   */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    signal.throwIfAborted();
    try {
      return await this.#guard(() => this.#exchange(request, signal), signal);
    } catch (error) {
      signal.throwIfAborted();
      throw httpFailureOf(error);
    }
  }

  /** Cuts open connections: calls that still run end as RESET. */
  async close(): Promise<void> {
    const transport = await this.#transport;
    await transport?.agent.destroy();
  }

  async #exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const deadline = AbortSignal.timeout(this.#deadline);
    try {
      if (this.#addresses !== "any") assertAllowedHost(request.url, this.#addresses);
      const { agent, request: send } = await (this.#transport ??= this.#open());
      const answer = await send(request.url, {
        dispatcher: agent,
        method: request.method,
        headers: { "accept-encoding": "gzip, deflate, br", ...request.headers },
        body: request.body ?? null,
        signal: AbortSignal.any([signal, deadline]),
      });
      const headers = joined(answer.headers);
      const bytes = await unpacked(await this.#collect(answer.body), headers["content-encoding"], this.#maxBytes);
      return { status: answer.statusCode, headers, bytes, text: decoded(bytes, headers["content-type"]) };
    } catch (error) {
      if (deadline.aborted && !signal.aborted) throw new HttpFailure("TIMEOUT", true, error);
      throw error;
    }
  }

  async #collect(body: AsyncIterable<Buffer>): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body) {
      size += chunk.length;
      if (size > this.#maxBytes) throw new HttpFailure("TOO_LARGE", true);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, size);
  }
}

function joined(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
  }
  return plain;
}
