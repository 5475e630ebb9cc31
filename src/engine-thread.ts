import { parentPort, type MessagePort } from "node:worker_threads";
import { LiveDirectory } from "./banks/live-directory.ts";
import type { StoreConfig, LogLevel } from "./config/config.ts";
import type { Bank, Environment } from "./domain/bank.ts";
import { Secret } from "./domain/secret.ts";
import { startEngine } from "./engine.ts";
import { bridgeHints } from "./events/bridge.ts";
import { createInProcessHints } from "./events/in-process.ts";
import { createTravellingClock } from "./gateway/travelling-clock.ts";
import { createLog } from "./log.ts";
import { createServices } from "./services.ts";
import { openStore } from "./store/open.ts";

/** What the main thread hands over; see threads.ts. */
export interface EngineData {
  readonly store: StoreConfig;
  readonly banks: readonly Bank[];
  readonly environment: Environment;
  readonly masterKey: string;
  readonly publicUrl: string;
  readonly logLevel: LogLevel;
}

/**
 * The engine in a thread of its own (design.md 4.4): own store handles, hints bridged to the main thread. Works from `{start: EngineData}`
 * to `{stop: true}`.
 */
const port = parentPort;
if (!port) throw new Error("engine-thread.ts runs as a worker thread of the hub");

const banks = new LiveDirectory([]);
let running: Promise<AsyncDisposable> | null = null;
port.on("message", (message: { start?: EngineData; banks?: readonly Bank[]; stop?: true }) => {
  const newest = message.banks ?? message.start?.banks;
  if (newest) banks.replace(newest);
  if (message.start) running = start(port, message.start);
  if (message.stop) void stop(port);
});

async function start(to: MessagePort, data: EngineData): Promise<AsyncDisposable> {
  const log = createLog(data.logLevel, "engine");
  const store = await openStore(data.store);
  const clock = createTravellingClock();
  const travels = data.environment === "SANDBOX";
  if (travels) await clock.reload(store);
  const hints = createInProcessHints();
  const unbridge = bridgeHints(hints, to);
  hints.listen((hint) => void (travels && hint.topic === "clock" && clock.reload(store)));
  const services = createServices({ ...data, banks, store, hints, clock, log, masterKey: new Secret(data.masterKey) });
  const engine = startEngine(services);
  to.postMessage({ ready: true });
  return {
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      unbridge();
      await store[Symbol.asyncDispose]();
    },
  };
}

async function stop(to: MessagePort): Promise<void> {
  await (await running)?.[Symbol.asyncDispose]();
  to.close();
}
