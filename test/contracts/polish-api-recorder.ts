import { createServer, request as forward, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** One exchange between a connector and its bank, byte for byte. */
export interface Exchange {
  readonly path: string;
  readonly request: { readonly method: string; readonly headers: IncomingHttpHeaders; readonly body: Buffer };
  readonly answer: { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer };
}

/** Stands between a connector and the bank at `target`, hands on everything as it is, and keeps it. */
export async function record(target: string): Promise<{ origin: string; exchanges: Exchange[]; close: () => Promise<void> }> {
  const exchanges: Exchange[] = [];
  const server = createServer((incoming, outgoing) => {
    const sent: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => sent.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(sent);
      const { method = "", headers, url: path = "" } = incoming;
      const onward = forward(new URL(path, target), { method, headers }, (answer) => {
        const got: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => got.push(chunk));
        answer.on("end", () => {
          const { statusCode: status = 0, headers: answered } = answer;
          exchanges.push({ path, request: { method, headers, body }, answer: { status, headers: answered, body: Buffer.concat(got) } });
          outgoing.writeHead(status, answered).end(Buffer.concat(got));
        });
      });
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, exchanges, close };
}
