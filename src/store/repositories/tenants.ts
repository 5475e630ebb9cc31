import type { User } from "../../domain/tenant.ts";
import { rowOf, rowsOf, valueOf, type Db } from "../db.ts";
import { owned, slice } from "../lists.ts";
import type { Reads } from "../reads.ts";
import { raw, sql } from "../sql.ts";
import type { Writes } from "../writes.ts";
import { eraseConsent } from "./erasure.ts";

export function tenantReads(db: Db) {
  const { tenant, apiKey, user } = db.entities;
  return {
    tenant: (id) => rowOf(db, tenant, sql`select ${tenant.columns("t")} from tenant t where t.id = ${id}`),
    tenants: () => rowsOf(db, tenant, sql`select ${tenant.columns("t")} from tenant t order by t.id`),
    apiKey: (keyId) => rowOf(db, apiKey, sql`select ${apiKey.columns("k")} from api_key k where k.key_id = ${keyId}`),
    apiKeys: (id) => rowsOf(db, apiKey, sql`select ${apiKey.columns("k")} from api_key k where k.tenant_id = ${id} order by k.key_id`),
    async setting(name) {
      return (await valueOf(db, sql`select value as "value" from setting where name = ${name}`)) as string | null;
    },
    userByClientId: (owner, clientId) =>
      rowOf(
        db,
        user,
        sql`select ${user.columns("t")} from hub_user t where t.client_id = ${clientId} and ${owned(owner, "t", "hub_user")}`,
      ),
    async usersByIds(owner, ids) {
      const rows = await rowsOf(
        db,
        user,
        sql`select ${user.columns("t")} from hub_user t where ${db.among("t.id", ids)} and ${owned(owner, "t", "hub_user")}`,
      );
      return new Map(rows.map((row) => [row.id, row]));
    },
    async users(owner, page) {
      const beyond = page.position ? sql`t.id ${raw(page.backward ? "<" : ">")} ${page.position.id}` : raw("true");
      const rows = await rowsOf<User>(
        db,
        user,
        sql`select ${user.columns("t")} from hub_user t where ${owned(owner, "t", "hub_user")} and ${beyond}
          order by t.id ${raw(page.backward ? "desc" : "asc")} limit ${page.limit + 1}`,
      );
      return slice(rows, page);
    },
    async countUsers(owner) {
      return Number(await valueOf(db, sql`select count(*) as "value" from hub_user t where ${owned(owner, "t", "hub_user")}`));
    },
  } satisfies Partial<Reads>;
}

export function tenantWrites(db: Db) {
  const { tenant, apiKey, user } = db.entities;
  return {
    insertTenant: (row) => db.insert(tenant, [row]),
    async setTenantUrls(id, redirectUrls, updateCallbackUrls) {
      const set = tenant.assignments({ redirectUrls, updateCallbackUrls });
      if (set) await db.run(sql`update tenant set ${set} where id = ${id}`);
    },
    insertApiKey: (key) => db.insert(apiKey, [key]),
    async revokeApiKey(keyId, at) {
      return (await db.run(sql`update api_key set revoked_at = ${at} where key_id = ${keyId} and revoked_at is null`)) > 0;
    },
    async settingOnce(name, value) {
      await db.run(sql`insert into setting (name, value) values (${name}, ${value}) on conflict (name) do nothing`);
      return (await valueOf(db, sql`select value as "value" from setting where name = ${name}`)) as string;
    },
    async setSetting(name, value) {
      await db.run(
        sql`insert into setting (name, value) values (${name}, ${value}) on conflict (name) do update set value = excluded.value`,
      );
    },
    async takePoints({ tenantId, userId }, minute, wanted, limit) {
      const [row] = await db.all(
        sql`insert into points_spent (tenant_id, user_id, minute, points) values (${tenantId}, ${userId ?? ""}, ${minute}, ${wanted})
          on conflict (tenant_id, user_id) do update set
            points = case when excluded.minute > points_spent.minute then excluded.points else points_spent.points + excluded.points end,
            minute = case when excluded.minute > points_spent.minute then excluded.minute else points_spent.minute end
          returning points as "points"`,
      );
      return Math.min(wanted, Math.max(0, limit - (Number(row?.["points"]) - wanted)));
    },
    async insertUser(row) {
      const { id, tenantId, clientId, createdAt, changeSeq } = row;
      return (
        (await db.run(sql`insert into ${raw(user.name)} (id, tenant_id, client_id, created_at, change_seq)
          values (${id}, ${tenantId}, ${clientId}, ${createdAt}, ${changeSeq}) on conflict (tenant_id, client_id) do nothing`)) > 0
      );
    },
    async deleteUser(id) {
      const consents = await db.all(sql`select id as "id" from consent where user_id = ${id}`);
      for (const consent of consents) await eraseConsent(db, consent["id"] as `con_${string}`);
      await db.run(sql`delete from change_log where user_id = ${id}`);
      await db.run(sql`delete from points_spent where user_id = ${id}`);
      await db.run(sql`delete from hub_user where id = ${id}`);
    },
  } satisfies Partial<Writes>;
}
