import { registerCallbacks } from "./callbacks/worker.ts";
import type { Services } from "./services.ts";
import { createScheduler } from "./sync/schedule.ts";
import { registerUpdateWorker } from "./sync/worker.ts";

/** Everything that works in the background: updates, callbacks, revocations, the sweeper. Stops at a page's edge. */
export function startEngine(services: Services): AsyncDisposable {
  const { store, jobs, hints, consents, banks, clock, log, environment } = services;
  const worker = registerUpdateWorker({ store, jobs, hints, grants: consents.grants, banks, clock, log });
  const callbacks = registerCallbacks({ store, jobs, log, environment, openSecret: consents.openTenantSecret });
  consents
    .registerWorkers({ startDue: createScheduler(services) })
    .catch((error: unknown) => log.fatal({ err: error }, "the background work did not start"));
  return {
    async [Symbol.asyncDispose]() {
      await jobs.stop();
      await worker[Symbol.asyncDispose]();
      await callbacks[Symbol.asyncDispose]();
      await consents[Symbol.asyncDispose]();
    },
  };
}
