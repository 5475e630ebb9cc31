import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { ConfigError } from "../config/config-error.ts";
import type { Config } from "../config/config.ts";

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;
export type UpgradeHandler = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

/**
 * The listening server. It listens before the parts behind it exist, so that a taken port is refused at once and `PORT=0`
 * has a number when the public URL is needed; until {@link Listener.attach} every request gets 503.
 */
export interface Listener {
  /** `http(s)://host:port`, no slash at the end. */
  readonly localUrl: string;
  /** Over TLS: names the authority whose certificates clients may show from now on. Who shows none is served all the same, as far as it may be. */
  askForCertificates(authority: string): void;
  attach(handlers: { request: RequestHandler; upgrade: UpgradeHandler }): void;
  /** Stops accepting, lets running requests finish, drops idle connections. */
  close(): Promise<void>;
}

/** How long a client may take to send its headers and its whole request, and how often that is looked at, in ms; then 408. */
export const REQUEST_TIMES = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 } as const;
/** How long running requests may take to finish after the stop signal. */
const DRAIN_MS = 10_000;

/**
 * @param times - shorter ones, for tests
 * @throws ConfigError when the port is taken or not allowed, or a TLS file cannot be read
 */
export async function listen(
  http: Config["http"],
  times: Readonly<Record<keyof typeof REQUEST_TIMES, number>> = REQUEST_TIMES,
): Promise<Listener> {
  let handlers: { request: RequestHandler; upgrade: UpgradeHandler } | null = null;
  const onRequest: RequestHandler = (request, response) => {
    if (handlers) return handlers.request(request, response);
    response
      .writeHead(503, { "content-type": "application/json", "retry-after": "1" })
      .end('{"error":"The hub is starting. Try again in a second."}');
  };
  const tls = http.tls ? { minVersion: "TLSv1.2" as const, ...readTls(http.tls) } : null;
  const tlsServer = tls ? createTlsServer({ ...times, ...tls }, onRequest) : null;
  const server: Server = tlsServer ?? createServer(times, onRequest);
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (handlers) handlers.upgrade(request, socket, head);
    else socket.end("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n\r\n");
  });
  await bind(server, http);
  const { port } = server.address() as AddressInfo;
  const host = http.host.includes(":") ? `[${http.host}]` : http.host;
  return {
    localUrl: `${http.tls ? "https" : "http"}://${host === "0.0.0.0" ? "127.0.0.1" : host}:${String(port)}`,
    askForCertificates(authority) {
      if (!tls) return;
      const ca = tls.ca ? [tls.ca, authority] : [authority];
      tlsServer?.setSecureContext({ ...tls, ca });
    },
    attach(given) {
      handlers = given;
    },
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeIdleConnections();
      const drain = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      await closed;
      clearTimeout(drain);
    },
  };
}

function readTls(tls: NonNullable<Config["http"]["tls"]>): {
  cert: Buffer;
  key: Buffer;
  ca?: Buffer;
  requestCert: boolean;
  rejectUnauthorized: boolean;
} {
  const read = (name: string, file: string): Buffer => {
    try {
      return readFileSync(file);
    } catch {
      throw new ConfigError([`${name} names a file that cannot be read`]);
    }
  };
  // Asked for, not demanded: browsers with user tokens and users on their way back from a bank have none (access/admission.ts decides).
  const pair = { cert: read("TLS_CERT", tls.cert), key: read("TLS_KEY", tls.key), requestCert: true };
  if (tls.clientCa === null) return { ...pair, rejectUnauthorized: false };
  return { ...pair, ca: read("TLS_CLIENT_CA", tls.clientCa), rejectUnauthorized: true };
}

async function bind(server: Server, http: Config["http"]): Promise<void> {
  await new Promise<void>((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) => fail(bindError(error, http)));
    server.listen({ host: http.host, port: http.port }, done);
  });
}

function bindError(error: NodeJS.ErrnoException, http: Config["http"]): Error {
  if (error.code === "EADDRINUSE")
    return new ConfigError([
      `PORT ${String(http.port)} on ${http.host} is in use: stop the other program, or set PORT (0 = any free port)`,
    ]);
  if (error.code === "EACCES") return new ConfigError([`PORT ${String(http.port)} may not be used by this account: choose one above 1023`]);
  if (error.code === "EADDRNOTAVAIL") return new ConfigError([`HOST ${http.host} is no address of this machine`]);
  return error;
}
