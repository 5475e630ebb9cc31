import { Worker } from "node:worker_threads";
import { once } from "node:events";
import { bridgeHints } from "./events/bridge.ts";
import type { Hints } from "./events/hints.ts";
import type { EngineData } from "./engine-thread.ts";
import type { Logger } from "./log.ts";

/** Where the thread files are: beside this file in the bundle (`.mjs`) and in the sources (`.ts`) alike. */
function threadUrl(name: string): URL {
  return new URL(`./${name}${import.meta.url.endsWith(".ts") ? ".ts" : ".mjs"}`, import.meta.url);
}

/** Resolves when the engine thread works. `onExit` is told when the thread dies by itself: the hub cannot go on without it. */
export async function startEngineThread(
  data: EngineData,
  hints: Hints,
  log: Logger,
  onExit: (error: Error) => void,
): Promise<AsyncDisposable> {
  const thread = new Worker(threadUrl("engine-thread"), { workerData: data });
  let stopping = false;
  const unbridge = bridgeHints(hints, thread);
  const failed = new Promise<never>((_done, fail) => {
    thread.once("error", fail);
    thread.once("exit", (code) => fail(new Error(`the engine thread ended with code ${String(code)}`)));
  });
  failed.catch((error: unknown) => {
    if (stopping) return;
    log.fatal({ err: error }, "the engine thread died");
    onExit(error instanceof Error ? error : new Error(String(error)));
  });
  await Promise.race([messageWith(thread, "ready"), failed]);
  return {
    async [Symbol.asyncDispose]() {
      stopping = true;
      const ended = once(thread, "exit");
      thread.postMessage({ stop: true });
      await ended;
      unbridge();
    },
  };
}

export interface SandboxThread extends AsyncDisposable {
  /** Bank entries as BANKS_FILE holds them. */
  readonly entries: readonly unknown[];
  readonly logins: readonly { readonly id: string; readonly logins: readonly { readonly user: string; readonly password: string }[] }[];
  /** Sets the banks' clock; resolves when they have it. */
  moveTo(instant: number): Promise<void>;
}

export async function startSandboxThread(): Promise<SandboxThread> {
  const thread = new Worker(threadUrl("sandbox-thread"));
  const failed = once(thread, "exit").then(() => Promise.reject(new Error("the sandbox banks' thread ended")));
  failed.catch(() => undefined); // also rejects at an orderly stop, when nobody waits for it any more
  const ready = (await Promise.race([messageWith(thread, "ready"), failed])) as { ready: Pick<SandboxThread, "entries" | "logins"> };
  return {
    ...ready.ready,
    async moveTo(instant) {
      const moved = messageWith(thread, "moved");
      thread.postMessage({ set: new Date(instant).toISOString() });
      await Promise.race([moved, failed]);
    },
    async [Symbol.asyncDispose]() {
      const ended = once(thread, "exit");
      thread.postMessage({ stop: true });
      await ended;
    },
  };
}

function messageWith(thread: Worker, key: string): Promise<unknown> {
  return new Promise((done) => {
    const listener = (message: unknown): void => {
      if (typeof message !== "object" || message === null || !(key in message)) return;
      thread.off("message", listener);
      done(message);
    };
    thread.on("message", listener);
  });
}
