import { execute, type GraphQLFormattedError, type GraphQLSchema } from "graphql";
import { CloseCode, handleProtocols, makeServer } from "graphql-ws";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import type { Access, Budget, Caller, Peer } from "../access/access.ts";
import { SECOND } from "../domain/time.ts";
import type { PsuContext } from "../domain/update.ts";
import { charge } from "./charge.ts";
import type { Context } from "./context.ts";
import { createCredentialWatch } from "./credential-watch.ts";
import type { Documents } from "./documents.ts";
import { callerError } from "./errors.ts";
import { psuOfRequest } from "./psu-of-request.ts";
import { createSharedSubscriptions, type SharedArgs } from "./shared-subscriptions.ts";
import { serveSocket } from "./socket-adapter.ts";
import { createSocketCounts, SOCKET_LIMITS, type SocketLimits } from "./socket-limits.ts";

export interface Sockets {
  /** Any path but `/graphql` is refused with 404. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Every socket closes with 1001. */
  close(): Promise<void>;
}

export interface SocketParts {
  readonly schema: GraphQLSchema;
  readonly access: Pick<Access, "authenticate" | "stillValid">;
  readonly documents: Documents;
  readonly contextFor: (caller: Caller, psu: PsuContext | null, signal: AbortSignal) => Context;
  readonly formatError: (error: unknown) => GraphQLFormattedError;
  readonly budget: Budget;
  readonly peerOf: (request: IncomingMessage) => Peer;
  readonly onCount?: (open: number) => void;
  /** Lower ones, for tests. */
  readonly limits?: Partial<SocketLimits>;
}

const MAX_MESSAGE_BYTES = 64 * 1024;
/** How long closing sockets may take to say goodbye. */
const CLOSE_WAIT = SECOND;
/** How long a reader that was too slow, or a peer that is silent, may take for its part of a goodbye. */
const GOODBYE_WAIT = 5 * SECOND;
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

/** What is kept of a socket: not the request, which would keep its headers and buffers alive. */
interface Extra extends Record<PropertyKey, unknown> {
  readonly origin: string | undefined;
  readonly peer: Peer;
  readonly psu: PsuContext | null;
  readonly gone: AbortController;
  readonly close: (code: number, reason: string) => void;
  caller: Caller | null;
}

/** graphql-transport-ws on `/graphql`. The credential comes in `connectionParams.authorization`. */
export function createSockets(parts: SocketParts): Sockets {
  const { schema, documents, formatError } = parts;
  const limits = { ...SOCKET_LIMITS, ...parts.limits };
  // A name of its own, because the types of ws do not know `closeTimeout` yet.
  const options = { perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES, closeTimeout: GOODBYE_WAIT, handleProtocols };
  const webSockets = new WebSocketServer({ noServer: true, ...options });
  const counts = createSocketCounts(limits);
  const shared = createSharedSubscriptions();
  const credentials = createCredentialWatch(parts.access);
  const open = new Set<WebSocket>();
  const shown = (errors: readonly unknown[]): readonly GraphQLFormattedError[] => errors.map((error) => formatError(error));

  const protocol = makeServer<Record<string, unknown>, Extra>({
    schema,
    connectionInitWaitTimeout: limits.initWait,
    async onConnect({ connectionParams, extra }) {
      const given = connectionParams?.["authorization"] ?? connectionParams?.["Authorization"];
      const caller = await parts.access.authenticate(
        typeof given === "string" ? given : undefined,
        extra.origin,
        extra.peer.address,
        extra.peer.certificate,
      );
      if (caller.kind === "refused" && caller.retryAt !== undefined)
        extra.close(CloseCode.TooManyInitialisationRequests, "Too many wrong credentials");
      if (caller.kind === "refused" || caller.kind === "anonymous" || caller.kind === "operator" || extra.gone.signal.aborted) return false; // closes with 4403
      const leaveCount = counts.enter(caller.owner);
      if (!leaveCount) {
        extra.close(TRY_AGAIN_LATER, "Too many sockets");
        return false;
      }
      const leaveWatch = credentials.add(caller, () => extra.close(CloseCode.Forbidden, "Forbidden"));
      const leave = (): void => (leaveCount(), leaveWatch());
      extra.gone.signal.addEventListener("abort", leave, { once: true });
      extra.caller = caller;
      return true;
    },
    async onSubscribe({ extra, subscriptions }, _id, { query, operationName, variables }) {
      const { caller } = extra;
      if (!caller) return [callerError("UNAUTHENTICATED", "The connection has no credential.")];
      if (Object.keys(subscriptions).length > limits.operations)
        return [callerError("RATE_LIMITED", `A socket carries ${String(limits.operations)} operations at a time: complete one first.`)];
      const sent = { caller, address: extra.peer.address, query, operationName: operationName ?? undefined, variables: variables ?? {} };
      const charged = await charge(parts, sent);
      if (charged instanceof Error) return [charged];
      const document = documents.valid(query, caller);
      if (!("kind" in document)) return document;
      const contextValue = parts.contextFor(caller, extra.psu, extra.gone.signal);
      return { schema, document, operationName: operationName ?? null, variableValues: variables ?? null, contextValue, caller };
    },
    onNext: (_context, _id, _payload, _args, { data, errors }) => (errors ? { data: data ?? null, errors: shown(errors) } : undefined),
    onError: (_context, _id, _payload, errors) => shown(errors),
    execute: (args) => execute(args),
    subscribe: (args) => shared.subscribe(args as SharedArgs), // what onSubscribe has made
  });

  function opened(webSocket: WebSocket, request: IncomingMessage): void {
    const gone = new AbortController();
    open.add(webSocket);
    parts.onCount?.(open.size);
    webSocket.once("close", () => {
      gone.abort();
      open.delete(webSocket);
      parts.onCount?.(open.size);
    });
    const close = (code: number, reason: string): void => webSocket.close(code, reason);
    const peer = parts.peerOf(request);
    const extra: Extra = { origin: request.headers.origin, peer, psu: psuOfRequest(request, peer), gone, close, caller: null };
    serveSocket(protocol, webSocket, extra, limits, (error) => void formatError(error));
  }

  return {
    upgrade(request, socket, head) {
      if ((request.url ?? "").split("?", 1)[0] !== "/graphql")
        return void socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
      webSockets.handleUpgrade(request, socket, head, (webSocket) => opened(webSocket, request));
    },
    async close() {
      credentials.close();
      const goodbyes = [...open].map((webSocket) => new Promise<void>((done) => webSocket.once("close", () => done())));
      for (const webSocket of open) webSocket.close(GOING_AWAY, "Going away");
      const force = setTimeout(() => open.forEach((webSocket) => webSocket.terminate()), CLOSE_WAIT);
      await Promise.all(goodbyes);
      clearTimeout(force);
      webSockets.close();
    },
  };
}
