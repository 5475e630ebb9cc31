import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** What the gateway needs of the GraphQL server: it owns `/graphql` and `/graphiql` whole, sockets included. */
export interface GraphqlHandler {
  handle(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}
