import type { Sealer } from "./cipher.ts";
import type { TenantId } from "./ids.ts";
import { Secret } from "./secret.ts";
import type { Tenant } from "./tenant.ts";

/** Seals a tenant's secret for signed callbacks (`whsec_…`, Standard Webhooks), bound to the tenant. */
export function sealCallbackSecret(sealer: Sealer, tenant: TenantId, secret: string): string {
  return sealer.seal(secret, callbackSecretBinding(tenant));
}

/** The secret as Standard Webhooks libraries take it. */
export function openCallbackSecret(sealer: Sealer, tenant: Pick<Tenant, "id" | "callbackSecretSealed">): Secret {
  return new Secret(sealer.open(tenant.callbackSecretSealed, callbackSecretBinding(tenant.id)));
}

export function callbackSecretBinding(tenant: TenantId): readonly string[] {
  return [tenant, "callback-secret"];
}
