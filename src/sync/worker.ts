import type { BankDirectory } from "../banks/directory.ts";
import type { BankId, UpdateId } from "../domain/ids.ts";
import { MINUTE, SECOND } from "../domain/time.ts";
import { claimDelay, Slots } from "./slots.ts";
import { runUpdate } from "./engine.ts";
import { firstAccountsOf, readFirstAccounts } from "./first-accounts.ts";
import { fullJitter } from "../jobs/retry.ts";
import type { SyncParts } from "./parts.ts";
import { updateIdOf, updateJob } from "./update-job.ts";

const RECOVER_EVERY = 30 * SECOND;
const RECOVER_BATCH = 200;
const JOB_LEASE_MS = MINUTE;
const RETRY = { first: 2 * SECOND, longest: 5 * MINUTE };

export interface UpdateWorkerParts extends SyncParts {
  readonly banks: Pick<BankDirectory, "byId">;
  /** Updates that this process runs at a time. @default 8 */
  readonly concurrency?: number;
}

/**
 * Hooks the engine to the queue: runs updates here, a bank at most half of them at a time so that one that hangs does not stop the
 * others, and puts updates that lost their worker or their job back into the queue, at once and every 30 s.
 * Dispose after the jobs have stopped.
 */
export function registerUpdateWorker(parts: UpdateWorkerParts): AsyncDisposable {
  const { jobs, clock, log, concurrency = 8 } = parts;
  const slots = new Slots(Math.max(1, Math.ceil(concurrency / 2)));
  // A fault of ours repeats at the pace of its attempts until the update has failed; the recovery looks after what remains.
  const retryDelay = (attempts: number): number => fullJitter(attempts, RETRY, parts.random);
  jobs.work("update", { concurrency, leaseMs: JOB_LEASE_MS, retryDelay }, async (payload, signal) => {
    const first = firstAccountsOf(payload);
    if (first !== null) {
      await readFirstAccounts(parts, first, signal);
      return undefined;
    }
    const id = updateIdOf(payload);
    if (id === null) return undefined;
    const bank = await bankOf(parts, id);
    if (bank === null) return undefined;
    if (!slots.take(bank)) return { runAgainAt: clock.now() + claimDelay(parts.random ?? Math.random) };
    try {
      return await runUpdate(parts, id, signal);
    } finally {
      slots.give(bank);
    }
  });

  let recovering: Promise<void> = Promise.resolve();
  const recover = (): void => {
    recovering = recovering.then(async () => {
      try {
        await recoverUpdates(parts);
      } catch (error) {
        log.error({ err: error }, "recovery of updates failed");
      }
    });
  };
  recover();
  const timer = setInterval(recover, RECOVER_EVERY);
  timer.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await recovering;
    },
  };
}

/** Puts every update that nobody works on back into the queue; a job that is there already stays the only one. */
export async function recoverUpdates({
  store,
  jobs,
  clock,
  hints,
}: Pick<SyncParts, "store" | "jobs" | "clock" | "hints">): Promise<number> {
  const now = clock.now();
  const updates = await store.updatesToRecover(now, RECOVER_BATCH);
  for (const update of updates) await store.tx((tx) => jobs.enqueue(tx, updateJob(update, now)));
  if (updates.length > 0) {
    jobs.nudge();
    hints.send({ topic: "jobs" });
  }
  return updates.length;
}

async function bankOf({ store }: SyncParts, id: UpdateId): Promise<BankId | null> {
  const update = await store.update(id);
  const consent = update === null ? null : await store.consent(update.consentId);
  return consent?.bankId ?? null;
}
