import type { Consent } from "../../domain/consent.ts";
import { rowOf, rowsOf, valueOf, type Db } from "../db.ts";
import { counts, owned, pages, type List } from "../lists.ts";
import type { ConsentFilter, Reads } from "../reads.ts";
import { NOTHING, oneOf, raw, sql, type Sql } from "../sql.ts";
import type { Writes } from "../writes.ts";

export function consentReads(db: Db) {
  const { consent } = db.entities;
  const ofUsers: List<Consent> = {
    entity: consent,
    parent: "hub_user",
    parentKey: "userId",
    link: raw("x.user_id = o.id"),
    key: ["id"],
    sort: null,
    descending: true,
  };
  const where = (filter: ConsentFilter): Sql => (filter.statuses ? oneOf("x.status", filter.statuses) : raw("true"));
  const select = sql`select ${consent.columns("t")} from consent t`;
  return {
    async consentsByIds(owner, ids) {
      const rows = await rowsOf(db, consent, sql`${select} where ${db.among("t.id", ids)} and ${owned(owner, "t", "consent")}`);
      return new Map(rows.map((row) => [row.id, row]));
    },
    consentsOfUsers: (owner, users, filter, page) => pages(db, ofUsers, owner, users, where(filter), page),
    countConsentsOfUsers: (owner, users, filter) => counts(db, ofUsers, owner, users, where(filter)),
    consentByIdempotencyKey: (owner, user, key) =>
      rowOf(db, consent, sql`${select} where t.user_id = ${user} and t.idempotency_key = ${key} and ${owned(owner, "t", "consent")}`),
    consent: (id) => rowOf(db, consent, sql`${select} where t.id = ${id}`),
    async consentsForWatch(ids) {
      const rows = await rowsOf(db, consent, sql`${select} where ${db.among("t.id", ids)}`);
      return new Map(rows.map((row) => [row.id, row]));
    },
    consentsEndingBy: (until, limit) =>
      rowsOf(
        db,
        consent,
        sql`${select} where t.status = 'GIVEN' and t.valid_until <= ${until} order by t.valid_until, t.id limit ${limit}`,
      ),
    consentsDue: (now, limit) =>
      rowsOf(
        db,
        consent,
        sql`${select} where t.status = 'GIVEN' and t.times_per_day > 0 and t.next_run_at <= ${now} order by t.next_run_at, t.id limit ${limit}`,
      ),
    givenConsentsAtBank: (user, bankId, except) =>
      rowsOf(
        db,
        consent,
        sql`${select} where t.user_id = ${user} and t.bank_id = ${bankId} and t.status = 'GIVEN' and t.id <> ${except} order by t.id`,
      ),
    async wrappedKey(id) {
      return (await valueOf(db, sql`select wrapped_key as "value" from consent_key where consent_id = ${id}`)) as string | null;
    },
  } satisfies Partial<Reads>;
}

export function consentWrites(db: Db) {
  const { consent } = db.entities;
  return {
    async insertConsent(row, wrappedKey) {
      await db.insert(consent, [row]);
      await db.run(sql`insert into consent_key (consent_id, user_id, wrapped_key) values (${row.id}, ${row.userId}, ${wrappedKey})`);
    },
    async patchConsent(id, patch, from) {
      const set = consent.assignments(patch);
      const guard = from ? sql`and ${oneOf("status", from)}` : NOTHING;
      return (await db.run(sql`update consent set ${set ? sql`${set}, ` : NOTHING}version = version + 1 where id = ${id} ${guard}`)) > 0;
    },
  } satisfies Partial<Writes>;
}
