import type { IncomingMessage } from "node:http";

export const MAX_BODY_BYTES = 100 * 1024;

export class BodyRefused extends Error {
  override readonly name = "BodyRefused";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The JSON body of a POST. @throws BodyRefused with the HTTP status to answer */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") throw new BodyRefused(415, "Send Content-Type: application/json.");
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) throw new BodyRefused(413, "The body is over 100 KB.");
  const chunks: Buffer[] = [];
  let size = 0;
  // Not destroyed on the way out: the refusal still has to travel over this socket.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new BodyRefused(413, "The body is over 100 KB.");
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks))) as unknown;
  } catch {
    throw new BodyRefused(400, "The body is no valid JSON.");
  }
}
