import { createHash } from "node:crypto";
import { auditText, FIRST_HASH } from "../../domain/audit.ts";
import { rowOf, rowsOf, valueOf, type Db } from "../db.ts";
import { slice } from "../lists.ts";
import type { Reads } from "../reads.ts";
import { ALWAYS, raw, sql } from "../sql.ts";
import type { Writes } from "../writes.ts";

/** Tenants on their way in, their certificates, operators, and who did what. */
export function onboardingReads(db: Db) {
  const { tenant, certificate, operator, audit } = db.entities;
  return {
    async tenantsInPages(status, page) {
      const beyond = page.position ? sql`t.id ${raw(page.backward ? "<" : ">")} ${page.position.id}` : ALWAYS;
      const rows = await rowsOf(
        db,
        tenant,
        sql`select ${tenant.columns("t")} from tenant t where ${status === null ? ALWAYS : sql`t.status = ${status}`} and ${beyond}
          order by t.id ${raw(page.backward ? "desc" : "asc")} limit ${page.limit + 1}`,
      );
      return slice(rows, page);
    },
    async countTenants(status) {
      return Number(
        await valueOf(
          db,
          status === null
            ? sql`select count(*) as "value" from tenant`
            : sql`select count(*) as "value" from tenant where status = ${status}`,
        ),
      );
    },
    productionTenantOf: (id) =>
      rowOf(db, tenant, sql`select ${tenant.columns("t")} from tenant t where t.sandbox_tenant_id = ${id} order by t.id desc limit 1`),
    clientCertificate: (fingerprint) =>
      rowOf(db, certificate, sql`select ${certificate.columns("c")} from client_certificate c where c.fingerprint = ${fingerprint}`),
    clientCertificates: (id) =>
      rowsOf(
        db,
        certificate,
        sql`select ${certificate.columns("c")} from client_certificate c where c.tenant_id = ${id} order by c.not_before desc`,
      ),
    operators: () => rowsOf(db, operator, sql`select ${operator.columns("o")} from operator o order by o.id`),
    operatorByKey: (keyId) => rowOf(db, operator, sql`select ${operator.columns("o")} from operator o where o.key_id = ${keyId}`),
    async auditEntries(id, page) {
      const beyond = page.position ? sql`e.seq ${raw(page.backward ? ">" : "<")} ${Number(page.position.id)}` : ALWAYS;
      const rows = await rowsOf(
        db,
        audit,
        sql`select ${audit.columns("e")} from audit_entry e where e.tenant_id = ${id} and ${beyond}
          order by e.seq ${raw(page.backward ? "asc" : "desc")} limit ${page.limit + 1}`,
      );
      return slice(rows, page);
    },
    async countAuditEntries(id) {
      return Number(await valueOf(db, sql`select count(*) as "value" from audit_entry where tenant_id = ${id}`));
    },
  } satisfies Partial<Reads>;
}

export function onboardingWrites(db: Db) {
  const { tenant, certificate, operator, audit } = db.entities;
  return {
    async patchTenant(id, patch) {
      const set = tenant.assignments(patch);
      return set !== null && (await db.run(sql`update tenant set ${set} where id = ${id}`)) > 0;
    },
    insertClientCertificate: (row) => db.insert(certificate, [row]),
    async revokeClientCertificate(fingerprint, at) {
      return (
        (await db.run(sql`update client_certificate set revoked_at = ${at} where fingerprint = ${fingerprint} and revoked_at is null`)) > 0
      );
    },
    insertOperator: (row) => db.insert(operator, [row]),
    async revokeOperator(id, at) {
      return (await db.run(sql`update operator set revoked_at = ${at} where id = ${id} and revoked_at is null`)) > 0;
    },
    async appendAudit(entry) {
      const { tenantId } = entry;
      await db.run(
        sql`insert into audit_head (tenant_id, seq, hash) values (${tenantId}, 0, ${FIRST_HASH}) on conflict (tenant_id) do nothing`,
      );
      // The head's lock is what makes two writers queue: each link needs the hash of the one before.
      const [head] = await db.all(sql`select seq as "seq", hash as "hash" from audit_head where tenant_id = ${tenantId} ${db.forUpdate}`);
      const link = { ...entry, seq: Number(head?.["seq"]) + 1, previousHash: String(head?.["hash"]) };
      const row = { ...link, hash: createHash("sha256").update(auditText(link)).digest("hex") };
      await db.insert(audit, [row]);
      await db.run(sql`update audit_head set seq = ${row.seq}, hash = ${row.hash} where tenant_id = ${tenantId}`);
      return row;
    },
  } satisfies Partial<Writes>;
}
