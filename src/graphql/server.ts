import { ApolloServer } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Access, Audit, Budget, Caller, Peer, TenantAdmin } from "../access/access.ts";
import type { BankDirectory } from "../banks/directory.ts";
import type { Consents } from "../consents/consents.ts";
import type { Environment } from "../domain/bank.ts";
import type { Clock } from "../domain/time.ts";
import type { PsuContext } from "../domain/update.ts";
import type { Hints } from "../events/hints.ts";
import { createWatch } from "../events/watch.ts";
import { createLoaders } from "../loaders/loaders.ts";
import type { Store } from "../store/store.ts";
import type { UpdateRequests } from "../sync/requests.ts";
import { compiledExecution, createCompiled } from "./compiled.ts";
import { Context } from "./context.ts";
import { corsHeaders } from "./cors.ts";
import { createDocuments, PARSE_OPTIONS, VALIDATION_OPTIONS } from "./documents.ts";
import { createErrorFormat, type ErrorLog } from "./errors.ts";
import { createExplorers } from "./explorers.ts";
import { answerPost, refuse, refuseBody } from "./http.ts";
import { requestErrorStatus } from "./request-errors.ts";
import { buildHubSchema } from "./schema.ts";
import type { SocketLimits } from "./socket-limits.ts";
import { createSockets, type Sockets } from "./sockets.ts";
import { Sources } from "./subscription/sources.ts";

export interface GraphqlParts {
  readonly store: Store;
  readonly access: Access;
  readonly admin: TenantAdmin;
  readonly audit: Audit;
  readonly consents: Consents;
  readonly requests: Pick<UpdateRequests, "create" | "cancel">;
  readonly banks: BankDirectory;
  readonly hints: Hints;
  readonly clock: Clock;
  readonly environment: Environment;
  /** `http(s)://host[:port]` as clients see it. */
  readonly publicUrl: string;
  /** Origins of browsers that may call; in the sandbox Apollo's own pages and loopback too. */
  readonly corsOrigins: readonly string[];
  readonly log: ErrorLog;
  /** What callers may ask for in a minute. */
  readonly budget: Budget;
  /** Who is at the other end of a connection, whatever proxies stand between. */
  readonly peerOf: (request: IncomingMessage) => Peer;
  /** Lower ones than socket-limits.ts has, for tests. */
  readonly socketLimits?: Partial<SocketLimits>;
  readonly metrics?: { socketsOpen(count: number): void };
}

/** The GraphQL server behind `/graphql` and `/graphiql`, sockets included. It listens nowhere itself. */
export interface GraphqlServer {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  upgrade: Sockets["upgrade"];
  /** Sockets close with 1001; running requests get their answer. */
  close(): Promise<void>;
}

export async function createGraphql(parts: GraphqlParts): Promise<GraphqlServer> {
  const production = parts.environment === "PRODUCTION";
  const { access, budget, metrics, peerOf } = parts;
  const watch = createWatch(parts);
  const sources = new Sources(watch, parts.store);
  const schema = buildHubSchema(parts);
  const documents = createDocuments(schema, production);
  const formatError = createErrorFormat(parts.log, production);
  const contextFor = (caller: Caller, psu: PsuContext | null, signal: AbortSignal): Context =>
    new Context({ caller, psu, signal, sources, audit: parts.audit, createLoaders: (owner) => createLoaders(parts, owner) });
  const apollo = new ApolloServer<Context>({
    schema,
    introspection: true, // createDocuments decides per caller
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: production,
    stopOnTerminationSignals: false,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    csrfPrevention: true,
    parseOptions: PARSE_OPTIONS,
    validationOptions: VALIDATION_OPTIONS,
    formatError: (_formatted, error) => formatError(error),
    logger: quiet(parts.log),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      compiledExecution(createCompiled(schema), formatError),
      requestErrorStatus(),
    ],
  });
  await apollo.start();
  const sockets = createSockets({
    schema,
    access,
    documents,
    contextFor,
    formatError,
    budget,
    peerOf,
    ...(parts.socketLimits ? { limits: parts.socketLimits } : {}),
    ...(metrics ? { onCount: (open: number) => metrics.socketsOpen(open) } : {}),
  });
  const explorers = createExplorers(parts.publicUrl);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, headers } = request;
    const path = (request.url ?? "").split("?", 1)[0];
    for (const [name, value] of Object.entries(corsHeaders(headers.origin, parts.corsOrigins, production))) response.setHeader(name, value);
    if (method === "OPTIONS") return void response.writeHead(204, { allow: "POST, GET, OPTIONS" }).end();
    if (path === "/graphiql" && (method === "GET" || method === "HEAD")) return explorers.graphiql(response);
    if (path === "/graphql" && method === "POST")
      return answerPost({ apollo, access, budget, peerOf, documents, contextFor }, request, response);
    if (path === "/graphql" && method === "GET" && (headers.accept ?? "").includes("text/html")) return explorers.sandbox(response);
    response.setHeader("allow", "POST, GET, OPTIONS");
    refuse(response, 405, "Send operations by POST; open this address in a browser to explore the schema.", "BAD_USER_INPUT");
  }

  return {
    async handle(request, response) {
      try {
        await answer(request, response);
      } catch (error) {
        if (response.headersSent || response.destroyed) return void response.destroy();
        if (refuseBody(response, error)) return;
        const { message } = formatError(error);
        refuse(response, 500, message, "INTERNAL_SERVER_ERROR");
      }
    },
    upgrade: (request, socket, head) => sockets.upgrade(request, socket, head),
    async close() {
      await sockets.close();
      await watch[Symbol.asyncDispose]();
      await apollo.stop();
    },
  };
}

/** Apollo's own words go where ours go; what it only warns of is of no use to an operator. */
function quiet(log: ErrorLog): { debug(): void; info(): void; warn(): void; error(message: unknown): void } {
  const nothing = (): void => undefined;
  return { debug: nothing, info: nothing, warn: nothing, error: (message) => log.error({ err: message }, "Apollo Server") };
}
