import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { CallbackAnswer } from "../consents/consents.ts";
import { createLog } from "../log.ts";
import { createMetrics } from "./metrics.ts";
import { createRoutes } from "./routes.ts";

/** The hub's callback route over consents that answer as the test says and remember what they were given. */
export async function startCallback(answerTo: (parameters: Readonly<Record<string, string>>) => CallbackAnswer) {
  const seen: { bankId: string; parameters: Readonly<Record<string, string>> }[] = [];
  const nothing = () => Promise.reject(new Error("not part of this test"));
  const routes = createRoutes({
    graphql: { handle: nothing, upgrade: () => undefined, close: nothing },
    peerOf: ({ socket }) => ({ address: socket.remoteAddress ?? "", certificate: null }),
    consents: {
      returned(bankId, parameters) {
        seen.push({ bankId, parameters });
        return Promise.resolve(answerTo(parameters));
      },
    },
    access: { authenticate: nothing },
    store: { ping: nothing },
    metrics: createMetrics(),
    logo: () => null,
    log: createLog("silent"),
    travel: null,
    stopping: new AbortController().signal,
  });
  const server = createServer(routes);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin, seen, [Symbol.asyncDispose]: close };
}
