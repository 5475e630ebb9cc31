import type { Consent } from "../domain/consent.ts";
import { BankError } from "../domain/failure.ts";
import type { ConsentId } from "../domain/ids.ts";
import type { Outcome } from "../domain/refusal.ts";
import type { Owner } from "../domain/tenant.ts";
import type { PsuContext } from "../domain/update.ts";
import { insertAttempt, openAtBank, type Attempt } from "./attempt.ts";
import { bankRefusal, redirectRefusal } from "./open.ts";
import { enqueueRevoke } from "./revoke-job.ts";
import { logChange } from "./settle.ts";
import { announce, wakeJobs, type Tools } from "./tools.ts";
import { openHandle } from "./vault.ts";

/** A new attempt for the same consent, in any status. Nothing of the consent changes until the attempt succeeds; the running grant stays. */
export async function renewConsent(
  tools: Tools,
  owner: Owner,
  id: ConsentId,
  options: { readonly redirectUrl: string | null; readonly psu: PsuContext | null },
  signal: AbortSignal,
): Promise<Outcome<Consent>> {
  const consent = (await tools.store.consentsByIds(owner, [id])).get(id);
  if (!consent) return notFound();
  const redirectUrl = options.redirectUrl ?? consent.redirectUrl;
  const urlRefusal = await redirectRefusal(tools, consent.tenantId, redirectUrl);
  if (urlRefusal) return { ok: false, refusals: [urlRefusal], value: consent };
  const bank = tools.banks.byId(consent.bankId);
  const connector = bank && tools.connectorFor(bank);
  const wrapped = await tools.store.wrappedKey(id);
  if (wrapped === null) return notFound();
  if (!bank || !connector) {
    const message = "The bank of this consent can no longer be connected to.";
    return { ok: false, refusals: [{ type: "ConsentNotUsable", message, path: ["consentId"], consent }], value: consent };
  }
  const key = tools.vault.openKey(wrapped, consent);
  const running = consent.currentGrantId === null ? null : await tools.store.grant(consent.currentGrantId);
  const renews = running && openHandle(key, running);
  let attempt: Attempt;
  try {
    const { scopes, psuType } = consent;
    attempt = await openAtBank(tools, { connector, bank, scopes, psuType, psu: options.psu, renews }, signal);
  } catch (error) {
    if (!(error instanceof BankError)) throw error;
    return { ok: false, refusals: [bankRefusal(error, ["consentId"])], value: consent };
  }
  const renewed = await tools.store.tx(async (tx) => {
    const now = tools.clock.now();
    const current = await tx.consent(id);
    if (!current) {
      await enqueueRevoke(tools, tx, bank.id, attempt.opened.handle);
      return null;
    }
    await insertAttempt(tools, tx, { ...current, redirectUrl }, key, attempt);
    await tx.patchConsent(id, { redirectUrl }, null); // the authorization URL is visible: a new version of the consent
    await logChange(tx, current, now);
    return tx.consent(id);
  });
  wakeJobs(tools);
  if (!renewed) return notFound();
  announce(tools, renewed);
  tools.log.info({ consent: id, bank: bank.id, status: renewed.status }, "renewal opened");
  return { ok: true, value: renewed };
}

function notFound(): Outcome<never> {
  return { ok: false, refusals: [{ type: "NotFound", message: "There is no such consent.", path: ["consentId"] }] };
}
