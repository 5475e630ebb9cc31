import { randomUUID } from "node:crypto";
import type { BankDirectory } from "./banks/directory.ts";
import { createConsents } from "./consents/index.ts";
import { openConnector } from "./connectors/registry.ts";
import type { Bank, Environment } from "./domain/bank.ts";
import type { Secret } from "./domain/secret.ts";
import type { Clock } from "./domain/time.ts";
import type { Hints } from "./events/hints.ts";
import { createEmbeddedJobs } from "./jobs/embedded.ts";
import type { Jobs } from "./jobs/jobs.ts";
import type { Logger } from "./log.ts";
import type { Store } from "./store/store.ts";
import { createUpdateRequests } from "./sync/update-requests.ts";
import type { UpdateRequests } from "./sync/requests.ts";

/** What a gateway and an engine are both made of. Each thread or process has its own set over the same database. */
export interface Services {
  readonly store: Store;
  readonly hints: Hints;
  readonly clock: Clock;
  readonly banks: BankDirectory;
  readonly jobs: Jobs;
  readonly requests: UpdateRequests;
  readonly consents: ReturnType<typeof createConsents>;
  readonly environment: Environment;
  readonly masterKey: Secret;
  readonly log: Logger;
}

export interface ServiceParts {
  readonly store: Store;
  readonly hints: Hints;
  readonly clock: Clock;
  readonly banks: BankDirectory;
  readonly environment: Environment;
  readonly masterKey: Secret;
  readonly publicUrl: string;
  readonly log: Logger;
}

export function createServices(parts: ServiceParts): Services {
  const { store, hints, clock, banks, log, masterKey, publicUrl } = parts;
  const jobs = createEmbeddedJobs({ store, clock, hints, log, owner: `${String(process.pid)}-${randomUUID()}` });
  const requests = createUpdateRequests({ store, jobs, hints, banks, clock });
  const connectorFor = (bank: Bank) => openConnector(bank, { clock });
  const consents = createConsents({ store, jobs, hints, banks, connectorFor, requests, clock, masterKey, publicUrl, log });
  return { store, hints, clock, banks, jobs, requests, consents, environment: parts.environment, masterKey, log };
}
