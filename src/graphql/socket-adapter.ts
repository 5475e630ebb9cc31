import { CloseCode, type Server } from "graphql-ws";
import type { WebSocket } from "ws";
import { SECOND } from "../domain/time.ts";

const PING_EVERY = 12 * SECOND;
/** What may wait for a reader who does not read, in bytes. */
const MAX_BUFFERED = 1024 * 1024;
const TRY_AGAIN_LATER = 1013;

/**
 * One `ws` socket for the graphql-ws protocol: translates, pings, and closes readers that are too slow. Faults of the far side are
 * no lines in our log.
 */
export function serveSocket<Extra extends Record<PropertyKey, unknown>>(
  server: Server<Extra>,
  socket: WebSocket,
  extra: Extra,
  onFault: (error: unknown) => void,
): void {
  let answered = true;
  const ping = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, PING_EVERY);
  socket.on("pong", () => (answered = true));
  socket.on("error", () => socket.terminate());
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: (text) => send(socket, text),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (listen) =>
        socket.on("message", (data) => {
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

async function send(socket: WebSocket, text: string): Promise<void> {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > MAX_BUFFERED) return socket.close(TRY_AGAIN_LATER, "Too slow");
  await new Promise<void>((done) => socket.send(text, () => done()));
}
