import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Access, Peer } from "../access/access.ts";
import type { CallbackAnswer, Consents } from "../consents/consents.ts";
import type { PsuContext } from "../domain/update.ts";
import type { Instant } from "../domain/time.ts";
import type { Logger } from "../log.ts";
import type { Store } from "../store/store.ts";
import type { GraphqlHandler } from "./face.ts";
import { logoRoute } from "./logos.ts";
import { EMPTY_HANDED, FRAGMENT_ACCEPT, FRAGMENT_PAGE, FRAGMENT_PAGE_HEADERS } from "./fragment-page.ts";
import type { Metrics } from "./metrics.ts";
import { BARE_HEADERS, PAGE_HEADERS, renderPage, type Page } from "./page.ts";

export interface RouteParts {
  readonly graphql: GraphqlHandler;
  readonly peerOf: (request: IncomingMessage) => Peer;
  readonly consents: Pick<Consents, "returned">;
  readonly access: Pick<Access, "authenticate">;
  readonly store: Pick<Store, "ping">;
  readonly metrics: Metrics;
  /** The picture of a bank that the hub draws itself; null for all others. */
  readonly logo: (bankId: string) => string | null;
  readonly log: Logger;
  /** Moves the clocks of the hub and the sandbox banks; null = not routed (production). Answers null for a duration that is none. */
  readonly travel: ((duration: string) => Promise<Instant | null>) | null;
  /** Ends the calls that a stop must not wait for. */
  readonly stopping: AbortSignal;
}

const BODY_LIMIT = 16 * 1024;

/**
 * Every HTTP path of the hub. GraphQL's is taken before the router (design.md 4.5), which is loaded with the first request for another
 * path: 25 ms and 10 MB that the first answer need not wait for.
 */
export function createRoutes(parts: RouteParts): (request: IncomingMessage, response: ServerResponse) => void {
  let router: Promise<FastifyInstance> | undefined;
  return (request, response) => {
    const started = performance.now();
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    response.once("finish", () => parts.metrics.answered(routeOf(path), response.statusCode, (performance.now() - started) / 1_000));
    if (path === "/graphql" || path === "/graphiql") return void parts.graphql.handle(request, response);
    // For what no route answers with headers of its own: errors, refused bodies, addresses that are none or that the router cannot read.
    for (const [name, value] of Object.entries(BARE_HEADERS)) response.setHeader(name, value);
    (router ??= createRouter(parts)).then(
      (app) => app.routing(request, response),
      (error: unknown) => {
        parts.log.error({ err: error }, "the router cannot be loaded");
        response.writeHead(500).end();
      },
    );
  };
}

async function createRouter(parts: RouteParts): Promise<FastifyInstance> {
  const { default: fastify } = await import("fastify"); // CommonJS: in the bundle it has no other export
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    exposeHeadRoutes: true,
    forceCloseConnections: false,
    logger: false,
    frameworkErrors: refuseAddress,
  });
  operations(app, parts);
  callback(app, parts);
  logoRoute(app, parts.logo);
  if (parts.travel) sandbox(app, parts, parts.travel);
  app.setNotFoundHandler(async (_request, reply) =>
    reply.code(404).send({ error: "Nothing here. The API is POST /graphql; GET /graphql in a browser explores it." }),
  );
  app.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) parts.log.error({ err: error }, "request failed");
    return reply.code(status).send({ error: status >= 500 ? "The hub failed to answer. Try again." : error.message });
  });
  await app.ready();
  return app;
}

/** An address that the router cannot read. Its own answer would repeat it, and there may be a code in it. */
function refuseAddress(error: Error & { statusCode?: number }, _request: FastifyRequest, reply: FastifyReply): void {
  void reply.code(error.statusCode ?? 400).send({ error: "This is no address of the hub." });
}

const ROUTES = ["/graphql", "/graphiql", "/healthz", "/readyz", "/metrics", "/sandbox/clock", "/sandbox/landed"];
const FOLDERS = ["/callback", "/logos"];

function routeOf(path: string): string {
  const folder = FOLDERS.find((one) => path.startsWith(`${one}/`));
  return folder ?? ROUTES.find((route) => route === path) ?? "other";
}

function operations(app: FastifyInstance, parts: RouteParts): void {
  app.get("/healthz", async (_request, reply) => reply.header("cache-control", "no-store").send({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    void reply.header("cache-control", "no-store");
    if (parts.stopping.aborted) return reply.code(503).send({ status: "stopping" });
    try {
      await parts.store.ping();
      return { status: "ready" };
    } catch {
      return reply.code(503).send({ status: "the database cannot be reached" });
    }
  });
  app.get("/metrics", async (_request, reply) =>
    reply.header("content-type", parts.metrics.registry.contentType).send(await parts.metrics.registry.metrics()),
  );
  app.get("/", async (_request, reply) => reply.redirect("/graphql", 302));
}

function callback(app: FastifyInstance, parts: RouteParts): void {
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  );
  const returned = async (
    request: FastifyRequest<{ Params: { bankId: string } }>,
    parameters: Readonly<Record<string, string>> | null,
  ): Promise<CallbackAnswer> => {
    const { bankId } = request.params;
    if (parameters === null) {
      parts.log.warn({ audit: "callback", bank: bankId, refused: "contradicts itself" }, "callback refused");
      return CONTRADICTION;
    }
    const browser: PsuContext = {
      ipAddress: parts.peerOf(request.raw).address,
      userAgent: request.headers["user-agent"] ?? null,
      acceptLanguage: request.headers["accept-language"] ?? null,
    };
    return parts.consents.returned(bankId, parameters, browser, parts.stopping);
  };
  // Whoever only looks at a link (a scanner, a preview) must not use up the state in it.
  app.head("/callback/:bankId", async (_request, reply) =>
    reply
      .code(405)
      .headers({ ...PAGE_HEADERS, allow: "GET, POST" })
      .send(),
  );
  app.get<{ Params: { bankId: string } }>("/callback/:bankId", { exposeHeadRoute: false }, async (request, reply) => {
    const answer = await returned(request, singleParameters(new URL(request.url, "http://hub").searchParams));
    if (answer.kind === "fragment") return reply.headers(FRAGMENT_PAGE_HEADERS).send(FRAGMENT_PAGE);
    void reply.headers(PAGE_HEADERS);
    if (answer.kind === "redirect") return reply.code(303).header("location", answer.url).send(renderPage(ON_THE_WAY));
    return reply.code(answer.status).send(renderPage(answer));
  });
  // What the page above found behind the #, or a bank's own form (OAuth 2.0 Form Post Response Mode).
  app.post<{ Params: { bankId: string }; Body: unknown }>("/callback/:bankId", async (request, reply) => {
    const answer = await returned(request, postedParameters(request.body));
    const forScript = request.headers.accept === FRAGMENT_ACCEPT;
    void reply.headers({ ...PAGE_HEADERS, ...(forScript ? { "content-type": FRAGMENT_ACCEPT } : {}) });
    const shown = answer.kind === "fragment" ? { status: 400, ...EMPTY_HANDED } : answer;
    if (shown.kind === "redirect") {
      if (forScript) return reply.send({ url: shown.url });
      return reply.code(303).header("location", shown.url).send(renderPage(ON_THE_WAY));
    }
    return reply.code(shown.status).send(forScript ? { title: shown.title, message: shown.message } : renderPage(shown));
  });
}

function postedParameters(body: unknown): Readonly<Record<string, string>> | null {
  if (body instanceof URLSearchParams) return singleParameters(body);
  const entries = typeof body === "object" && body !== null ? Object.entries(body) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** Null where one name stands there with two values (RFC 6749 section 3.1): whichever were read, somebody else on the way may have read the other. */
function singleParameters(given: URLSearchParams): Readonly<Record<string, string>> | null {
  const contradicts = [...given.keys()].some((name) => new Set(given.getAll(name)).size > 1);
  return contradicts ? null : Object.fromEntries(given);
}

const CONTRADICTION: CallbackAnswer = {
  kind: "page",
  status: 400,
  title: "This link is not valid",
  message: "The bank's answer contradicts itself. Start again in the app you came from.",
};
const ON_THE_WAY: Page = { title: "Thank you", message: "You are being taken back to the application." };

function sandbox(app: FastifyInstance, parts: RouteParts, travel: NonNullable<RouteParts["travel"]>): void {
  app.post("/sandbox/clock", async (request, reply) => {
    const caller = await parts.access.authenticate(request.headers.authorization, undefined, parts.peerOf(request.raw).address);
    if (caller.kind !== "tenant") return reply.code(401).send({ error: "Send Authorization: Bearer <tenant API key>." });
    const body: unknown = request.body;
    const duration = typeof body === "object" && body !== null && "advance" in body ? body.advance : undefined;
    const now = typeof duration === "string" ? await travel(duration) : null;
    if (now === null)
      return reply.code(400).send({
        error:
          'Send with Content-Type: application/json {"advance": "<ISO 8601 duration>"}, such as {"advance": "P1D"} or {"advance": "PT15M"}.',
      });
    return { now: new Date(now).toISOString() };
  });
  app.get<{ Querystring: Record<string, unknown> }>("/sandbox/landed", async (request, reply) => {
    const { consentId, status, error } = request.query;
    const words = [
      `Consent ${String(consentId ?? "unknown")}`,
      `status ${String(status ?? "unknown")}`,
      ...(error === undefined ? [] : [`error ${String(error)}`]),
    ];
    void reply.headers(PAGE_HEADERS);
    return reply.send(
      renderPage({ title: "Back at the application", message: `${words.join(", ")}. In a real set-up this is your own page.` }),
    );
  });
}
