import { decodeHint, encodeHint } from "./hint-code.ts";
import type { Hint, Hints } from "./hints.ts";

/** One end of a channel between two threads: a worker_threads `Worker`, `MessagePort` or `parentPort`. */
export interface HintPort {
  postMessage(message: unknown): void;
  on(event: "message", listener: (message: unknown) => void): unknown;
  off(event: "message", listener: (message: unknown) => void): unknown;
}

/**
 * Lets two threads see each other's hints: call it on both ends. A hint that came over the port does not go back over it.
 * Messages of other kinds on the same port are left alone.
 * @returns the function that parts them again
 */
export function bridgeHints(hints: Hints & { lost?(): void }, port: HintPort): () => void {
  // By identity and not by a flag: a listener of a hint from there may send new hints of ours while it is being told.
  const fromThere = new WeakSet<Hint>();
  let lossFromThere = false; // a flag is enough: `lost` tells the listeners before it returns
  const unlisten = hints.listen(
    (hint) => {
      if (!fromThere.has(hint)) port.postMessage({ hint: encodeHint(hint) });
    },
    () => {
      if (!lossFromThere) port.postMessage({ hintsLost: true });
    },
  );
  const onMessage = (message: unknown): void => {
    if (typeof message !== "object" || message === null) return;
    if ("hint" in message && typeof message.hint === "string") {
      const hint = decodeHint(message.hint);
      if (!hint) return;
      fromThere.add(hint);
      hints.send(hint);
    } else if ("hintsLost" in message && hints.lost) {
      lossFromThere = true;
      hints.lost();
      lossFromThere = false;
    }
  };
  port.on("message", onMessage);
  return () => {
    port.off("message", onMessage);
    unlisten();
  };
}
