import { z } from "zod";
import type { Connector, GrantHandle } from "../connectors/connector.ts";
import type { Authorization } from "../domain/consent.ts";
import { BankError } from "../domain/failure.ts";
import type { AuthorizationId, ConsentId } from "../domain/ids.ts";
import { MINUTE, SECOND, type Instant } from "../domain/time.ts";
import type { RunAgainAt } from "../jobs/jobs.ts";
import { openMemory } from "./attempt.ts";
import { EXCHANGE_LOST_AFTER } from "./callback.ts";
import { complete } from "./complete.ts";
import { endConsent, type ConsentEnd } from "./end-consent.ts";
import { openGrant } from "./grant-keeper.ts";
import { settleRefused, settleTimedOut } from "./settle.ts";
import type { Tools } from "./tools.ts";
import { openHandle } from "./vault.ts";

const STATE_DEADLINE = 20 * SECOND;

const PAYLOAD = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("attempt"), authorizationId: z.string().startsWith("aut_") }),
  z.object({ kind: z.literal("superseded"), consentId: z.string().startsWith("con_") }),
]);

/** What has to be asked of a bank about authorizations without a browser. */
export function workAuthorizations(tools: Tools): void {
  const options = {
    concurrency: 16,
    leaseMs: MINUTE,
    retryDelay: (attempts: number) => (attempts > 8 ? null : Math.min(2 ** attempts * SECOND, MINUTE)),
  };
  tools.jobs.work("authorization", options, async (raw, signal) => {
    const payload = PAYLOAD.parse(raw);
    if (payload.kind === "attempt") return followAttempt(tools, payload.authorizationId as AuthorizationId, signal);
    return lookAfterSuperseding(tools, payload.consentId as ConsentId, signal);
  });
}

/** Polls an attempt that is decided without the browser, and ends one whose exchange died with its process. */
async function followAttempt(tools: Tools, id: AuthorizationId, signal: AbortSignal): Promise<void | RunAgainAt> {
  const attempt = await tools.store.authorization(id);
  if (!attempt || (attempt.status !== "OPEN" && attempt.status !== "TAKEN")) return;
  const now = tools.clock.now();
  if (!openMemory(tools, attempt).polling) {
    if (attempt.status === "OPEN") return;
    const lostAt = (attempt.returnedAt ?? now) + EXCHANGE_LOST_AFTER;
    if (now < lostAt) return { runAgainAt: lostAt };
    await settleRefused(tools, attempt, { as: "FAILED", reason: "CODE_EXCHANGE_FAILED" });
    return;
  }
  if (now >= attempt.expiresAt) return settleTimedOut(tools, id);
  const decided = await decision(tools, attempt, signal);
  if (decided === "GONE") return;
  if (decided !== null) {
    // Where the browser came back at the same moment one of the two takes the attempt.
    if (attempt.status === "OPEN" && !(await tools.store.tx((tx) => tx.takeAuthorization(id, now)))) return;
    const taken: Authorization = { ...attempt, status: "TAKEN" };
    if (decided === "REJECTED") return void (await settleRefused(tools, taken, { as: "DENIED", reason: "BANK_REJECTED" }));
    const completion = await complete(tools, taken, { parameters: {}, psu: null, returnHash: null });
    if (completion.kind !== "pending") return;
  }
  return { runAgainAt: Math.min(nextPoll(attempt.returnedAt ?? attempt.createdAt, tools.clock.now()), attempt.expiresAt) };
}

/** After 1, 2 and 3 seconds, then every 5. */
function nextPoll(since: Instant, now: Instant): Instant {
  const waited = now - since;
  const step = waited < 2 * SECOND ? 1 : waited < 4 * SECOND ? 2 : waited < 7 * SECOND ? 3 : 5;
  return now + step * SECOND;
}

/** Null = the bank has not decided, or cannot be asked right now. */
async function decision(tools: Tools, attempt: Authorization, signal: AbortSignal): Promise<"GIVEN" | "REJECTED" | "GONE" | null> {
  const [consent, grant] = [await tools.store.consent(attempt.consentId), await tools.store.grant(attempt.grantId)];
  const wrapped = await tools.store.wrappedKey(attempt.consentId);
  const bank = tools.banks.byId(attempt.bankId);
  const connector = bank && tools.connectorFor(bank);
  if (!consent || !grant || wrapped === null || !connector) return "GONE";
  const handle = openHandle(tools.vault.openKey(wrapped, consent), grant);
  return handle ? askBank(connector, handle, signal) : "GONE";
}

async function askBank(connector: Connector, handle: GrantHandle, signal: AbortSignal): Promise<"GIVEN" | "REJECTED" | null> {
  try {
    const { status } = await connector.grantState({ handle, psu: null }, AbortSignal.any([signal, AbortSignal.timeout(STATE_DEADLINE)]));
    if (status === "GIVEN") return "GIVEN";
    return status === "REQUESTED" || status === "UNKNOWN" ? null : "REJECTED";
  } catch (error) {
    if (error instanceof BankError || !signal.aborted) return null;
    throw error;
  }
}

const SUPERSEDED: ConsentEnd = { status: "REVOKED", reason: "SUPERSEDED", attention: "NONE" };

/** Another consent of the user was given at this bank: where the bank has ended this one for it, it says so when asked. */
async function lookAfterSuperseding(tools: Tools, id: ConsentId, signal: AbortSignal): Promise<void> {
  const consent = await tools.store.consent(id);
  if (consent?.status !== "GIVEN") return;
  const grant = await openGrant(tools, consent, null, SUPERSEDED);
  if (!grant) return;
  try {
    const { status } = await grant.call((call, within) => grant.connector.grantState(call, within), signal);
    if (status === "GIVEN" || status === "REQUESTED" || status === "UNKNOWN") return;
    await endConsent(tools, id, grant.grant.id, SUPERSEDED);
  } catch (error) {
    if (error instanceof BankError && error.failure === "CONSENT_INVALID") return; // the keeper has recorded the end
    throw error;
  }
}
