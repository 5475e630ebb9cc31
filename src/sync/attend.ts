import type { PsuContext, Update } from "../domain/update.ts";
import type { Clock } from "../domain/time.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Store } from "../store/store.ts";
import { attendedBy } from "./attended.ts";
import { enqueueCallback } from "./callback-job.ts";
import { next } from "./machine.ts";
import { updateJob } from "./update-job.ts";

/**
 * The user is there now. Calls of the update are theirs from its next claim on; one that waits for the allowance of unattended
 * calls is due at once. A wait that the bank asked of the user's own calls stands. Null = the update is over.
 */
export async function attend(
  { store, jobs, clock }: { readonly store: Store; readonly jobs: Jobs; readonly clock: Clock },
  { id }: Pick<Update, "id">,
  psuContext: PsuContext,
): Promise<Update | null> {
  return store.tx(async (tx) => {
    const now = clock.now();
    const before = await tx.update(id);
    // Locks the row: a run that is about to wait either finds the user here, or has waited already.
    if (before === null || !(await tx.patchUpdate(id, null, { psuContext, attendedAt: now }))) return null;
    const locked = await tx.update(id);
    if (locked === null) return null;
    const unattended = attendedBy(before, now) === null;
    const due = unattended && locked.waitReason === "BANK_QUOTA_SPENT" ? next(locked, { type: "waitOver" }) : null;
    if (due === null) return locked;
    const logged = await tx.appendChanges(locked.userId, now, [
      { type: "UpdateChanged", subjectId: id, consentId: locked.consentId, updateId: id },
    ]);
    const patch = { ...due, sequence: locked.sequence + 1, lastChangeSeq: logged?.last ?? locked.lastChangeSeq };
    await tx.patchUpdate(id, null, patch);
    await jobs.enqueue(tx, updateJob(locked, now));
    await enqueueCallback(tx, jobs, locked, { status: due.status, sequence: patch.sequence, at: now });
    return { ...locked, ...patch };
  });
}
