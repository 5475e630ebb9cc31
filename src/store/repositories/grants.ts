import type { Authorization } from "../../domain/consent.ts";
import type { ConsentId } from "../../domain/ids.ts";
import { rowOf, rowsOf, type Db } from "../db.ts";
import { pages, type List } from "../lists.ts";
import type { Reads } from "../reads.ts";
import { raw, sql } from "../sql.ts";
import type { Writes } from "../writes.ts";

export function grantReads(db: Db) {
  const { grant, authorization } = db.entities;
  const ofConsents: List<Authorization> = {
    entity: authorization,
    parent: "consent",
    parentKey: "consentId",
    link: raw("x.consent_id = o.id"),
    key: ["id"],
    sort: null,
    descending: true,
  };
  const attempts = sql`select ${authorization.columns("t")} from authorization_attempt t`;
  return {
    async openAuthorizations(owner, consents, now) {
      const open = sql`x.status = 'OPEN' and x.expires_at > ${now}`;
      const found = await pages(db, ofConsents, owner, consents, open, { limit: 1, position: null, backward: false });
      const newest = new Map<ConsentId, Authorization>();
      for (const [id, { rows }] of found) if (rows[0]) newest.set(id, rows[0]);
      return newest;
    },
    grant: (id) => rowOf(db, grant, sql`select ${grant.columns("t")} from bank_grant t where t.id = ${id}`),
    grantsOfConsent: (id) =>
      rowsOf(db, grant, sql`select ${grant.columns("t")} from bank_grant t where t.consent_id = ${id} order by t.id`),
    authorization: (id) => rowOf(db, authorization, sql`${attempts} where t.id = ${id}`),
    authorizationByStateHash: (hash) => rowOf(db, authorization, sql`${attempts} where t.state_hash = ${hash}`),
    abandonedGrants: (before, limit) =>
      rowsOf(
        db,
        grant,
        sql`select ${grant.columns("t")} from bank_grant t where t.status = 'OPENING' and t.created_at <= ${before} and not exists (
            select 1 from authorization_attempt a where a.consent_id = t.consent_id and a.grant_id = t.id and a.status in ('OPEN', 'TAKEN'))
          order by t.created_at, t.id limit ${limit}`,
      ),
    attemptsOfGrant: ({ id, consentId }) =>
      rowsOf(db, authorization, sql`${attempts} where t.consent_id = ${consentId} and t.grant_id = ${id} order by t.id`),
    expiredAuthorizations: (now, limit) =>
      rowsOf(
        db,
        authorization,
        sql`${attempts} where t.status = 'OPEN' and t.expires_at <= ${now} order by t.expires_at, t.id limit ${limit}`,
      ),
  } satisfies Partial<Reads>;
}

export function grantWrites(db: Db) {
  const { grant, authorization } = db.entities;
  return {
    insertGrant: (row) => db.insert(grant, [row]),
    async patchGrant(id, patch) {
      const set = grant.assignments(patch) ?? raw("id = id");
      return (await db.run(sql`update bank_grant set ${set} where id = ${id}`)) > 0;
    },
    async leaseRefresh(id, owner, now, until) {
      return (
        (await db.run(sql`update bank_grant set refresh_owner = ${owner}, refresh_until = ${until}
          where id = ${id} and (refresh_owner is null or refresh_until is null or refresh_until <= ${now})`)) > 0
      );
    },
    async storeRefreshed(id, owner, sealedHandle, accessExpiresAt) {
      return (
        (await db.run(sql`update bank_grant
          set sealed_handle = ${sealedHandle}, access_expires_at = ${accessExpiresAt}, refresh_owner = null, refresh_until = null
          where id = ${id} and refresh_owner = ${owner}`)) > 0
      );
    },
    insertAuthorization: (row) => db.insert(authorization, [row]),
    async takeAuthorization(id, returnedAt) {
      return (
        (await db.run(sql`update authorization_attempt set status = 'TAKEN', returned_at = ${returnedAt}
          where id = ${id} and status in ('OPEN', 'TIMED_OUT')`)) > 0
      );
    },
    async patchAuthorization(id, patch) {
      const set = authorization.assignments(patch);
      if (set) await db.run(sql`update authorization_attempt set ${set} where id = ${id}`);
    },
    async closeAuthorizations(consent, at, except) {
      await db.run(sql`update authorization_attempt set status = 'TIMED_OUT', finished_at = ${at}
        where consent_id = ${consent} and status = 'OPEN' and id <> ${except ?? ""}`);
    },
  } satisfies Partial<Writes>;
}
