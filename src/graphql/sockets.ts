import {
  execute,
  parse,
  subscribe,
  validate,
  GraphQLError,
  type DocumentNode,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from "graphql";
import { CloseCode, handleProtocols } from "graphql-ws";
import { useServer } from "graphql-ws/use/ws";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import type { Access, Caller } from "../access/access.ts";
import { SECOND } from "../domain/time.ts";
import type { Context } from "./context.ts";
import { tooMuch } from "./limits.ts";

export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Every socket closes with 1001. */
  close(): Promise<void>;
}

export interface SocketParts {
  readonly schema: GraphQLSchema;
  readonly access: Pick<Access, "authenticate" | "stillValid">;
  readonly contextFor: (caller: Caller, signal: AbortSignal) => Context;
  readonly formatError: (error: unknown) => GraphQLFormattedError;
  readonly onCount?: (open: number) => void;
}

const MAX_MESSAGE_BYTES = 64 * 1024;
const INIT_WAIT_MS = 3 * SECOND;
const KEEP_ALIVE_MS = 12 * SECOND;
/** How often open sockets are asked whether their credentials still hold. */
const CHECK_EVERY_MS = 500;
const MAX_SUBSCRIPTIONS = 20;
const KEPT_DOCUMENTS = 500;

interface State {
  caller?: Caller;
  readonly gone: AbortController;
  subscriptions: number;
  origin: string | undefined;
}

/** graphql-transport-ws on `/graphql`. The credential comes in `connectionParams.authorization`. */
export function createSockets(parts: SocketParts): Sockets {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES, handleProtocols });
  const open = new Map<WebSocket, State>();
  const documents = new Map<string, DocumentNode | readonly GraphQLError[]>();

  function checked(text: string): DocumentNode | readonly GraphQLError[] {
    const known = documents.get(text);
    if (known) return known;
    let result: DocumentNode | readonly GraphQLError[];
    try {
      const document = parse(text, { maxTokens: 2000 });
      const excess = tooMuch(document);
      const faults = excess === null ? validate(parts.schema, document, undefined, { maxErrors: 5 }) : [inputError(excess)];
      result = faults.length > 0 ? faults : document;
    } catch (error) {
      result = [error instanceof GraphQLError ? error : inputError("The document cannot be parsed.")];
    }
    if (documents.size >= KEPT_DOCUMENTS) documents.clear();
    documents.set(text, result);
    return result;
  }

  const disposable = useServer<Record<string, unknown>>(
    {
      connectionInitWaitTimeout: INIT_WAIT_MS,
      async onConnect({ connectionParams, extra }) {
        const given = connectionParams?.["authorization"] ?? connectionParams?.["Authorization"];
        const state = open.get(extra.socket);
        const caller = await parts.access.authenticate(typeof given === "string" ? given : undefined, state?.origin);
        if (!state || caller.kind === "refused" || caller.kind === "anonymous") return false;
        state.caller = caller;
        return true;
      },
      async onSubscribe({ extra }, _id, payload) {
        const state = open.get(extra.socket);
        if (!state?.caller) return [inputError("The connection is not initialised.")];
        if (state.subscriptions >= MAX_SUBSCRIPTIONS)
          return [inputError(`A socket carries ${String(MAX_SUBSCRIPTIONS)} operations at a time. Complete one, or open another socket.`)];
        const document = checked(payload.query);
        if (!("kind" in document))
          return document.map((fault) => new GraphQLError(parts.formatError(fault).message, { extensions: { code: "BAD_USER_INPUT" } }));
        state.subscriptions++;
        return {
          schema: parts.schema,
          document,
          operationName: payload.operationName,
          variableValues: payload.variables,
          contextValue: parts.contextFor(state.caller, state.gone.signal),
        };
      },
      onComplete({ extra }) {
        const state = open.get(extra.socket);
        if (state) state.subscriptions--;
      },
      onNext: (_context, _id, _payload, _args, { data, errors }) =>
        errors ? { data: data ?? null, errors: formatted(errors) } : undefined,
      onError: (_context, _id, _payload, errors) => formatted(errors),
      execute: (args) => execute(args),
      subscribe: (args) => subscribe(args),
    },
    server,
    KEEP_ALIVE_MS,
  );

  function formatted(errors: readonly unknown[]): readonly GraphQLFormattedError[] {
    return errors.map((error) => parts.formatError(error));
  }

  const check = setInterval(() => {
    for (const [socket, { caller }] of open) {
      if (!caller) continue;
      parts.access.stillValid(caller).then(
        (valid) => void (valid || socket.close(CloseCode.Forbidden, "Forbidden")),
        () => undefined, // the database is away: the next round asks again
      );
    }
  }, CHECK_EVERY_MS);
  check.unref();

  return {
    upgrade(request, socket, head) {
      server.handleUpgrade(request, socket, head, (ws) => {
        const gone = new AbortController();
        open.set(ws, { gone, subscriptions: 0, origin: request.headers.origin });
        parts.onCount?.(open.size);
        ws.once("close", () => {
          gone.abort();
          open.delete(ws);
          parts.onCount?.(open.size);
        });
        server.emit("connection", ws, request);
      });
    },
    async close() {
      clearInterval(check);
      await disposable.dispose();
    },
  };
}

function inputError(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });
}
