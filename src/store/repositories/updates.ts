import type { ConsentId, UpdateId } from "../../domain/ids.ts";
import type { Update, UpdateStep } from "../../domain/update.ts";
import { rowOf, rowsOf, type Db } from "../db.ts";
import { counts, owned, pages, type List } from "../lists.ts";
import type { Reads, UpdateFilter } from "../reads.ts";
import { NOTHING, oneOf, raw, sql, type Sql } from "../sql.ts";
import type { Writes } from "../writes.ts";

// Written out, not a parameter: only then does either planner use the partial index of active updates.
const ACTIVE = "status in ('QUEUED', 'RUNNING', 'WAITING')";

/** To be had at `now`: queued, done waiting, or left by a worker whose lease ran out. */
function claimable(now: number): Sql {
  return sql`(status = 'QUEUED' or (status = 'WAITING' and coalesce(next_attempt_at, 0) <= ${now})
    or (status = 'RUNNING' and coalesce(lease_until, 0) <= ${now}))`;
}

export function updateReads(db: Db) {
  const { update, step } = db.entities;
  const ofConsents: List<Update> = {
    entity: update,
    parent: "consent",
    parentKey: "consentId",
    link: raw("x.consent_id = o.id"),
    key: ["id"],
    sort: null,
    descending: true,
  };
  const where = (filter: UpdateFilter): Sql => (filter.statuses ? oneOf("x.status", filter.statuses) : raw("true"));
  const select = sql`select ${update.columns("t")} from hub_update t`;
  const byId = async (condition: Sql) => new Map((await rowsOf(db, update, sql`${select} where ${condition}`)).map((row) => [row.id, row]));
  return {
    updatesByIds: (owner, ids) => byId(sql`${db.among("t.id", ids)} and ${owned(owner, "t", "hub_update")}`),
    updatesForWatch: (ids) => byId(db.among("t.id", ids)),
    updatesOfConsents: (owner, consents, filter, page) => pages(db, ofConsents, owner, consents, where(filter), page),
    countUpdatesOfConsents: (owner, consents, filter) => counts(db, ofConsents, owner, consents, where(filter)),
    async latestUpdates(owner, consents) {
      const found = await pages(db, ofConsents, owner, consents, raw("true"), { limit: 1, position: null, backward: false });
      const newest = new Map<ConsentId, Update>();
      for (const [id, { rows }] of found) if (rows[0]) newest.set(id, rows[0]);
      return newest;
    },
    updateByIdempotencyKey: (owner, consent, key) =>
      rowOf(
        db,
        update,
        sql`${select} where t.consent_id = ${consent} and t.idempotency_key = ${key} and ${owned(owner, "t", "hub_update")}`,
      ),
    async stepsOfUpdates(owner, updates) {
      const steps = new Map<UpdateId, UpdateStep[]>(updates.map((id) => [id, []]));
      const rows = await rowsOf(
        db,
        step,
        sql`select ${step.columns("t")} from update_step t
          where ${db.among("t.update_id", updates)} and ${owned(owner, "t", "other")} order by t.update_id, t.position`,
      );
      for (const row of rows) steps.get(row.updateId)?.push(row);
      return steps;
    },
    update: (id) => rowOf(db, update, sql`${select} where t.id = ${id}`),
    steps: (id) => rowsOf(db, step, sql`select ${step.columns("t")} from update_step t where t.update_id = ${id} order by t.position`),
    activeUpdate: (consent) => rowOf(db, update, sql`${select} where t.consent_id = ${consent} and t.${raw(ACTIVE)}`),
    updatesToRecover: (now, limit) =>
      rowsOf(db, update, sql`${select} where t.${raw(ACTIVE)} and ${claimable(now)} order by t.created_at, t.id limit ${limit}`),
  } satisfies Partial<Reads>;
}

export function updateWrites(db: Db) {
  const { update, step } = db.entities;
  return {
    async insertUpdate(row) {
      const columns = raw(update.insertColumns);
      return (await db.run(sql`insert into hub_update (${columns}) values (${update.values(row)}) on conflict do nothing`)) > 0;
    },
    claimUpdate: (id, now, leaseUntil) =>
      rowOf(
        db,
        update,
        sql`update hub_update set status = 'RUNNING', epoch = epoch + 1, lease_until = ${leaseUntil}
          where id = ${id} and ${claimable(now)} returning ${update.columns("hub_update")}`,
      ),
    async patchUpdate(id, epoch, patch) {
      const set = update.assignments(patch) ?? raw("id = id");
      const mine = epoch === null ? NOTHING : sql`and epoch = ${epoch}`;
      return (await db.run(sql`update hub_update set ${set} where id = ${id} and ${raw(ACTIVE)} ${mine}`)) > 0;
    },
    insertSteps: (rows) => db.insert(step, rows),
    async patchStep(id, position, patch) {
      const set = step.assignments(patch);
      if (set) await db.run(sql`update update_step set ${set} where update_id = ${id} and position = ${position}`);
    },
  } satisfies Partial<Writes>;
}
