import type { Logger } from "../log.ts";
import type { Hints } from "./hints.ts";
import { createListeners } from "./listeners.ts";

export interface InProcessHints extends Hints {
  /** Hints from elsewhere may have been lost on their way here: every listener re-reads. */
  lost(): void;
}

/** Hints between the parts of one process (one thread, unless bridged). Delivered before `send` returns. */
export function createInProcessHints(log?: Pick<Logger, "error">): InProcessHints {
  const listeners = createListeners((error) => log?.error({ err: error }, "a listener of hints failed"));
  return {
    send: (hint) => listeners.tell(hint),
    listen: (listener, onLost) => listeners.add(listener, onLost),
    lost: () => listeners.tellLost(),
    async [Symbol.asyncDispose]() {
      listeners.clear();
    },
  };
}
