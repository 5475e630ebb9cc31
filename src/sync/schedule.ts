import type { Consent } from "../domain/consent.ts";
import { DAY, type Clock, type Instant } from "../domain/time.ts";
import type { Hints } from "../events/hints.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Store } from "../store/store.ts";
import type { UpdateRequests } from "./requests.ts";

const BATCH = 200;

/**
 * The scheduled updates: what the sweeper calls once a minute. Starts one update for each due consent (none where one is active)
 * and moves its next run on, in one transaction, so that two sweepers start one update. Answers how many were started.
 */
export function createScheduler(parts: {
  readonly store: Store;
  readonly jobs: Jobs;
  readonly hints: Hints;
  readonly clock: Clock;
  readonly requests: Pick<UpdateRequests, "start">;
}): () => Promise<number> {
  const { store, jobs, hints, clock, requests } = parts;
  return async () => {
    const now = clock.now();
    let started = 0;
    for (;;) {
      const due = await store.consentsDue(now, BATCH);
      for (const { id } of due) {
        const update = await store.tx(async (tx) => {
          const consent = await tx.consent(id);
          if (consent === null || !isDue(consent, now)) return null;
          if (!(await tx.patchConsent(id, { nextRunAt: nextRun(consent, now) }, ["GIVEN"]))) return null;
          return requests.start(tx, consent, "SCHEDULE");
        });
        hints.send({ topic: "consent", id });
        if (update === null) continue;
        started++;
        hints.send({ topic: "update", id: update.id });
        hints.send({ topic: "user", id: update.userId });
      }
      if (due.length < BATCH) break;
    }
    if (started > 0) {
      jobs.nudge();
      hints.send({ topic: "jobs" });
    }
    return started;
  };
}

function isDue(consent: Consent, now: Instant): boolean {
  return consent.status === "GIVEN" && consent.timesPerDay > 0 && consent.nextRunAt !== null && consent.nextRunAt <= now;
}

/** Evenly over the day from the consent's own first run; runs missed while nobody was up are not made good. */
export function nextRun(consent: Pick<Consent, "timesPerDay" | "nextRunAt">, now: Instant): Instant {
  const every = DAY / consent.timesPerDay;
  const from = consent.nextRunAt ?? now;
  return from + every * (Math.floor(Math.max(0, now - from) / every) + 1);
}
