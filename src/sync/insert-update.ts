import type { Consent } from "../domain/consent.ts";
import { newId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";
import type { PsuContext, Update, UpdateTrigger } from "../domain/update.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Tx } from "../store/store.ts";
import { enqueueCallback } from "./callback-job.ts";
import { firstSteps } from "./planner.ts";
import { updateJob } from "./update-job.ts";

export interface UpdateOrder {
  readonly trigger: UpdateTrigger;
  readonly callbackUrl: string | null;
  readonly psuContext: PsuContext | null;
  readonly idempotencyKey: string | null;
  readonly now: Instant;
}

/** A QUEUED update with its first steps, change row and job, inside the caller's transaction. Null = one is active already. */
export async function insertUpdate(tx: Tx, jobs: Jobs, consent: Consent, order: UpdateOrder): Promise<Update | null> {
  const { now, ...request } = order;
  const update: Update = {
    ...request,
    attendedAt: request.psuContext === null ? null : now,
    id: newId("upd", now),
    userId: consent.userId,
    tenantId: consent.tenantId,
    consentId: consent.id,
    status: "QUEUED",
    sequence: 1,
    epoch: 0,
    attempt: 0,
    retries: 0,
    leaseUntil: null,
    accountsTotal: null,
    accountsDone: 0,
    transactionsSeen: 0,
    added: 0,
    modified: 0,
    removed: 0,
    progressPermille: null,
    error: null,
    waitReason: null,
    nextAttemptAt: null,
    firstChangeSeq: null,
    lastChangeSeq: null,
    createdAt: now,
    startedAt: null,
    finishedAt: null,
  };
  if (!(await tx.insertUpdate(update))) return null;
  await tx.insertSteps(firstSteps(update, consent.scopes));
  const change = { type: "UpdateChanged", subjectId: update.id, consentId: consent.id, updateId: update.id } as const;
  const logged = await tx.appendChanges(update.userId, now, [change]);
  const { first: firstChangeSeq, last: lastChangeSeq } = logged ?? { first: null, last: null };
  await tx.patchUpdate(update.id, update.epoch, { firstChangeSeq, lastChangeSeq });
  await jobs.enqueue(tx, updateJob(update, now));
  await enqueueCallback(tx, jobs, update, { status: "QUEUED", sequence: update.sequence, at: now });
  return { ...update, firstChangeSeq, lastChangeSeq };
}
