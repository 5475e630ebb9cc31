import { newId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";
import type { Update, UpdateStatus } from "../domain/update.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Tx } from "../store/store.ts";

/** Every change of an update's status is posted to its callback URL: enqueued in the transaction that makes the change. */
export async function enqueueCallback(
  tx: Tx,
  jobs: Jobs,
  update: Update,
  change: { status: UpdateStatus; sequence: number; at: Instant },
): Promise<void> {
  if (update.callbackUrl === null) return;
  await jobs.enqueue(tx, {
    queue: "callback",
    key: null,
    groupKey: update.callbackUrl,
    consentId: update.consentId,
    runAt: change.at,
    payload: {
      kind: "update",
      updateId: update.id,
      userId: update.userId,
      tenantId: update.tenantId,
      consentId: update.consentId,
      status: change.status,
      sequence: change.sequence,
      url: update.callbackUrl,
      eventId: newId("evt", change.at),
      at: change.at,
    },
  });
}
