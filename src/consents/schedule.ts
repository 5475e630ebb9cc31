import type { Consent } from "../domain/consent.ts";
import type { ConsentId } from "../domain/ids.ts";
import type { Outcome, Refusal } from "../domain/refusal.ts";
import type { Owner } from "../domain/tenant.ts";
import { DAY } from "../domain/time.ts";
import { logChange } from "./settle.ts";
import { announce, type Tools } from "./tools.ts";

/** Background updates per day; 0 switches them off. More than the bank's unattended calls would only wait for its quota. */
export async function setSchedule(tools: Tools, owner: Owner, id: ConsentId, timesPerDay: number): Promise<Outcome<Consent>> {
  const consent = (await tools.store.consentsByIds(owner, [id])).get(id);
  if (!consent) return refuse({ type: "NotFound", message: "There is no such consent.", path: ["consentId"] });
  const most = tools.banks.byId(consent.bankId)?.unattendedCallsPerDay ?? 0;
  if (!Number.isInteger(timesPerDay) || timesPerDay < 0 || timesPerDay > most) {
    const message = `timesPerDay must be a whole number from 0 to ${String(most)}, which is what the bank allows without the user.`;
    return refuse({ type: "InvalidInput", message, path: ["timesPerDay"] });
  }
  const changed = await tools.store.tx(async (tx) => {
    const now = tools.clock.now();
    const nextRunAt = timesPerDay === 0 ? null : now + DAY / timesPerDay;
    if (!(await tx.patchConsent(id, { timesPerDay, nextRunAt }, null))) return null;
    await logChange(tx, consent, now);
    return tx.consent(id);
  });
  if (!changed) return refuse({ type: "NotFound", message: "There is no such consent.", path: ["consentId"] });
  announce(tools, changed);
  return { ok: true, value: changed };
}

function refuse(refusal: Refusal): Outcome<never> {
  return { ok: false, refusals: [refusal] };
}
