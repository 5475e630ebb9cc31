import type { Db } from "../db.ts";
import { rowsOf, valueOf } from "../db.ts";
import { oneOf, raw, sql } from "../sql.ts";
import type { Writes } from "../writes.ts";

export function jobWrites(db: Db) {
  const { job } = db.entities;
  return {
    async insertJob(row) {
      await db.run(sql`insert into job (${raw(job.insertColumns)}) values (${job.values(row)})
        on conflict (queue, key) where lease_owner is null do update set run_at = ${db.least}(job.run_at, excluded.run_at)`);
    },
    async claimJobs(queue, owner, now, leaseUntil, limit) {
      // Whose group is free is a question about other rows: claimers answer it one after the other.
      if (db.dialect === "postgres") await db.all(sql`select pg_advisory_xact_lock(7021001) is null as "value"`);
      const due = sql`j.queue = ${queue} and j.run_at <= ${now} and (j.lease_owner is null or j.lease_until <= ${now})`;
      const earlier = sql`select 1 from job g where g.group_key = j.group_key and g.id <> j.id
        and (g.lease_until > ${now} or (g.queue = j.queue and (g.lease_owner is null or g.lease_until <= ${now})
          and (g.run_at < j.run_at or (g.run_at = j.run_at and g.id < j.id))))`;
      const chosen = sql`select j.id from job j where ${due} and (j.group_key is null or not exists (${earlier}))
        order by j.run_at, j.id limit ${limit} ${db.forUpdate}${raw(db.dialect === "postgres" ? " skip locked" : "")}`;
      // A lease that ran out is an attempt that failed: a job that kills its process must not be tried for ever.
      const rows = await rowsOf(
        db,
        job,
        sql`update job set attempts = attempts + (case when lease_owner is null then 0 else 1 end), lease_owner = ${owner}, lease_until = ${leaseUntil}
          where id in (${chosen}) returning ${job.columns("job")}`,
      );
      return rows.sort((a, b) => a.runAt - b.runAt || (a.id < b.id ? -1 : 1));
    },
    async extendJob(id, owner, leaseUntil) {
      return (await db.run(sql`update job set lease_until = ${leaseUntil} where id = ${id} and lease_owner = ${owner}`)) > 0;
    },
    async finishJob(id, owner) {
      return (await db.run(sql`delete from job where id = ${id} and lease_owner = ${owner}`)) > 0;
    },
    async retryJob(id, owner, runAt) {
      // A job with the same key may have been put in the queue meanwhile: it does this one's work.
      const twin = await db.run(sql`delete from job where id = ${id} and lease_owner = ${owner} and exists (
        select 1 from job o where o.queue = job.queue and o.key = job.key and o.lease_owner is null)`);
      if (twin > 0) return true;
      return (
        (await db.run(sql`update job set attempts = attempts + 1, run_at = ${runAt}, lease_owner = null, lease_until = null
          where id = ${id} and lease_owner = ${owner}`)) > 0
      );
    },
    cancelJobs: (queue, key) => db.run(sql`delete from job where queue = ${queue} and key = ${key} and lease_owner is null`),
    async nextJobAt(queues) {
      // A waiting job of a busy group is due when the group's lease ends; asked again when it ends earlier.
      const busy = sql`coalesce((select max(g.lease_until) from job g where g.group_key = j.group_key and g.lease_owner is not null), 0)`;
      const due = sql`case when j.lease_owner is not null then j.lease_until else ${db.greatest}(j.run_at, ${busy}) end`;
      return (await valueOf(db, sql`select min(${due}) as "value" from job j where ${oneOf("j.queue", queues)}`)) as number | null;
    },
  } satisfies Partial<Writes>;
}
