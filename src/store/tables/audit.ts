import type { TenantId } from "../../domain/ids.ts";
import type { Kit } from "../kit.ts";

/** Tenants' audit logs: hash chains that triggers keep from being changed (drizzle/README.md), and the newest link of each. */
export function auditTables({ table, text, textOrNull, int, primaryKey }: Kit) {
  const auditEntry = table(
    "audit_entry",
    {
      tenantId: text<TenantId>(),
      seq: int(),
      at: int(),
      actor: text(),
      action: text(),
      subject: textOrNull(),
      outcome: text(),
      previousHash: text(),
      hash: text(),
    },
    (t) => [primaryKey({ columns: [t.tenantId, t.seq] })],
  );
  const auditHead = table("audit_head", { tenantId: text<TenantId>(), seq: int(), hash: text() }, (t) => [
    primaryKey({ columns: [t.tenantId] }),
  ]);
  return { auditEntry, auditHead };
}
