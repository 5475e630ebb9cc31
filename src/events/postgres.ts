import { randomBytes } from "node:crypto";
import type { Logger } from "../log.ts";
import type { NotifyChannel, NotifyEvents } from "../store/notify-channel.ts";
import { ALL, decodeHint, encodeHint, packCodes, unpackCodes } from "./hint-code.ts";
import type { Hints } from "./hints.ts";
import { createListeners } from "./listeners.ts";

/** Hints are gathered this long and go out as few messages: every NOTIFY takes a lock that all commits share. In ms. */
const COALESCE = 20;

/**
 * Hints between processes over LISTEN/NOTIFY. This process's own listeners are told at once, without the way over the database.
 * Whatever could not be sent or received in time ends in `onLost`: here after every (re)connection, there as a message "re-read all".
 */
export function createPostgresHints(open: (events: NotifyEvents) => NotifyChannel, log: Pick<Logger, "error" | "debug">): Hints {
  const self = randomBytes(6).toString("hex");
  const listeners = createListeners((error) => log.error({ err: error }, "a listener of hints failed"));
  const waiting = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> | null = null;

  const channel = open({
    onMessage(message) {
      const { head, codes } = unpackCodes(message);
      if (head === self) return;
      if (codes.includes(ALL)) return listeners.tellLost();
      for (const code of codes) {
        const hint = decodeHint(code);
        if (hint) listeners.tell(hint);
      }
    },
    onConnected() {
      listeners.tellLost();
      plan();
    },
  });

  function plan(): void {
    if (waiting.size > 0 && timer === undefined && sending === null) timer = setTimeout(() => void flush(), COALESCE);
  }

  async function flush(): Promise<void> {
    timer = undefined;
    const codes = waiting.has(ALL) ? [ALL] : [...waiting];
    waiting.clear();
    sending = channel.notify(packCodes(self, codes, channel.maxBytes)).then(
      () => {
        sending = null;
        plan();
      },
      (error: unknown) => {
        log.debug({ err: error }, "hints could not be sent");
        sending = null;
        // Sent at the next connection. However many are lost, one word says it.
        waiting.clear();
        waiting.add(ALL);
      },
    );
    await sending;
  }

  return {
    send(hint) {
      if (!waiting.has(ALL)) waiting.add(encodeHint(hint));
      plan();
      listeners.tell(hint);
    },
    listen: (listener, onLost) => listeners.add(listener, onLost),
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      await sending;
      if (waiting.size > 0) await flush();
      await channel[Symbol.asyncDispose]();
      listeners.clear();
    },
  };
}
