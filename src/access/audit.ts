import type { TenantId } from "../domain/ids.ts";
import type { Clock } from "../domain/time.ts";
import type { Store } from "../store/store.ts";
import type { Audit, Caller } from "./access.ts";

/** Writes to tenants' audit logs: who did what to which object and how it ended, never the data. */
export function createAudit(parts: { readonly store: Pick<Store, "tx">; readonly clock: Clock }): Audit {
  return {
    async record(tenantId: TenantId, actor: string, deed) {
      await parts.store.tx((tx) => tx.appendAudit({ tenantId, actor, at: parts.clock.now(), ...deed }));
    },
  };
}

/** How a caller stands in the log. */
export function actorOf(caller: Caller): string {
  switch (caller.kind) {
    case "anonymous":
      return "anonymous";
    case "tenant":
      return `key:${caller.keyId}`;
    case "operator":
      return `operator:${caller.operator.id}`;
    case "user":
      return `user:${caller.user.id}`;
  }
}
