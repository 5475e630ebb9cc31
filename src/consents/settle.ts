import type { CompletedGrant, GrantHandle } from "../connectors/connector.ts";
import type { Authorization, Consent, ConsentStatusReason } from "../domain/consent.ts";
import type { AuthorizationId, ConsentId, GrantId } from "../domain/ids.ts";
import type { PsuContext } from "../domain/update.ts";
import type { Tx } from "../store/store.ts";
import { emptyMemory, openMemory } from "./attempt.ts";
import { enqueueRevoke } from "./revoke-job.ts";
import { announce, wakeJobs, type Tools } from "./tools.ts";
import { openHandle, sealHandle } from "./vault.ts";

/**
 * The ends of an attempt. Each is one transaction that first reads the attempt again: only one that is TAKEN can be settled, so of two
 * that decide at once the second changes nothing.
 */

type Given = Extract<CompletedGrant, { outcome: "GIVEN" }>;

/** The new grant becomes the current one. Null where the consent was erased meanwhile: the grant is then revoked at the bank. */
export async function settleGiven(tools: Tools, taken: Authorization, given: Given, psu: PsuContext | null): Promise<Consent | null> {
  const consent = await tools.store.tx(async (tx) => {
    const now = tools.clock.now();
    const attempt = await tx.authorization(taken.id);
    const before = await tx.consent(taken.consentId);
    const wrapped = await tx.wrappedKey(taken.consentId);
    if (!attempt || !before || wrapped === null) {
      await enqueueRevoke(tools, tx, taken.bankId, given.handle);
      return null;
    }
    if (attempt.status !== "TAKEN") return before;
    const key = tools.vault.openKey(wrapped, before);
    await tx.patchAuthorization(attempt.id, { status: "SUCCEEDED", finishedAt: now });
    await tx.closeAuthorizations(before.id, now, attempt.id);
    await tools.jobs.cancel(tx, "authorization", attempt.id);
    if (before.currentGrantId !== null && before.currentGrantId !== attempt.grantId) {
      const old = await tx.grant(before.currentGrantId);
      const oldHandle = old && openHandle(key, old);
      if (oldHandle && !openMemory(tools, attempt).sameGrant) await enqueueRevoke(tools, tx, before.bankId, oldHandle);
      await endGrantRow(tx, before.currentGrantId, now);
    }
    await tx.patchGrant(attempt.grantId, {
      status: "CURRENT",
      sealedHandle: sealHandle(key, attempt.grantId, given.handle),
      accessExpiresAt: given.handle.accessExpiresAt,
      validUntil: given.validUntil,
      authorizedAt: now,
    });
    await tx.patchConsent(
      before.id,
      {
        status: "GIVEN",
        statusReason: null,
        attention: "NONE",
        givenAt: now,
        validUntil: given.validUntil,
        currentGrantId: attempt.grantId,
        redirectUrl: attempt.redirectUrl,
        ...(before.status === "GIVEN" ? {} : { statusChangedAt: now }),
      },
      null,
    );
    await logChange(tx, before, now);
    await note(tx, before, "consentGiven", now);
    for (const other of await tx.givenConsentsAtBank(before.userId, before.bankId, before.id)) await enqueueLook(tools, tx, other);
    const after = await tx.consent(before.id);
    if (after?.startUpdate === true) await tools.requests.start(tx, after, "CONSENT_GIVEN");
    else if (after) await tools.requests.readAccounts(tx, after, psu);
    return after;
  });
  wakeJobs(tools);
  if (consent) {
    announce(tools, consent);
    tools.log.info({ consent: consent.id, bank: consent.bankId, validUntil: consent.validUntil }, "consent given");
  }
  return consent;
}

export type Refused =
  | { readonly as: "DENIED"; readonly reason: "USER_DENIED" | "BANK_REJECTED" }
  | { readonly as: "FAILED"; readonly reason: "CODE_EXCHANGE_FAILED" | "STATE_MISMATCH" | "BANK_UNAVAILABLE" };

/** The attempt failed. A consent that waited for it follows; one that is being renewed stays as it was. Null = erased meanwhile. */
export async function settleRefused(tools: Tools, taken: Authorization, refused: Refused): Promise<Consent | null> {
  const status = refused.as === "DENIED" ? "REJECTED" : "FAILED";
  const settled = await tools.store.tx(async (tx) => {
    const now = tools.clock.now();
    const attempt = await tx.authorization(taken.id);
    const before = await tx.consent(taken.consentId);
    if (!attempt || !before) return null;
    if (attempt.status !== "TAKEN") return { consent: before, changed: false };
    await tx.patchAuthorization(attempt.id, { status: refused.as, finishedAt: now });
    await tools.jobs.cancel(tx, "authorization", attempt.id);
    // After a failed exchange the bank may hold a grant that nobody can use.
    if (refused.as === "FAILED") await revokeOpening(tools, tx, attempt, before);
    await endGrantRow(tx, attempt.grantId, now);
    const changed = await endWaiting(tx, before, { status, statusReason: refused.reason }, now);
    await note(tx, before, "consentRefused", now, refused.reason);
    return { consent: (await tx.consent(before.id)) ?? before, changed };
  });
  wakeJobs(tools);
  if (settled?.changed === true) announce(tools, settled.consent);
  tools.log.info({ consent: taken.consentId, bank: taken.bankId, reason: refused.reason }, "authorization refused");
  return settled?.consent ?? null;
}

/** Nobody came back in time, or no decision was made. A late return may still win. */
export async function settleTimedOut(tools: Tools, id: AuthorizationId): Promise<void> {
  const changed = await tools.store.tx(async (tx) => {
    const now = tools.clock.now();
    const attempt = await tx.authorization(id);
    const before = attempt && (await tx.consent(attempt.consentId));
    if (!attempt || !before || attempt.expiresAt > now || (attempt.status !== "OPEN" && attempt.status !== "TAKEN")) return null;
    await tx.patchAuthorization(id, { status: "TIMED_OUT", finishedAt: now });
    const ended = await endWaiting(tx, before, { status: "FAILED", statusReason: "AUTHORIZATION_TIMED_OUT" }, now);
    return ended ? before : null;
  });
  if (changed) announce(tools, changed);
}

/**
 * The end of what nobody came back to: its handle and what was remembered for the return are erased, and the bank is told. From then on
 * a return finds nothing. Answers false where somebody did come back.
 */
export async function settleAbandoned(tools: Tools, id: GrantId): Promise<boolean> {
  const ended = await tools.store.tx(async (tx) => {
    const now = tools.clock.now();
    const grant = await tx.grant(id);
    const consent = grant && (await tx.consent(grant.consentId));
    if (!grant || !consent || grant.status !== "OPENING") return false;
    const attempts = await tx.attemptsOfGrant(grant);
    if (attempts.some(({ status }) => status === "OPEN" || status === "TAKEN")) return false;
    const [last] = attempts;
    if (last) await revokeOpening(tools, tx, last, consent);
    for (const attempt of attempts) await tx.patchAuthorization(attempt.id, { status: "FAILED", sealed: emptyMemory(tools, attempt) });
    await endGrantRow(tx, id, now);
    return true;
  });
  if (ended) wakeJobs(tools);
  return ended;
}

/** REQUESTED → its end; answers false, and changes nothing, in every other status. */
async function endWaiting(
  tx: Tx,
  consent: Consent,
  end: { readonly status: "REJECTED" | "FAILED"; readonly statusReason: ConsentStatusReason },
  now: number,
): Promise<boolean> {
  const changed = await tx.patchConsent(consent.id, { ...end, statusChangedAt: now }, ["REQUESTED"]);
  if (changed) await logChange(tx, consent, now);
  return changed;
}

export async function logChange(tx: Tx, consent: Pick<Consent, "id" | "userId">, now: number): Promise<void> {
  await tx.appendChanges(consent.userId, now, [{ type: "ConsentChanged", subjectId: consent.id, consentId: consent.id }]);
}

/** A line of the tenant's audit log for what no call of the tenant did. */
export async function note(tx: Tx, consent: Pick<Consent, "id" | "tenantId">, action: string, at: number, outcome = "DONE"): Promise<void> {
  await tx.appendAudit({ tenantId: consent.tenantId, at, actor: "hub", action, subject: consent.id, outcome });
}

export async function endGrantRow(tx: Tx, grant: Authorization["grantId"], now: number): Promise<void> {
  await tx.patchGrant(grant, { status: "ENDED", sealedHandle: null, endedAt: now, refreshOwner: null, refreshUntil: null });
}

/** Some banks end the other consents of the same person without a word: each is asked about once. */
async function enqueueLook(tools: Tools, tx: Tx, other: Consent): Promise<void> {
  const payload = { kind: "superseded", consentId: other.id satisfies ConsentId };
  const key = `superseded/${other.id}`;
  await tools.jobs.enqueue(tx, { queue: "authorization", key, groupKey: null, consentId: other.id, payload, runAt: tools.clock.now() });
}

async function revokeOpening(tools: Tools, tx: Tx, attempt: Authorization, consent: Consent): Promise<void> {
  const [grant, wrapped] = [await tx.grant(attempt.grantId), await tx.wrappedKey(consent.id)];
  if (!grant || wrapped === null || openMemory(tools, attempt).sameGrant) return;
  const handle: GrantHandle | null = openHandle(tools.vault.openKey(wrapped, consent), grant);
  if (handle) await enqueueRevoke(tools, tx, consent.bankId, handle);
}
