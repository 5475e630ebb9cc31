import { newId } from "../domain/ids.ts";
import { SECOND, type Clock } from "../domain/time.ts";
import type { Hints } from "../events/hints.ts";
import type { Store } from "../store/store.ts";
import type { JobRow } from "../store/writes.ts";
import type { JobHandler, Jobs, QueueName, WorkOptions } from "./jobs.ts";

/** One line an event; pino fits. */
export interface JobLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface EmbeddedParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly hints: Hints;
  readonly log: JobLog;
  /** Unique to this set of workers: the name on its leases. */
  readonly owner: string;
}

/** How long the loop sleeps at most: what a lost hint costs. */
const POLL_MS = SECOND;

interface Worker {
  readonly queue: QueueName;
  readonly options: WorkOptions;
  readonly handler: JobHandler;
  running: number;
}

/**
 * The queue on our own tables. A loop takes due jobs under a lease, renews it while a handler runs, and removes the row when the
 * handler is done. A process that dies leaves its leases to run out; another one takes the jobs over.
 */
export function createEmbeddedJobs({ store, clock, hints, log, owner }: EmbeddedParts): Jobs {
  const workers: Worker[] = [];
  const handlers = new Set<Promise<void>>();
  const running = new Set<JobRow["id"]>();
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;
  let again = false;

  const unlisten = hints.listen(
    (hint) => void ((hint.topic === "jobs" || hint.topic === "clock") && nudge()),
    () => nudge(),
  );

  function nudge(): void {
    if (stopping.signal.aborted || workers.length === 0) return;
    again = true;
    looking ??= look().finally(() => (looking = null));
  }

  async function look(): Promise<void> {
    if (timer) clearTimeout(timer);
    while (again && !stopping.signal.aborted) {
      again = false;
      try {
        for (const worker of workers) await take(worker);
      } catch (error) {
        log.error({ err: error }, "jobs cannot be read; trying again");
      }
    }
    if (!stopping.signal.aborted) timer = setTimeout(nudge, await pause());
  }

  async function pause(): Promise<number> {
    try {
      // A full queue is looked at when one of its handlers ends: its due jobs would wake the loop for nothing, and without a pause.
      const open = workers.filter(({ running, options }) => running < options.concurrency);
      if (open.length === 0) return POLL_MS;
      const next = await store.tx((tx) => tx.nextJobAt(open.map(({ queue }) => queue)));
      return next === null ? POLL_MS : Math.min(POLL_MS, Math.max(5, next - clock.now()));
    } catch {
      return POLL_MS;
    }
  }

  async function take(worker: Worker): Promise<void> {
    const free = worker.options.concurrency - worker.running;
    if (free <= 0) return;
    const now = clock.now();
    const jobs = await store.tx((tx) => tx.claimJobs(worker.queue, owner, now, now + worker.options.leaseMs, free));
    for (const job of jobs) {
      // The clock jumped over the lease while the handler runs: the claim has renewed it, and once is enough.
      if (running.has(job.id)) continue;
      running.add(job.id);
      worker.running++;
      const handling = run(worker, job).finally(() => {
        worker.running--;
        running.delete(job.id);
        handlers.delete(handling);
        nudge();
      });
      handlers.add(handling);
    }
  }

  async function run({ queue, options, handler }: Worker, job: JobRow): Promise<void> {
    const lost = new AbortController();
    const signal = AbortSignal.any([stopping.signal, lost.signal]);
    const heartbeat = setInterval(() => {
      store
        .tx((tx) => tx.extendJob(job.id, owner, clock.now() + options.leaseMs))
        .then((mine) => void (mine || lost.abort()))
        .catch((error: unknown) => log.warn({ err: error, queue }, "a job's lease was not renewed"));
    }, options.leaseMs / 3);
    try {
      const answer = await handler(JSON.parse(job.payload) as Readonly<Record<string, unknown>>, signal);
      await store.tx(async (tx) => {
        if (!(await tx.finishJob(job.id, owner)) || !answer) return;
        await tx.insertJob({ ...job, id: newId("job", clock.now()), attempts: 0, runAt: answer.runAgainAt, createdAt: clock.now() });
      });
    } catch (error) {
      await failed(queue, options, job, error);
    } finally {
      clearInterval(heartbeat);
    }
  }

  async function failed(queue: QueueName, options: WorkOptions, job: JobRow, error: unknown): Promise<void> {
    // A stop is no failure of the job: it is due again at once, for whoever runs next.
    const delay = stopping.signal.aborted ? 0 : options.retryDelay(job.attempts + 1);
    if (delay === null) log.error({ err: error, queue, attempts: job.attempts + 1 }, "a job was given up");
    else if (!stopping.signal.aborted) log.warn({ err: error, queue, attempts: job.attempts + 1 }, "a job failed and will be repeated");
    try {
      await store.tx(
        async (tx) => void (delay === null ? await tx.finishJob(job.id, owner) : await tx.retryJob(job.id, owner, clock.now() + delay)),
      );
    } catch (cause) {
      log.error({ err: cause, queue }, "a failed job could not be put back; its lease runs out instead");
    }
  }

  return {
    async enqueue(tx, { queue, key, groupKey, consentId, payload, runAt }) {
      const now = clock.now();
      await tx.insertJob({
        id: newId("job", now),
        queue,
        key,
        groupKey,
        consentId,
        payload: JSON.stringify(payload),
        runAt,
        attempts: 0,
        createdAt: now,
      });
    },
    async cancel(tx, queue, key) {
      await tx.cancelJobs(queue, key);
    },
    work(queue, options, handler) {
      workers.push({ queue, options, handler, running: 0 });
      nudge();
    },
    nudge,
    async stop() {
      stopping.abort();
      unlisten();
      await looking;
      if (timer) clearTimeout(timer);
      await Promise.all(handlers);
    },
    async [Symbol.asyncDispose]() {
      await this.stop();
    },
  };
}
