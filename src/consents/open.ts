import type { Connector } from "../connectors/connector.ts";
import { ConsentScope } from "../domain/bank.ts";
import type { Consent, ConsentStatusReason } from "../domain/consent.ts";
import { BankError, bankErrorInfo } from "../domain/failure.ts";
import { newId } from "../domain/ids.ts";
import type { Outcome, Refusal } from "../domain/refusal.ts";
import { registeredUrl } from "../domain/registered-url.ts";
import type { Store, Tx } from "../store/store.ts";
import { insertAttempt, openAtBank, type Attempt } from "./attempt.ts";
import type { NewConsent } from "./consents.ts";
import { enqueueRevoke } from "./revoke-job.ts";
import { logChange } from "./settle.ts";
import { announce, wakeJobs, type Tools } from "./tools.ts";

/**
 * Opens a consent: asks the bank, then stores consent, grant and attempt in one transaction. A bank that refuses or is down leaves a
 * FAILED consent, which a renewal can revive, and the refusal that says why.
 */
export async function createConsent(tools: Tools, request: NewConsent, signal: AbortSignal): Promise<Outcome<Consent>> {
  const before = await sameRequestBefore(tools.store, request);
  if (before) return before;
  const connector = tools.connectorFor(request.bank);
  const refusals = await refusalsOf(tools, request, connector);
  if (refusals.length > 0 || connector === null) return { ok: false, refusals };

  let attempt: Attempt | null = null;
  let failure: BankError | null = null;
  const scopes = Object.values(ConsentScope).filter((scope) => scope === "ACCOUNTS" || request.scopes.includes(scope));
  try {
    attempt = await openAtBank(tools, { ...request, scopes, connector, renews: null }, signal);
  } catch (error) {
    if (!(error instanceof BankError)) throw error;
    failure = error;
  }

  const now = tools.clock.now();
  const consent: Consent = {
    id: newId("con", now),
    userId: request.userId,
    tenantId: request.owner.tenantId,
    bankId: request.bank.id,
    status: attempt ? "REQUESTED" : "FAILED",
    statusReason: failure ? failureReason(failure) : null,
    statusChangedAt: now,
    attention: "NONE",
    scopes,
    psuType: request.psuType,
    redirectUrl: request.redirectUrl,
    givenAt: null,
    validUntil: null,
    currentGrantId: null,
    startUpdate: request.startUpdate,
    timesPerDay: 0,
    nextRunAt: null,
    idempotencyKey: request.idempotencyKey,
    createdAt: now,
    version: 1,
  };
  const { wrapped, key } = tools.vault.newKey(consent);
  const insert = async (tx: Tx): Promise<Outcome<Consent> | null> => {
    const winner = await sameRequestBefore(tx, request);
    if (winner) {
      // The same request, sent twice at once, was answered meanwhile: what the bank gave this one is not needed.
      if (attempt) await enqueueRevoke(tools, tx, consent.bankId, attempt.opened.handle);
      return winner;
    }
    await tx.insertConsent(consent, wrapped);
    if (attempt) await insertAttempt(tools, tx, consent, key, attempt);
    await logChange(tx, consent, now);
    return null;
  };
  const lost = await tools.store.tx(insert).catch(async (error: unknown) => {
    // Where transactions run side by side the unique key decides who was first; the loser finds the winner's row.
    if (!(await sameRequestBefore(tools.store, request))) throw error;
    return tools.store.tx(insert);
  });
  wakeJobs(tools);
  if (lost) return lost;
  announce(tools, consent);
  tools.log.info({ consent: consent.id, bank: consent.bankId, status: consent.status, reason: consent.statusReason }, "consent opened");
  return failure ? { ok: false, refusals: [bankRefusal(failure, ["bank"])], value: consent } : { ok: true, value: consent };
}

/** The bank could not be asked, or did not want to. */
export function bankRefusal(failure: BankError, path: readonly string[]): Refusal {
  const error = bankErrorInfo(failure);
  return { type: "BankUnavailable", message: error.message, path, error };
}

function failureReason(failure: BankError): ConsentStatusReason {
  const passing = ["BANK_TEMPORARY", "RATE_LIMITED", "PROTOCOL"].includes(failure.failure);
  return passing ? "BANK_UNAVAILABLE" : "BANK_REJECTED";
}

async function sameRequestBefore(store: Pick<Store, "consentByIdempotencyKey">, request: NewConsent): Promise<Outcome<Consent> | null> {
  const { owner, userId, idempotencyKey } = request;
  if (idempotencyKey === null) return null;
  const before = await store.consentByIdempotencyKey(owner, userId, idempotencyKey);
  if (!before) return null;
  if (before.bankId === request.bank.id && before.redirectUrl === request.redirectUrl && before.psuType === request.psuType)
    return { ok: true, value: before };
  const message = "This idempotency key was used for another consent.";
  return { ok: false, refusals: [{ type: "Conflict", message, path: ["idempotencyKey"] }] };
}

async function refusalsOf(tools: Tools, request: NewConsent, connector: Connector | null): Promise<readonly Refusal[]> {
  const { owner, userId, bank, scopes, redirectUrl, psuType } = request;
  const refusals: Refusal[] = [];
  const user = (await tools.store.usersByIds(owner, [userId])).get(userId);
  if (!user) refusals.push({ type: "NotFound", message: "There is no such user.", path: ["user"] });
  const urlRefusal = await redirectRefusal(tools, owner.tenantId, redirectUrl);
  if (connector === null) {
    // What such a bank offers to whom is not known: nothing else about it is worth saying.
    const message =
      `${bank.name} is listed, but the hub has no connection to it yet, so that no consent can be opened there. Choose a bank that is ` +
      `connectable (banks with filter: {connectable: true}), or ask the hub's operator to connect this one.`;
    refusals.push({ type: "InvalidInput", message, path: ["bank"] });
    return urlRefusal ? [...refusals, urlRefusal] : refusals;
  }
  if (!bank.psuTypes.includes(psuType))
    refusals.push({ type: "InvalidInput", message: `${bank.name} does not serve ${psuType} users.`, path: ["psuType"] });
  if (scopes.length === 0) refusals.push({ type: "InvalidInput", message: "At least one scope is needed.", path: ["scopes"] });
  const missing = scopes.filter((scope) => !bank.scopes.includes(scope));
  if (missing.length > 0) {
    const message = `${bank.name} does not offer ${missing.join(", ")}.`;
    refusals.push({ type: "ScopeNotSupported", message, path: ["scopes"], supported: bank.scopes });
  }
  if (urlRefusal) refusals.push(urlRefusal);
  return refusals;
}

/** Null where the tenant has registered the URL. */
export async function redirectRefusal(tools: Tools, tenantId: Consent["tenantId"], redirectUrl: string): Promise<Refusal | null> {
  const registered = (await tools.store.tenant(tenantId))?.redirectUrls ?? [];
  if (registeredUrl(registered, redirectUrl) !== null) return null;
  const message =
    registered.length === 0
      ? "No redirect URL is registered: call setTenantUrls first."
      : "The redirect URL is not one of those registered with setTenantUrls; it must be the same letter by letter.";
  return { type: "RedirectUrlNotRegistered", message, path: ["redirectUrl"], registered };
}
