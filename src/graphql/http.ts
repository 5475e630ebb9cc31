import { HeaderMap, type ApolloServer, type HTTPGraphQLRequest } from "@apollo/server";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Access, Budget, Caller, Peer } from "../access/access.ts";
import type { PsuContext } from "../domain/update.ts";
import type { Instant } from "../domain/time.ts";
import { BodyRefused, readJson } from "./body.ts";
import { charge } from "./charge.ts";
import type { Context } from "./context.ts";
import type { Variables } from "./cost.ts";
import type { Documents } from "./documents.ts";
import { psuOfRequest } from "./psu-of-request.ts";

export interface HttpParts {
  readonly apollo: ApolloServer<Context>;
  readonly access: Pick<Access, "authenticate">;
  readonly documents: Documents;
  readonly budget: Budget;
  readonly peerOf: (request: IncomingMessage) => Peer;
  readonly contextFor: (caller: Caller, psu: PsuContext | null, signal: AbortSignal) => Context;
}

/** `POST /graphql` after GraphQL over HTTP. @throws BodyRefused for a body that cannot be read */
export async function answerPost(parts: HttpParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readJson(request);
  const peer = parts.peerOf(request);
  const { address } = peer;
  const caller = await parts.access.authenticate(request.headers.authorization, request.headers.origin, address, peer.certificate);
  if (caller.kind === "refused") {
    if (caller.retryAt !== undefined) return refuse(response, 429, caller.message, "RATE_LIMITED", caller.retryAt);
    response.setHeader("www-authenticate", "Bearer");
    return refuse(response, 401, caller.message, "UNAUTHENTICATED");
  }
  const gone = new AbortController();
  response.once("close", () => void (response.writableFinished || gone.abort()));
  let points: number | null = null;
  const result = await parts.apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: toApollo(request, body),
    context: async () => {
      const { query, operationName, variables } = operationIn(body);
      const context = parts.contextFor(caller, psuOfRequest(request, peer), gone.signal);
      if (query === undefined) return context; // Apollo says what is missing
      const charged = charge(parts, { caller, address, query, operationName, variables });
      const taken = typeof charged === "number" || charged instanceof Error ? charged : await charged;
      if (taken instanceof Error) throw taken;
      points = taken;
      const refusal = parts.documents.refusal(query, operationName, caller);
      if (refusal) throw refusal;
      return context;
    },
  });
  response.statusCode = result.status ?? 200;
  for (const [name, value] of result.headers) response.setHeader(name, value);
  response.setHeader("cache-control", "no-store");
  if (result.body.kind === "complete") return void response.end(withCost(result.body.string, points));
  for await (const chunk of result.body.asyncIterator) response.write(chunk);
  response.end();
}

/** `extensions.cost`, put behind an answer that is text already. The same operation costs the same, whatever it finds. */
function withCost(answer: string, points: number | null): string {
  const end = answer.lastIndexOf("}");
  return points === null || end < 0 ? answer : `${answer.slice(0, end)},"extensions":{"cost":${String(points)}}}\n`;
}

/** The answer to a request that Apollo never sees. */
export function refuse(response: ServerResponse, status: number, message: string, code: string, retryAt?: Instant): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" });
  const extensions = { code, ...(retryAt === undefined ? {} : { retryAt: new Date(retryAt).toISOString() }) };
  response.end(JSON.stringify({ errors: [{ message, extensions }] }));
}

/** @returns false for an error that is not about the body */
export function refuseBody(response: ServerResponse, error: unknown): boolean {
  if (!(error instanceof BodyRefused)) return false;
  if (error.status === 413) response.setHeader("connection", "close"); // the rest of the body is not read
  refuse(response, error.status, error.message, "BAD_USER_INPUT");
  return true;
}

function operationIn(body: unknown): {
  readonly query: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Variables;
} {
  const given: { query?: unknown; operationName?: unknown; variables?: unknown } = typeof body === "object" && body !== null ? body : {};
  const { query, operationName, variables } = given;
  return {
    query: typeof query === "string" ? query : undefined,
    operationName: typeof operationName === "string" ? operationName : undefined,
    variables: typeof variables === "object" && variables !== null ? (variables as Variables) : {},
  };
}

function toApollo(request: IncomingMessage, body: unknown): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  return { method: "POST", headers, search: "", body };
}
