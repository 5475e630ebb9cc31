import type { Consent } from "../domain/consent.ts";
import { DAY, MINUTE } from "../domain/time.ts";
import { endConsent } from "./end-consent.ts";
import { logChange, settleAbandoned, settleTimedOut } from "./settle.ts";
import { announce, type Tools } from "./tools.ts";

const EVERY = MINUTE;
const BATCH = 200;
const ABANDONED_AFTER = DAY;
const EXPIRING_SOON = 14 * DAY;

export interface SweepParts {
  /** Starts the scheduled updates that are due. */
  readonly startDue: () => Promise<unknown>;
}

/** Once a minute: attempts nobody finished, consents about to end or ended, scheduled updates. One job for all processes. */
export async function workSweeps(tools: Tools, parts: SweepParts): Promise<void> {
  tools.jobs.work("sweep", { concurrency: 1, leaseMs: MINUTE, retryDelay: () => EVERY }, async (_payload, signal) => {
    await sweep(tools, parts, signal);
    return { runAgainAt: tools.clock.now() + EVERY };
  });
  const job = { queue: "sweep", key: "sweep", groupKey: "sweep", consentId: null, payload: {}, runAt: tools.clock.now() } as const;
  await tools.store.tx((tx) => tools.jobs.enqueue(tx, job));
  tools.jobs.nudge();
}

export async function sweep(tools: Tools, parts: SweepParts, signal: AbortSignal): Promise<void> {
  await timeOutAttempts(tools, signal);
  await endAbandoned(tools, signal);
  await expireConsents(tools, signal);
  await warnOfEnds(tools, signal);
  await parts.startDue();
}

async function timeOutAttempts(tools: Tools, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const attempts = (await tools.store.expiredAuthorizations(tools.clock.now(), BATCH)).filter(({ status }) => status === "OPEN");
    for (const attempt of attempts) await settleTimedOut(tools, attempt.id);
    if (attempts.length < BATCH) return;
  }
}

/** A late return may still win for a day: banks' pages stay open on phones over night. */
async function endAbandoned(tools: Tools, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const grants = await tools.store.abandonedGrants(tools.clock.now() - ABANDONED_AFTER, BATCH);
    let ended = 0;
    for (const { id } of grants) if (await settleAbandoned(tools, id)) ended++;
    if (grants.length < BATCH || ended === 0) break;
  }
}

async function expireConsents(tools: Tools, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const over = await tools.store.consentsEndingBy(tools.clock.now(), BATCH);
    let moved = 0;
    for (const { id, currentGrantId } of over) {
      const end = { status: "EXPIRED", reason: "VALIDITY_ENDED", attention: "RENEWAL_REQUIRED" } as const;
      if (await endConsent(tools, id, currentGrantId, end)) moved++;
    }
    if (over.length < BATCH || moved === 0) return;
  }
}

async function warnOfEnds(tools: Tools, signal: AbortSignal): Promise<void> {
  const until = tools.clock.now() + EXPIRING_SOON;
  // The list has no position to go on from, and warned consents stay in it: a full list is asked for again, twice as long.
  for (let limit = BATCH; ; limit *= 2) {
    signal.throwIfAborted();
    const ending = await tools.store.consentsEndingBy(until, limit);
    for (const consent of ending) if (consent.attention === "NONE") await warn(tools, consent);
    if (ending.length < limit) return;
  }
}

async function warn(tools: Tools, { id, version }: Consent): Promise<void> {
  const warned = await tools.store.tx(async (tx) => {
    const consent = await tx.consent(id);
    if (!consent || consent.version !== version) return null; // renewed meanwhile: the next round looks again
    if (!(await tx.patchConsent(id, { attention: "EXPIRING_SOON" }, ["GIVEN"]))) return null;
    await logChange(tx, consent, tools.clock.now());
    return consent;
  });
  if (warned) announce(tools, warned);
}
