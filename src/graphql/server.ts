import { ApolloServer, HeaderMap, type ApolloServerPlugin, type HTTPGraphQLRequest } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from "@apollo/server/plugin/disabled";
import { renderGraphiQL } from "@graphql-yoga/render-graphiql";
import { visit, type DocumentNode } from "graphql";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Access, Caller } from "../access/access.ts";
import type { BankDirectory } from "../banks/directory.ts";
import type { Consents } from "../consents/consents.ts";
import type { Environment } from "../domain/bank.ts";
import type { Secret } from "../domain/secret.ts";
import type { Clock } from "../domain/time.ts";
import type { PsuContext } from "../domain/update.ts";
import type { Hints } from "../events/hints.ts";
import { createWatch } from "../events/watch.ts";
import { createLoaders } from "../loaders/loaders.ts";
import type { Store } from "../store/store.ts";
import type { UpdateRequests } from "../sync/requests.ts";
import { BodyRefused, readJson } from "./body.ts";
import { compiledExecution } from "./compiled.ts";
import { createContext, unauthenticated, type Context } from "./context.ts";
import { corsHeaders } from "./cors.ts";
import { callerError, createErrorFormat, type ErrorLog } from "./errors.ts";
import { sandboxPage } from "./landing.ts";
import { tooMuch } from "./limits.ts";
import { SAMPLE_OPERATIONS } from "./sample-operations.ts";
import { buildHubSchema } from "./schema.ts";
import { createSockets, type Sockets } from "./sockets.ts";
import { Sources } from "./subscription/sources.ts";

export interface GraphqlParts {
  readonly store: Store;
  readonly access: Access;
  readonly consents: Consents;
  readonly requests: UpdateRequests;
  readonly banks: BankDirectory;
  readonly hints: Hints;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly masterKey: Secret;
  readonly publicUrl: string;
  readonly corsOrigins: readonly string[];
  readonly log: ErrorLog;
  readonly metrics?: { socketsOpen(count: number): void };
}

/** The GraphQL server behind `/graphql` and `/graphiql`, sockets included. */
export interface GraphqlServer {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  upgrade: Sockets["upgrade"];
  close(): Promise<void>;
}

export async function createGraphql(parts: GraphqlParts): Promise<GraphqlServer> {
  const production = parts.environment === "PRODUCTION";
  const watch = createWatch(parts);
  const schema = buildHubSchema(parts);
  const sources = new Sources(watch, parts.store);
  const formatError = createErrorFormat(parts.log, production);
  const contextFor = (caller: Caller, psu: PsuContext | null, signal: AbortSignal): Context =>
    createContext({ caller, psu, signal, sources, createLoaders: (owner) => createLoaders(parts, owner) });
  const apollo = new ApolloServer<Context>({
    schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: production,
    stopOnTerminationSignals: false,
    allowBatchedHttpRequests: false,
    parseOptions: { maxTokens: 2000 },
    validationOptions: { maxErrors: 5 },
    formatError: (_formatted, error) => formatError(error),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      limitsPlugin(production),
      compiledExecution(schema, formatError),
    ],
  });
  await apollo.start();
  const sockets = createSockets({
    schema,
    access: parts.access,
    contextFor: (caller, signal) => contextFor(caller, null, signal),
    formatError,
    ...(parts.metrics ? { onCount: (open: number) => parts.metrics?.socketsOpen(open) } : {}),
  });
  const url = `${parts.publicUrl}/graphql`;
  const ws = url.replace(/^http/, "ws");
  const explorer = sandboxPage({ url, ws, document: SAMPLE_OPERATIONS });
  const graphiql = renderGraphiQL({
    title: "PSD2 GraphQL hub",
    endpoint: "/graphql",
    subscriptionsProtocol: "WS",
    defaultQuery: SAMPLE_OPERATIONS,
    headers: '{"authorization":"Bearer <API key or user token>"}',
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").split("?", 1)[0];
    for (const [name, value] of Object.entries(corsHeaders(request.headers.origin, parts.corsOrigins, production)))
      response.setHeader(name, value);
    if (path === "/graphiql")
      return void response
        .writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" })
        .end(String(graphiql));
    if (request.method === "OPTIONS") return void response.writeHead(204).end();
    if (request.method === "GET" && (request.headers.accept ?? "").includes("text/html"))
      return void response.writeHead(200, explorer.headers).end(explorer.html);
    if (request.method !== "POST" && request.method !== "GET") return refuse(response, 405, "Send a POST.", "BAD_USER_INPUT");
    const body = request.method === "POST" ? await readJson(request) : undefined;
    const caller = await parts.access.authenticate(request.headers.authorization, request.headers.origin);
    if (caller.kind === "refused") return refuse(response, 401, caller.message, "UNAUTHENTICATED");
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const psu = caller.kind === "user" ? psuOf(request) : null;
    const result = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: toApollo(request, body),
      context: async () => contextFor(caller, psu, gone.signal),
    });
    response.statusCode = result.status ?? 200;
    for (const [name, value] of result.headers) response.setHeader(name, value);
    response.setHeader("cache-control", "no-store");
    if (result.body.kind === "complete") return void response.end(result.body.string);
    for await (const chunk of result.body.asyncIterator) response.write(chunk);
    response.end();
  }

  return {
    async handle(request, response) {
      try {
        await answer(request, response);
      } catch (error) {
        if (response.headersSent) return void response.destroy();
        if (error instanceof BodyRefused) return refuse(response, error.status, error.message, "BAD_USER_INPUT");
        const { message, extensions } = formatError(error);
        response.writeHead(500, { "content-type": "application/json" }).end(JSON.stringify({ errors: [{ message, extensions }] }));
      }
    },
    upgrade: (request, socket, head) => {
      if ((request.url ?? "").split("?", 1)[0] === "/graphql") sockets.upgrade(request, socket, head);
      else socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
    },
    async close() {
      await sockets.close();
      await watch[Symbol.asyncDispose]();
      await apollo.stop();
    },
  };
}

/** Size before validation (which is not linear), and no introspection for strangers in production. */
function limitsPlugin(production: boolean): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      return {
        async validationDidStart({ document, contextValue }) {
          const excess = tooMuch(document);
          if (excess !== null) throw callerError("BAD_USER_INPUT", excess);
          if (production && contextValue.caller.kind === "anonymous" && introspects(document)) throw unauthenticated();
        },
      };
    },
  };
}

function introspects(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field(node) {
      if (node.name.value === "__schema" || node.name.value === "__type") found = true;
    },
  });
  return found;
}

function toApollo(request: IncomingMessage, body: unknown): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  return { method: (request.method ?? "POST").toUpperCase(), headers, search: new URL(request.url ?? "/", "http://hub").search, body };
}

function psuOf(request: IncomingMessage): PsuContext | null {
  const ipAddress = request.socket.remoteAddress;
  if (ipAddress === undefined) return null;
  return { ipAddress, userAgent: request.headers["user-agent"] ?? null, acceptLanguage: request.headers["accept-language"] ?? null };
}

function refuse(response: ServerResponse, status: number, message: string, code: string): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" });
  response.end(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
}
