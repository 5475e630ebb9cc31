import { createHash } from "node:crypto";
import type { FastifyInstance } from "fastify";

/** Pictures that others embed: nothing in them may run or load, wherever somebody opens one by itself. */
const HEADERS = {
  "content-type": "image/svg+xml; charset=utf-8",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  "cross-origin-resource-policy": "cross-origin",
  "x-content-type-options": "nosniff",
  "cache-control": "public, max-age=86400",
} as const;

/** `/logos/<bankId>.svg`: the pictures that the hub draws for sandbox banks. */
export function logoRoute(app: FastifyInstance, logo: (bankId: string) => string | null): void {
  app.get<{ Params: { file: string } }>("/logos/:file", async (request, reply) => {
    const { file } = request.params;
    const svg = file.endsWith(".svg") ? logo(file.slice(0, -".svg".length)) : null;
    if (svg === null) return reply.code(404).send({ error: "There is no such logo." });
    const etag = `"${createHash("sha256").update(svg).digest("base64url").slice(0, 22)}"`;
    void reply.headers({ ...HEADERS, etag });
    return request.headers["if-none-match"] === etag ? reply.code(304).send() : reply.send(svg);
  });
}
