import { ChangeType, type Change, type ChangeKind } from "../../domain/change.ts";
import type { UserId } from "../../domain/ids.ts";
import { rowsOf, valueOf, type Db } from "../db.ts";
import { owned } from "../lists.ts";
import type { Reads } from "../reads.ts";
import { oneOf, raw, sql, type Sql } from "../sql.ts";
import type { Writes } from "../writes.ts";

export function changeReads(db: Db) {
  const { change } = db.entities;
  const select = sql`select ${change.columns("t")} from change_log t`;
  return {
    changesOfUser: (owner, user, { after, kinds, limit }) =>
      rowsOf(
        db,
        change,
        sql`${select} where t.user_id = (select o.id from hub_user o where o.id = ${user} and ${owned(owner, "o", "hub_user")})
          and t.seq > ${after} and ${ofKinds(kinds)} order by t.seq limit ${limit}`,
      ),
    changesOfUpdate(owner, update, { after, limit }) {
      // The update knows between which positions its changes lie: a range of the user's log, no index of its own.
      const mine = sql`from hub_update o where o.id = ${update} and ${owned(owner, "o", "hub_update")}`;
      return rowsOf(
        db,
        change,
        sql`${select} where t.user_id = (select o.user_id ${mine}) and t.seq > ${after}
          and t.seq >= (select o.first_change_seq ${mine}) and t.seq <= (select o.last_change_seq ${mine})
          and t.update_id = ${update} order by t.seq limit ${limit}`,
      );
    },
    async changeSeqs(users) {
      const rows = await db.all(sql`select u.id as "id", u.change_seq as "seq" from hub_user u where ${db.among("u.id", users)}`);
      return new Map(rows.map((row) => [row["id"] as UserId, row["seq"] as number]));
    },
  } satisfies Partial<Reads>;
}

function ofKinds(kinds: readonly ChangeKind[] | null): Sql {
  if (!kinds) return raw("true");
  const types = Object.entries(ChangeType).filter(([, kind]) => kinds.includes(kind));
  return oneOf(
    "t.type",
    types.map(([type]) => type),
  );
}

export function changeWrites(db: Db) {
  const { change } = db.entities;
  return {
    async appendChanges(userId, at, changes) {
      if (changes.length === 0) return null;
      const last = await valueOf(
        db,
        sql`update hub_user set change_seq = change_seq + ${changes.length} where id = ${userId} returning change_seq as "value"`,
      );
      if (typeof last !== "number") throw new Error(`cannot append to the change log of ${userId}: there is no such user`);
      const first = last - changes.length + 1;
      const rows = changes.map((entry, i): Change => {
        const { type, subjectId, consentId, accountId = null, updateId = null, reason = null, mergedInto = null } = entry;
        return { userId, seq: first + i, at, type, subjectId, consentId, accountId, updateId, reason, mergedInto };
      });
      await db.insert(change, rows);
      return { first, last };
    },
  } satisfies Partial<Writes>;
}
