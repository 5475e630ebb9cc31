import type { ConsentAttention, ConsentStatusReason } from "../domain/consent.ts";
import type { ConsentId, GrantId } from "../domain/ids.ts";
import { endGrantRow, logChange, note } from "./settle.ts";
import { announce, type Tools } from "./tools.ts";

export interface ConsentEnd {
  readonly status: "EXPIRED" | "REVOKED";
  readonly reason: ConsentStatusReason;
  readonly attention: ConsentAttention;
}

/**
 * GIVEN → EXPIRED or REVOKED, with its grant. Answers false where the consent no longer rests on that grant: it was renewed, or erased.
 * The consent keeps its schedule, which rests until a renewal.
 */
export async function endConsent(tools: Tools, id: ConsentId, grant: GrantId | null, end: ConsentEnd): Promise<boolean> {
  const ended = await tools.store.tx(async (tx) => {
    const consent = await tx.consent(id);
    if (!consent || consent.currentGrantId !== grant) return null;
    const now = tools.clock.now();
    const { status, reason: statusReason, attention } = end;
    if (!(await tx.patchConsent(id, { status, statusReason, attention, statusChangedAt: now, currentGrantId: null }, ["GIVEN"])))
      return null;
    if (grant !== null) await endGrantRow(tx, grant, now);
    await logChange(tx, consent, now);
    await note(tx, consent, status === "EXPIRED" ? "consentExpired" : "consentRevoked", now, statusReason);
    return consent;
  });
  if (!ended) return false;
  announce(tools, ended);
  tools.log.info({ consent: id, bank: ended.bankId, status: end.status, reason: end.reason }, "consent ended");
  return true;
}
