import type { Environment } from "../../domain/bank.ts";
import type { OperatorId, TenantId, UserId } from "../../domain/ids.ts";
import type { Product, TenantStatus } from "../../domain/tenant.ts";
import type { Kit } from "../kit.ts";

/** Tenants, their keys, their users, and the named values that all processes share. */
export function tenantTables(kit: Kit) {
  const { table, text, textOrNull, int, intOrNull, json, index, uniqueIndex, primaryKey, foreignKey } = kit;
  const tenant = table(
    "tenant",
    {
      id: text<TenantId>(),
      name: text(),
      environment: text<Environment>(),
      redirectUrls: json<readonly string[]>(),
      updateCallbackUrls: json<readonly string[]>(),
      callbackSecretSealed: text(),
      createdAt: int(),
      status: text<TenantStatus>(),
      email: textOrNull(),
      products: json<readonly Product[]>(),
      requestedProducts: json<readonly Product[]>(),
      sandboxTenantId: textOrNull<TenantId>(),
      certificateRequest: textOrNull(),
      allowedAddresses: json<readonly string[]>(),
    },
    (t) => [primaryKey({ columns: [t.id] }), index("tenant_status").on(t.status, t.id), index("tenant_sandbox").on(t.sandboxTenantId)],
  );
  const apiKey = table(
    "api_key",
    { keyId: text(), tenantId: text<TenantId>(), hash: text(), createdAt: int(), revokedAt: intOrNull() },
    (t) => [
      primaryKey({ columns: [t.keyId] }),
      index("api_key_tenant").on(t.tenantId, t.keyId),
      foreignKey({ columns: [t.tenantId], foreignColumns: [tenant.id], name: "api_key_tenant_fk" }),
    ],
  );
  /** Certificates of production tenants, by the SHA-256 of their DER form. */
  const clientCertificate = table(
    "client_certificate",
    {
      fingerprint: text(),
      tenantId: text<TenantId>(),
      serialNumber: text(),
      pem: text(),
      notBefore: int(),
      notAfter: int(),
      revokedAt: intOrNull(),
    },
    (t) => [
      primaryKey({ columns: [t.fingerprint] }),
      index("client_certificate_tenant").on(t.tenantId, t.notBefore),
      foreignKey({ columns: [t.tenantId], foreignColumns: [tenant.id], name: "client_certificate_tenant_fk" }),
    ],
  );
  /** Who runs the hub: may decide about tenants, and reads no data of theirs. */
  const operator = table(
    "operator",
    { id: text<OperatorId>(), keyId: text(), name: text(), hash: text(), createdAt: int(), revokedAt: intOrNull() },
    (t) => [primaryKey({ columns: [t.id] }), uniqueIndex("operator_key").on(t.keyId)],
  );
  const setting = table("setting", { name: text(), value: text() }, (t) => [primaryKey({ columns: [t.name] })]);
  /** What a tenant (user "") or one user has spent of its minute (access/budget.ts): overwritten by the next. */
  const pointsSpent = table(
    "points_spent",
    { tenantId: text<TenantId>(), userId: text<UserId | "">(), minute: int(), points: int() },
    (t) => [primaryKey({ columns: [t.tenantId, t.userId] }), index("points_spent_user").on(t.userId)],
  );
  const hubUser = table(
    "hub_user",
    { id: text<UserId>(), tenantId: text<TenantId>(), clientId: textOrNull(), createdAt: int(), changeSeq: int() },
    (t) => [
      primaryKey({ columns: [t.id] }),
      index("hub_user_tenant").on(t.tenantId, t.id),
      uniqueIndex("hub_user_client_id").on(t.tenantId, t.clientId),
      foreignKey({ columns: [t.tenantId], foreignColumns: [tenant.id], name: "hub_user_tenant_fk" }),
    ],
  );
  return { tenant, apiKey, clientCertificate, operator, setting, pointsSpent, hubUser };
}
