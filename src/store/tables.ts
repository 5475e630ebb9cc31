import type { Kit } from "./kit.ts";
import { accountTables } from "./tables/accounts.ts";
import { auditTables } from "./tables/audit.ts";
import { bankTables } from "./tables/banks.ts";
import { consentTables } from "./tables/consents.ts";
import { jobTables } from "./tables/jobs.ts";
import { tenantTables } from "./tables/tenants.ts";
import { transactionTables } from "./tables/transactions.ts";
import { updateTables } from "./tables/updates.ts";

export type Tables = ReturnType<typeof defineTables>;

/** Every table of the hub, once, for the dialect of the kit. */
export function defineTables(kit: Kit) {
  const tenants = tenantTables(kit);
  const consents = consentTables(kit, tenants);
  return {
    ...tenants,
    ...auditTables(kit),
    ...bankTables(kit),
    ...consents,
    ...updateTables(kit, consents),
    ...accountTables(kit, consents),
    ...transactionTables(kit),
    ...jobTables(kit),
  };
}
