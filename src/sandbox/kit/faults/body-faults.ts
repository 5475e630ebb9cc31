import { gzipSync } from "node:zlib";
import type { Reply } from "../http-message.ts";
import { BODY_FAULTS, inGroup, type Fault } from "./fault.ts";

const MEGABYTE = 1_048_576;

/** Changes the bytes of a right answer; other kinds pass it on as it is. */
export function spoiltBytes(reply: Reply, { kind, params }: Fault): Reply {
  if (!inGroup(BODY_FAULTS, kind)) return reply;
  const text = reply.body.toString();
  switch (kind) {
    case "wrong-content-type":
      return { ...reply, headers: { ...reply.headers, "content-type": "text/plain" } };
    case "broken-json":
      return { ...reply, body: text.replace(/^\{/, "{,") };
    case "truncated-json":
      return { ...reply, body: text.slice(0, Math.floor(text.length * 0.6)) };
    case "gzip-bomb":
      return { ...reply, headers: { ...reply.headers, "content-encoding": "gzip" }, body: bomb(params?.megabytes ?? 200) };
    case "false-gzip":
      return { ...reply, headers: { ...reply.headers, "content-encoding": "gzip" } };
    case "bom":
      return { ...reply, body: `\uFEFF${text}` };
    case "latin1":
      return {
        ...reply,
        headers: { ...reply.headers, "content-type": "application/json; charset=ISO-8859-1" },
        body: Buffer.from(text, "latin1"),
      };
  }
}

/** Valid JSON, small on the wire: gzip members may follow one another, so one packed megabyte of blanks is repeated. */
function bomb(megabytes: number): Buffer {
  const blanks = gzipSync(Buffer.alloc(MEGABYTE, " "));
  return Buffer.concat([gzipSync("{"), ...Array.from({ length: megabytes }, () => blanks), gzipSync("}")]);
}
