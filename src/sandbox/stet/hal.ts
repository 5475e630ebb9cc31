import type { Call, Reply } from "../kit/http-message.ts";
import { ReplyError } from "../kit/http-message.ts";

const HAL = "application/hal+json; charset=utf-8";
const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
  429: "Too Many Requests", 500: "Internal Server Error", 501: "Not Implemented", 503: "Service Unavailable",
}; // prettier-ignore

/** A link as the standard's own examples print it: relative to what precedes the version. */
export interface Link {
  readonly href: string;
}

export function halReply(call: Call, body: unknown): Reply {
  return { status: 200, headers: { "content-type": HAL, ...echoed(call) }, body: typeof body === "string" ? body : JSON.stringify(body) };
}

/** "No content": for every list that is empty. */
export function noContent(call: Call): Reply {
  return { status: 204, headers: echoed(call), body: "" };
}

/** ErrorModel; `error` is the reason phrase, `message` at most 140 characters. */
export function errorReply(
  status: number,
  message: string,
  details: { readonly call?: Call; readonly headers?: Reply["headers"]; readonly now?: Date } = {},
): Reply {
  const { call, headers = {}, now } = details;
  const body = {
    ...(now ? { timestamp: now.toISOString() } : {}),
    status,
    error: REASONS[status] ?? "Error",
    message: message.slice(0, 140),
    ...(call ? { path: call.path } : {}),
  };
  return { status, headers: { "content-type": HAL, ...(call ? echoed(call) : {}), ...headers }, body: JSON.stringify(body) };
}

export function refused(status: number, message: string, headers: Reply["headers"] = {}): ReplyError {
  return new ReplyError(errorReply(status, message, { headers }));
}

export function echoed(call: Call): Record<string, string> {
  const id = call.headers["x-request-id"];
  return typeof id === "string" ? { "x-request-id": id } : {};
}
