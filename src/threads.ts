import { Worker } from "node:worker_threads";
import { once } from "node:events";
import { bridgeHints } from "./events/bridge.ts";
import type { Hints } from "./events/hints.ts";
import type { Bank } from "./domain/bank.ts";
import type { EngineData } from "./engine-thread.ts";
import type { Logger } from "./log.ts";

/** Where the thread files are: beside this file in the bundle (`.mjs`) and in the sources (`.ts`) alike. */
function threadUrl(name: string): URL {
  return new URL(`./${name}${import.meta.url.endsWith(".ts") ? ".ts" : ".mjs"}`, import.meta.url);
}

export interface EngineThread extends AsyncDisposable {
  /** Resolves when the engine works. The store must be there and migrated. */
  start(data: EngineData, hints: Hints): Promise<void>;
  /** The directory has changed; known there before any hint that is sent afterwards. */
  setBanks(banks: readonly Bank[]): void;
  /** Rejects when the thread dies by itself: the hub cannot go on without it. */
  readonly failed: Promise<never>;
}

/** The thread of the engine: loads its code, then waits for {@link EngineThread.start}. */
export function openEngineThread(log: Logger): EngineThread {
  const thread = new Worker(threadUrl("engine-thread"));
  const exited = new Promise((done) => thread.once("exit", done));
  let stopping = false;
  let unbridge = (): void => undefined;
  const failed = new Promise<never>((_done, fail) => {
    thread.once("error", fail);
    thread.once("exit", (code) => fail(new Error(`the engine thread ended with code ${String(code)}`)));
  });
  failed.catch((error: unknown) => {
    if (stopping) return;
    log.fatal({ err: error }, "the engine thread died");
  });
  return {
    failed,
    async start(data, hints) {
      unbridge = bridgeHints(hints, thread);
      const ready = messageWith(thread, "ready");
      thread.postMessage({ start: data });
      await Promise.race([ready, failed]);
    },
    setBanks: (banks) => thread.postMessage({ banks }),
    async [Symbol.asyncDispose]() {
      stopping = true;
      thread.postMessage({ stop: true });
      await exited;
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
