import type { QuarantinedRow } from "../connectors/connector.ts";
import type { AccountId } from "../domain/ids.ts";
import type { QuarantineRow } from "../store/writes.ts";
import type { UpdateRun } from "./run.ts";

/** Rows that could not be read, kept aside: the raw text only under the consent's key. */
export function quarantineRows(run: UpdateRun, accountId: AccountId | null, rows: readonly QuarantinedRow[]): readonly QuarantineRow[] {
  return rows.map(({ reason, raw }) => ({
    userId: run.consent.userId,
    consentId: run.consent.id,
    updateId: run.update.id,
    accountId,
    reason,
    sealedRaw: run.grant.seal("quarantine.sealedRaw", raw),
    at: run.now(),
  }));
}
