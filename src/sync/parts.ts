import type { Clock } from "../domain/time.ts";
import type { Hints } from "../events/hints.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Store } from "../store/store.ts";
import type { Grants } from "../consents/grants.ts";

/** One line an event, fields not sentences; never a row's content. pino fits. */
export interface SyncLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What the engine works with. */
export interface SyncParts {
  readonly store: Store;
  readonly jobs: Jobs;
  readonly hints: Hints;
  readonly grants: Grants;
  readonly clock: Clock;
  readonly log: SyncLog;
  /** In [0, 1): jitter. @default Math.random */
  readonly random?: () => number;
  /** How long an update may go without a commit before another worker takes it over. Renewed by a heartbeat. In ms. @default 60_000 */
  readonly leaseMs?: number;
}
