import { once, EventEmitter } from "node:events";
import { newId } from "../../src/domain/ids.ts";
import { MINUTE, SECOND } from "../../src/domain/time.ts";
import { createInProcessHints, type InProcessHints } from "../../src/events/in-process.ts";
import { createEmbeddedJobs, type JobLog } from "../../src/jobs/embedded.ts";
import type { JobHandler, Jobs, NewJob, QueueName, WorkOptions } from "../../src/jobs/jobs.ts";
import type { Store, Tx } from "../../src/store/store.ts";
import { NOW } from "./store-fixtures.ts";

export const OPTIONS: WorkOptions = {
  concurrency: 4,
  leaseMs: MINUTE,
  retryDelay: (attempts) => (attempts > 2 ? null : attempts * SECOND),
};

export interface Bench extends AsyncDisposable {
  readonly store: Store;
  readonly jobs: Jobs;
  readonly clock: { move(by: number): void; moveSilently(by: number): void };
  readonly logged: { level: "warn" | "error"; fields: object; message: string }[];
  enqueue(...jobs: NewJob[]): Promise<void>;
  work(
    queue: QueueName,
    handler?: JobHandler,
    options?: WorkOptions,
  ): { readonly payloads: readonly object[]; times(n: number): Promise<void> };
  /** Nothing that is due is left undone: seen by two looks of the loop that end without a statement of their own in between. */
  idle(): Promise<void>;
}

export function startBench(store: Store): Bench {
  let now = NOW;
  const hints: InProcessHints = createInProcessHints();
  const logged: Bench["logged"] = [];
  const note = (level: "warn" | "error") => (fields: object, message: string) => void logged.push({ level, fields, message });
  const log: JobLog = { warn: note("warn"), error: note("error") };
  const looks = new EventEmitter();
  // nextJobAt is the last thing that the loop asks before it sleeps.
  const watched = replaced(store, {
    async tx(fn) {
      let asked = false;
      const nextJobAt = (queues: readonly string[], tx: Tx) => {
        asked = true;
        return tx.nextJobAt(queues);
      };
      const result = await store.tx((tx) => fn(replaced(tx, { nextJobAt: (queues) => nextJobAt(queues, tx) })));
      if (asked) setImmediate(() => looks.emit("asleep"));
      return result;
    },
  });
  const jobs = createEmbeddedJobs({ store: watched, clock: { now: () => now }, hints, log, owner: newId("evt") });
  const move = (by: number): void => void (now += by);
  return {
    store,
    jobs,
    logged,
    clock: {
      moveSilently: move,
      move(by) {
        move(by);
        hints.send({ topic: "clock" });
      },
    },
    enqueue: (...list) =>
      store.tx(async (tx) => {
        for (const one of list) await jobs.enqueue(tx, one);
      }),
    work(queue, handler = () => Promise.resolve(), options = OPTIONS) {
      const payloads: object[] = [];
      const runs = new EventEmitter();
      jobs.work(queue, options, (payload, signal) => {
        payloads.push(payload);
        runs.emit("run");
        return handler(payload, signal);
      });
      return {
        payloads,
        async times(n) {
          while (payloads.length < n) await once(runs, "run");
        },
      };
    },
    async idle() {
      for (let look = 0; look < 2; look++) {
        const asleep = once(looks, "asleep");
        jobs.nudge();
        await asleep;
      }
    },
    async [Symbol.asyncDispose]() {
      await jobs.stop();
      await hints[Symbol.asyncDispose]();
    },
  };
}

/** The object with some methods replaced, whether the others are its own or its class's. */
function replaced<T extends object>(object: T, methods: Partial<T>): T {
  return new Proxy(object, {
    get(target, name) {
      const value: unknown = Reflect.get(name in methods ? methods : target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

export class Gate {
  readonly #promise: Promise<void>;
  #open: () => void = () => undefined;

  constructor() {
    this.#promise = new Promise((done) => (this.#open = done));
  }

  open(): void {
    this.#open();
  }

  opened(): Promise<void> {
    return this.#promise;
  }

  async openedBy(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.#open());
    await this.#promise;
  }
}

export async function renewed(store: Store, leaseUntil: number): Promise<void> {
  while ((await store.tx((tx) => tx.nextJobAt(["update"]))) !== leaseUntil) await new Promise((done) => setTimeout(done, 2));
}

export function job(given: Partial<NewJob>): NewJob {
  return { queue: "update", key: null, groupKey: null, consentId: null, payload: {}, runAt: NOW, ...given };
}
