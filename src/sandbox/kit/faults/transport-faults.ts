import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Reply } from "../http-message.ts";
import { inGroup, REPLACING_FAULTS, type Fault } from "./fault.ts";

/** Answers that take the place of the handler's. `undefined`: the handler runs. */
export function replacedReply(fault: Fault): Reply | undefined {
  const html = (status: number, title: string): Reply => ({
    status,
    headers: { "content-type": "text/html; charset=utf-8" },
    body: `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1><p>Ray ID 7f00</p></body></html>`,
  });
  const { kind } = fault;
  if (!inGroup(REPLACING_FAULTS, kind)) return undefined;
  switch (kind) {
    case "http-500":
      return { status: 500, headers: { "content-type": "application/json" }, body: '{"message":null}' };
    case "http-502":
      return html(502, "502 Bad Gateway");
    case "http-503":
      return { status: 503, headers: { "content-type": "text/plain" }, body: "Service Unavailable" };
    case "http-504":
      return html(504, "504 Gateway Time-out");
    case "html-page":
      return html(fault.params?.status ?? 200, "Maintenance");
    case "empty-200":
      return { status: 200, headers: { "content-type": "application/json" }, body: "" };
    case "no-content-204":
      return { status: 204, headers: {}, body: "" };
  }
}

/** Waits, hangs or cuts before the handler. False: the connection is gone or kept silent, nothing more is to be done. */
export async function passesTransport(faults: readonly Fault[], response: ServerResponse): Promise<boolean> {
  for (const { kind, params } of faults) {
    if (kind === "delay") await sleep(params?.ms ?? 2000, undefined, { ref: false });
    if (kind === "hang") return false;
    if (kind === "connection-reset") {
      response.socket?.resetAndDestroy();
      return false;
    }
  }
  return true;
}

/** Sends the head and first half of the body, then cuts the connection. */
export function sendHalf(response: ServerResponse, reply: Reply): void {
  const body = Buffer.from(reply.body);
  response.writeHead(reply.status, { ...reply.headers, "content-length": body.length });
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.resetAndDestroy());
}

/** Sends the body a few bytes at a time: no single read takes long, the whole takes for ever. */
export async function sendDripping(response: ServerResponse, reply: Reply, { params }: Fault): Promise<void> {
  const body = Buffer.from(reply.body);
  const step = params?.bytes ?? 16;
  response.writeHead(reply.status, { ...reply.headers, "content-length": body.length });
  for (let at = 0; at < body.length && !response.destroyed; at += step) {
    response.write(body.subarray(at, at + step));
    await sleep(params?.ms ?? 50, undefined, { ref: false });
  }
  response.end();
}
