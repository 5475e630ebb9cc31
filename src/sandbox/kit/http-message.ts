import type { IncomingMessage, ServerResponse } from "node:http";

/** One request as the bank sees it; the body is read before any handler runs (not for the OAuth server, which reads its own). */
export interface Call {
  readonly request: IncomingMessage;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Path and query exactly as sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | string[]>>;
  readonly body: string | Buffer;
}

/** Thrown anywhere in a handler: the answer is this reply. */
export class ReplyError extends Error {
  override readonly name = "ReplyError";
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(`HTTP ${reply.status}`);
    this.reply = reply;
  }
}

const BODY_LIMIT = 1_000_000;

export async function readCall(request: IncomingMessage, withBody: boolean): Promise<Call> {
  const target = request.url ?? "/";
  const url = new URL(target, "http://bank");
  const body = withBody ? await readBody(request) : Buffer.alloc(0);
  return { request, method: request.method ?? "GET", path: url.pathname, query: url.searchParams, target, headers: request.headers, body };
}

/** One header's value; several values joined by a comma, blanks trimmed, "" as absent. */
export function header(call: Call, name: string): string | undefined {
  const value = call.headers[name.toLowerCase()];
  const text = (Array.isArray(value) ? value.join(", ") : value)?.trim();
  return text === "" ? undefined : text;
}

export function jsonReply(status: number, body: unknown, headers: Reply["headers"] = {}): Reply {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { status, headers: { "content-type": "application/json", ...headers }, body: text };
}

export function redirectReply(location: string, headers: Reply["headers"] = {}): Reply {
  return { status: 303, headers: { location, "cache-control": "no-store", "referrer-policy": "no-referrer", ...headers }, body: "" };
}

export function formOf(call: Call): URLSearchParams {
  return new URLSearchParams(call.body.toString("utf8"));
}

export function sendReply(response: ServerResponse, reply: Reply): void {
  const body = typeof reply.body === "string" ? Buffer.from(reply.body) : reply.body;
  const length = reply.status === 204 || reply.status === 304 ? {} : { "content-length": body.length };
  response.writeHead(reply.status, { ...reply.headers, ...length });
  response.end(reply.status === 204 ? undefined : body);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const part = chunk as Buffer;
    size += part.length;
    if (size > BODY_LIMIT) throw new ReplyError(jsonReply(413, { error: "body too large" }));
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}
