import type { ConsentId, UpdateId } from "../domain/ids.ts";
import { nodeTypeOf } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";
import type { NewJob } from "../jobs/jobs.ts";

/** The job that runs an update: one waiting job an update, one running job a consent. */
export function updateJob(update: { readonly id: UpdateId; readonly consentId: ConsentId }, runAt: Instant): NewJob {
  return {
    queue: "update",
    key: update.id,
    groupKey: update.consentId,
    consentId: update.consentId,
    payload: { updateId: update.id },
    runAt,
  };
}

/** The update a job names; null for a payload that names none. */
export function updateIdOf(payload: Readonly<Record<string, unknown>>): UpdateId | null {
  const id = payload["updateId"];
  return typeof id === "string" && nodeTypeOf(id) === "Update" ? (id as UpdateId) : null;
}
