import { sql } from "drizzle-orm";
import type { ConsentId, JobId } from "../../domain/ids.ts";
import type { Kit } from "../kit.ts";

/** The embedded queue. A job waits while `leaseOwner` is null. */
export function jobTables(kit: Kit) {
  const { table, text, textOrNull, int, intOrNull, index, uniqueIndex, primaryKey } = kit;
  const job = table(
    "job",
    {
      id: text<JobId>(),
      queue: text(),
      key: textOrNull(),
      groupKey: textOrNull(),
      consentId: textOrNull<ConsentId>(),
      payload: text(),
      runAt: int(),
      attempts: int(),
      createdAt: int(),
      leaseOwner: textOrNull(),
      leaseUntil: intOrNull(),
    },
    (t) => [
      primaryKey({ columns: [t.id] }),
      index("job_due").on(t.queue, t.runAt),
      uniqueIndex("job_waiting_key")
        .on(t.queue, t.key)
        .where(sql`lease_owner is null`),
      index("job_group").on(t.groupKey, t.runAt),
      index("job_consent").on(t.consentId),
    ],
  );
  return { job };
}
