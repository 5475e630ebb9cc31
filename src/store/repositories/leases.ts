import type { Db } from "../db.ts";
import { sql } from "../sql.ts";

/** Each lease is over at once; what was done under it still counts as an attempt. */
export async function endLeases(db: Db): Promise<void> {
  await db.run(sql`update hub_update set lease_until = 0 where status = 'RUNNING'`);
  // The owner stays: a waiting job of the same queue and key may be there already.
  await db.run(sql`update job set lease_until = 0 where lease_owner is not null`);
  await db.run(sql`update bank_grant set refresh_until = 0 where refresh_owner is not null`);
}
