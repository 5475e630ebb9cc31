import { CloseCode, type Server } from "graphql-ws";
import type { WebSocket } from "ws";
import { SECOND } from "../domain/time.ts";
import type { SocketLimits } from "./socket-limits.ts";

const TRY_AGAIN_LATER = 1013;

/**
 * One `ws` socket for the graphql-ws protocol: translates, pings, and closes readers that are too slow. Faults of the far side are
 * no lines in our log.
 */
export function serveSocket<Extra extends Record<PropertyKey, unknown>>(
  server: Server<Extra>,
  socket: WebSocket,
  extra: Extra,
  limits: Pick<SocketLimits, "pingEvery" | "buffered" | "messagesPerSecond">,
  onFault: (error: unknown) => void,
): void {
  let answered = true;
  const mayListen = createRate(limits.messagesPerSecond);
  const ping = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, limits.pingEvery);
  socket.on("pong", () => (answered = true));
  socket.on("error", () => socket.terminate());
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: (text) => send(socket, text, limits.buffered),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (listen) =>
        socket.on("message", (data) => {
          if (socket.readyState !== socket.OPEN) return; // what came behind our goodbye
          if (!mayListen()) return socket.close(CloseCode.TooManyInitialisationRequests, "Too many messages");
          // Text alone: ws has joined the frames and bounded their length.
          listen(String(data as Buffer)).catch((error: unknown) => {
            onFault(error);
            socket.close(CloseCode.InternalServerError, "Internal server error");
          });
        }),
    },
    extra,
  );
  socket.once("close", (code, reason) => {
    clearInterval(ping);
    void Promise.resolve(closed(code, String(reason))).catch(onFault);
  });
}

/** True as often as `most` times in a second. */
function createRate(most: number): () => boolean {
  let [since, count] = [performance.now(), 0];
  return () => {
    const now = performance.now();
    if (now - since >= SECOND) [since, count] = [now, 0];
    return ++count <= most;
  };
}

async function send(socket: WebSocket, text: string, mostBuffered: number): Promise<void> {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > mostBuffered) return socket.close(TRY_AGAIN_LATER, "Too slow");
  await new Promise<void>((done) => socket.send(text, () => done()));
}
