import type { AccountId, ConsentId } from "../../domain/ids.ts";
import { valueOf, type Db } from "../db.ts";
import { sql } from "../sql.ts";

/**
 * Removes everything acquired with a consent. Every table is named here: the foreign keys have no cascade, so that a forgotten
 * table makes the deletion fail instead of keeping rows.
 *
 * The user's and the updates' rows are locked first, in the order in which a page is stored (change log, then update). A page that
 * is being stored either commits before and its rows are seen by the deletions below, or finds its update gone and rolls back.
 */
export async function eraseConsent(db: Db, consent: ConsentId): Promise<{ accounts: readonly AccountId[]; transactions: number }> {
  const user = await valueOf(
    db,
    sql`select u.id as "value" from hub_user u where u.id = (select c.user_id from consent c where c.id = ${consent}) ${db.forUpdate}`,
  );
  if (typeof user !== "string") return { accounts: [], transactions: 0 };
  await db.run(sql`delete from update_step where update_id in (select id from hub_update where consent_id = ${consent})`);
  await db.run(sql`delete from seen_slice where consent_id = ${consent}`);
  await db.run(sql`delete from hub_update where consent_id = ${consent}`);
  await db.all(sql`select id as "id" from consent where id = ${consent} ${db.forUpdate}`);

  const rows = await db.all(sql`select id as "id" from account where consent_id = ${consent} order by id`);
  const accounts = rows.map((row) => row["id"] as AccountId);
  const transactions = await db.run(sql`delete from bank_transaction where user_id = ${user} and ${db.among("account_id", accounts)}`);
  await db.run(sql`delete from balance where ${db.among("account_id", accounts)}`);
  await db.run(sql`delete from account where consent_id = ${consent}`);
  await db.run(sql`delete from identity where consent_id = ${consent}`);
  await db.run(sql`delete from quarantine where consent_id = ${consent}`);
  await db.run(sql`delete from bank_call where consent_id = ${consent}`);
  await db.run(sql`delete from change_log where user_id = ${user} and consent_id = ${consent}`);
  await db.run(sql`delete from job where consent_id = ${consent}`);
  await db.run(sql`delete from authorization_attempt where consent_id = ${consent}`);
  await db.run(sql`delete from bank_grant where consent_id = ${consent}`);
  await db.run(sql`delete from consent_key where consent_id = ${consent}`);
  await db.run(sql`delete from consent where id = ${consent}`);
  return { accounts, transactions };
}
