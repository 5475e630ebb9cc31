import type { UpdateId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";
import type { Update } from "../domain/update.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Tx } from "../store/store.ts";
import { enqueueCallback } from "./callback-job.ts";
import { next } from "./machine.ts";

/** Cancels an active update; the worker that runs it finds its next write refused and stops. Null = it was final already. */
export async function cancelUpdate(tx: Tx, jobs: Jobs, id: UpdateId, now: Instant): Promise<Update | null> {
  // Locks the row, so that the sequence read next is the newest.
  if (!(await tx.patchUpdate(id, null, { leaseUntil: null }))) return null;
  const before = await tx.update(id);
  const canceled = before === null ? null : next(before, { type: "cancel", at: now });
  if (before === null || canceled === null) return null;
  const change = { type: "UpdateChanged", subjectId: id, consentId: before.consentId, updateId: id } as const;
  const logged = await tx.appendChanges(before.userId, now, [change]);
  const patch = {
    ...canceled,
    sequence: before.sequence + 1,
    firstChangeSeq: before.firstChangeSeq ?? logged?.first ?? null,
    lastChangeSeq: logged?.last ?? before.lastChangeSeq,
  };
  await tx.patchUpdate(id, null, patch);
  await tx.dropSeenSlices(id, null, 0);
  await jobs.cancel(tx, "update", id);
  await enqueueCallback(tx, jobs, before, { status: patch.status, sequence: patch.sequence, at: now });
  return { ...before, ...patch };
}
