import type { ConsentId } from "../../domain/ids.ts";
import type { RawRow } from "../entity.ts";
import type { Db } from "../db.ts";
import { owned } from "../lists.ts";
import type { BankCallCount, Reads } from "../reads.ts";
import { raw, sql } from "../sql.ts";
import type { Writes } from "../writes.ts";

export function callReads(db: Db) {
  const counted = raw(
    `t.endpoint as "endpoint", t.account_id as "accountId", count(*) as "used", min(t.at) as "oldestAt" from bank_call t`,
  );
  const unattended = raw("not t.attended");
  return {
    async callsSince(grant, since) {
      const rows = await db.all(sql`select ${counted} where t.grant_id = ${grant} and t.at > ${since} and ${unattended}
        group by t.endpoint, t.account_id order by t.endpoint, t.account_id`);
      return rows.map(toCount);
    },
    async callsOfConsents(owner, consents, since) {
      const calls = new Map<ConsentId, BankCallCount[]>(consents.map((id) => [id, []]));
      const rows = await db.all(sql`select t.consent_id as "consentId", ${counted}
        where ${db.among("t.consent_id", consents)} and t.at > ${since} and ${unattended} and ${owned(owner, "t", "other")}
        group by t.consent_id, t.endpoint, t.account_id order by t.endpoint, t.account_id`);
      for (const row of rows) calls.get(row["consentId"] as ConsentId)?.push(toCount(row));
      return calls;
    },
  } satisfies Partial<Reads>;
}

function toCount(row: RawRow): BankCallCount {
  const { endpoint, accountId, used, oldestAt } = row;
  return { endpoint: String(endpoint), accountId: String(accountId), used: Number(used), oldestAt: Number(oldestAt) };
}

export function callWrites(db: Db) {
  return {
    async recordCall(call) {
      // A call may outlive its consent by a moment: then there is nothing to count for.
      const { userId, grantId, consentId, accountId, endpoint, at, attended } = call;
      await db.run(sql`insert into bank_call (user_id, grant_id, consent_id, account_id, endpoint, at, attended)
        select ${userId}, ${grantId}, c.id, ${accountId}, ${endpoint}, ${at}, ${attended} from consent c where c.id = ${consentId}`);
    },
  } satisfies Partial<Writes>;
}
