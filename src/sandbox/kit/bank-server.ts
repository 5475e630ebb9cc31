import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

export interface TlsOptions {
  readonly key: string;
  readonly cert: string;
  /** CA of the TPPs' client certificates. People's browsers need none, so each bank asks for it where its standard does. */
  readonly clientCa: string;
}

export interface Listening {
  readonly server: Server;
  readonly origin: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Starts a server on loopback. `listener` gets requests only after this resolved, so it may use the origin. */
export async function listen(
  listener: RequestListener,
  options: { readonly port: number; readonly host: string; readonly tls?: TlsOptions },
): Promise<Listening> {
  const { tls } = options;
  const server = tls
    ? createTlsServer({ key: tls.key, cert: tls.cert, ca: tls.clientCa, requestCert: true, rejectUnauthorized: false }, listener)
    : createServer(listener);
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { server, port, origin: `${tls ? "https" : "http"}://${options.host}:${port}`, close };
}

/** Lets a foreign handler (the OAuth server) write its answer into a buffer, so that faults can change it before it is sent. */
export function captured(
  request: IncomingMessage,
  response: ServerResponse,
  handler: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<{ status: number; headers: Record<string, string | number | string[]>; body: Buffer }> {
  return new Promise((resolve) => {
    response.end = ((chunk?: unknown) => {
      Reflect.deleteProperty(response, "end");
      const headers: Record<string, string | number | string[]> = {};
      for (const [name, value] of Object.entries(response.getHeaders())) {
        if (value !== undefined && name !== "content-length") headers[name] = value;
        response.removeHeader(name);
      }
      resolve({
        status: response.statusCode,
        headers,
        body: typeof chunk === "string" || Buffer.isBuffer(chunk) ? Buffer.from(chunk as string) : Buffer.alloc(0),
      });
      return response;
    }) as typeof response.end;
    void handler(request, response);
  });
}
