import type { CompletedGrant } from "../connectors/connector.ts";
import type { Authorization, Consent, ConsentStatusReason } from "../domain/consent.ts";
import { BankError } from "../domain/failure.ts";
import { SECOND } from "../domain/time.ts";
import type { PsuContext } from "../domain/update.ts";
import { enqueuePoll, openMemory, redirectUriOf, retried, sealMemory, type AttemptMemory } from "./attempt.ts";
import { settleGiven, settleRefused } from "./settle.ts";
import { wakeJobs, type Tools } from "./tools.ts";
import { openHandle, sealHandle } from "./vault.ts";

/** What became of an attempt. `error` = why it did not succeed, also where the consent itself stays as it was. */
export type Completion =
  | { readonly kind: "settled"; readonly consent: Consent; readonly error: ConsentStatusReason | null }
  | { readonly kind: "pending"; readonly consent: Consent }
  | { readonly kind: "continue"; readonly url: string }
  | { readonly kind: "gone" };

/** The whole of the exchange with the bank, retries included. Nobody outside may cut it short: a code works once. */
const EXCHANGE_DEADLINE = 60 * SECOND;

export interface Return {
  /** Of the redirect; empty when the bank was asked without one. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly psu: PsuContext | null;
  /** Named in the memory of a redirect in several legs. Null for a poll, whose job goes on by itself. */
  readonly returnHash: string | null;
}

/** Exchanges what the user brought back, for an attempt that the caller has taken, and stores what came of it. */
export async function complete(tools: Tools, taken: Authorization, back: Return): Promise<Completion> {
  const consent = await tools.store.consent(taken.consentId);
  const grant = await tools.store.grant(taken.grantId);
  const wrapped = await tools.store.wrappedKey(taken.consentId);
  const bank = tools.banks.byId(taken.bankId);
  const connector = bank && tools.connectorFor(bank);
  if (!consent || !grant || wrapped === null) return { kind: "gone" };
  // Taken out of the directory while the user was there: nobody can be asked what they decided.
  if (!bank || !connector) return refused(tools, taken, { as: "FAILED", reason: "BANK_UNAVAILABLE" });
  const handle = openHandle(tools.vault.openKey(wrapped, consent), grant);
  if (!handle) return { kind: "gone" };
  const memory = openMemory(tools, taken);
  // RFC 6749 section 4.1.2.1: the one error whose meaning every bank shares. What else banks say is their connector's to read, and so is who says it.
  if (back.parameters["error"] === "access_denied" && back.parameters["iss"] === undefined)
    return refused(tools, taken, { as: "DENIED", reason: "USER_DENIED" });

  const { state, codeVerifier, nonce } = memory;
  const usedReturns = back.returnHash === null ? memory.usedReturns : [...memory.usedReturns, back.returnHash];
  const signal = AbortSignal.timeout(EXCHANGE_DEADLINE);
  const returned = {
    handle, parameters: back.parameters, state, codeVerifier, nonce, redirectUri: redirectUriOf(tools, bank), psu: back.psu,
  }; // prettier-ignore
  let completed: CompletedGrant;
  try {
    completed = await retried(() => connector.completeGrant(returned, signal), signal, { repeatUnknown: false });
  } catch (error) {
    const failure = error instanceof BankError ? error.failure : "UNKNOWN";
    tools.log.warn({ consent: consent.id, bank: bank.id, failure, err: error }, "exchange failed");
    // Without a code nothing was used up: the bank is asked again.
    if (failure === "BANK_TEMPORARY" && back.parameters["code"] === undefined) completed = { outcome: "PENDING", handle };
    else return refused(tools, taken, { as: "FAILED", reason: "CODE_EXCHANGE_FAILED" });
  }
  switch (completed.outcome) {
    case "GIVEN": {
      const given = await settleGiven(tools, taken, completed, back.psu);
      return given ? { kind: "settled", consent: given, error: null } : { kind: "gone" };
    }
    case "DENIED":
      return refused(tools, taken, { as: "DENIED", reason: completed.reason });
    case "PENDING": {
      const kept = await keepOpen(tools, taken, completed.handle, { ...memory, usedReturns, polling: true }, back);
      return kept ? { kind: "pending", consent } : { kind: "gone" };
    }
    case "CONTINUE": {
      const { authorizationUrl } = completed;
      const kept = await keepOpen(tools, taken, completed.handle, { ...memory, usedReturns, authorizationUrl }, back);
      return kept ? { kind: "continue", url: authorizationUrl } : { kind: "gone" };
    }
  }
}

async function refused(tools: Tools, taken: Authorization, how: Parameters<typeof settleRefused>[2]): Promise<Completion> {
  const consent = await settleRefused(tools, taken, how);
  return consent ? { kind: "settled", consent, error: how.reason } : { kind: "gone" };
}

/** Not decided yet: the bank's new handle is kept, and the attempt goes on. A polled one stays TAKEN, so that no browser can interfere. */
async function keepOpen(
  tools: Tools,
  taken: Authorization,
  handle: Extract<CompletedGrant, { outcome: "PENDING" }>["handle"],
  memory: AttemptMemory,
  back: Return,
): Promise<boolean> {
  const kept = await tools.store.tx(async (tx) => {
    const [attempt, consent] = [await tx.authorization(taken.id), await tx.consent(taken.consentId)];
    const wrapped = await tx.wrappedKey(taken.consentId);
    if (attempt?.status !== "TAKEN" || !consent || wrapped === null) return false;
    const key = tools.vault.openKey(wrapped, consent);
    const { accessExpiresAt } = handle;
    await tx.patchGrant(attempt.grantId, { sealedHandle: sealHandle(key, attempt.grantId, handle), accessExpiresAt });
    const sealed = sealMemory(tools, attempt.id, attempt.consentId, memory);
    if (memory.polling) {
      await tx.patchAuthorization(attempt.id, { sealed });
      if (back.returnHash !== null) await enqueuePoll(tools, tx, attempt.id, consent.id, tools.clock.now() + SECOND);
    } else {
      await tools.jobs.cancel(tx, "authorization", attempt.id);
      await tx.patchAuthorization(attempt.id, { sealed, status: "OPEN", returnedAt: null });
    }
    return true;
  });
  wakeJobs(tools);
  return kept;
}
