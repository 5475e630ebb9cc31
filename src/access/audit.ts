import type { TenantId } from "../domain/ids.ts";
import type { Clock } from "../domain/time.ts";
import type { Store } from "../store/store.ts";
import type { Audit } from "./access.ts";

/** Writes to tenants' audit logs: who did what to which object and how it ended, never the data. */
export function createAudit(parts: { readonly store: Pick<Store, "tx">; readonly clock: Clock }): Audit {
  return {
    async record(tenantId: TenantId, actor: string, deed) {
      await parts.store.tx((tx) => tx.appendAudit({ tenantId, actor, at: parts.clock.now(), ...deed }));
    },
  };
}
