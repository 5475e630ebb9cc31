import type { ConsentId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";
import type { Tx } from "../store/store.ts";

/**
 * Durable jobs. May deliver twice: correctness lives in the rows the handler guards (design.md 4.2), never in the queue.
 * Fits an embedded queue on our tables and pg-boss alike.
 */
export interface Jobs extends AsyncDisposable {
  /** Becomes visible with the transaction's commit, or not at all. */
  enqueue(tx: Tx, job: NewJob): Promise<void>;
  /** Removes waiting jobs with that key. Running ones go on. */
  cancel(tx: Tx, queue: QueueName, key: string): Promise<void>;
  /** Starts handling a queue in this process. */
  work(queue: QueueName, options: WorkOptions, handler: JobHandler): void;
  /** Wakes the loop: something was enqueued or the clock jumped. */
  nudge(): void;
  /** Stops taking jobs, aborts the handlers' signals and waits for them. */
  stop(): Promise<void>;
}

export type QueueName = "update" | "callback" | "revoke" | "sweep" | "authorization";

export interface NewJob {
  readonly queue: QueueName;
  /** At most one waiting job per queue and key. */
  readonly key: string | null;
  /** Jobs of one group never run at the same time (a bank, a callback target). */
  readonly groupKey: string | null;
  readonly consentId: ConsentId | null;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly runAt: Instant;
}

export interface WorkOptions {
  readonly concurrency: number;
  /** How long a job may go without a heartbeat before another process takes it over. Renewed by the queue itself. In ms. */
  readonly leaseMs: number;
  /** Delay before attempt n (1-based) is repeated; null = give up and drop the job. */
  readonly retryDelay: (attempts: number) => number | null;
}

/** Resolves = done. Throws = try again after `retryDelay`. A `RunAgainAt` answer = the same job once more at that time, attempts from zero. */
export type JobHandler = (payload: Readonly<Record<string, unknown>>, signal: AbortSignal) => Promise<void | RunAgainAt>;

export interface RunAgainAt {
  readonly runAgainAt: Instant;
}
