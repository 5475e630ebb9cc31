import { HeaderMap, type ApolloServer, type HTTPGraphQLRequest } from "@apollo/server";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Access, Caller } from "../access/access.ts";
import type { PsuContext } from "../domain/update.ts";
import { BodyRefused, readJson } from "./body.ts";
import type { Context } from "./context.ts";
import type { Documents } from "./documents.ts";
import { psuOfRequest } from "./psu-of-request.ts";

export interface HttpParts {
  readonly apollo: ApolloServer<Context>;
  readonly access: Pick<Access, "authenticate">;
  readonly documents: Documents;
  readonly contextFor: (caller: Caller, psu: PsuContext | null, signal: AbortSignal) => Context;
}

/** `POST /graphql` after GraphQL over HTTP. @throws BodyRefused for a body that cannot be read */
export async function answerPost(parts: HttpParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readJson(request);
  const caller = await parts.access.authenticate(request.headers.authorization, request.headers.origin);
  if (caller.kind === "refused") {
    response.setHeader("www-authenticate", "Bearer");
    return refuse(response, 401, caller.message, "UNAUTHENTICATED");
  }
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const result = await parts.apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: toApollo(request, body),
    context: async () => {
      const { query, operationName } = operationIn(body);
      const refusal = query === undefined ? null : parts.documents.refusal(query, operationName, caller);
      if (refusal) throw refusal;
      return parts.contextFor(caller, psuOfRequest(request), gone.signal);
    },
  });
  response.statusCode = result.status ?? 200;
  for (const [name, value] of result.headers) response.setHeader(name, value);
  response.setHeader("cache-control", "no-store");
  if (result.body.kind === "complete") return void response.end(result.body.string);
  for await (const chunk of result.body.asyncIterator) response.write(chunk);
  response.end();
}

/** The answer to a request that Apollo never sees. */
export function refuse(response: ServerResponse, status: number, message: string, code: string): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" });
  response.end(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
}

/** @returns false for an error that is not about the body */
export function refuseBody(response: ServerResponse, error: unknown): boolean {
  if (!(error instanceof BodyRefused)) return false;
  if (error.status === 413) response.setHeader("connection", "close"); // the rest of the body is not read
  refuse(response, error.status, error.message, "BAD_USER_INPUT");
  return true;
}

function operationIn(body: unknown): { readonly query: string | undefined; readonly operationName: string | undefined } {
  if (typeof body !== "object" || body === null) return { query: undefined, operationName: undefined };
  const query = "query" in body && typeof body.query === "string" ? body.query : undefined;
  return { query, operationName: "operationName" in body && typeof body.operationName === "string" ? body.operationName : undefined };
}

function toApollo(request: IncomingMessage, body: unknown): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  return { method: "POST", headers, search: "", body };
}
