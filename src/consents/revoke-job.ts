import { z } from "zod";
import type { GrantHandle } from "../connectors/connector.ts";
import { BankError } from "../domain/failure.ts";
import type { BankId } from "../domain/ids.ts";
import { Secret } from "../domain/secret.ts";
import { HOUR, MINUTE, SECOND, type Instant } from "../domain/time.ts";
import type { Tx } from "../store/store.ts";
import { wakeJobs, type Tools } from "./tools.ts";

/**
 * Ends a grant at its bank in the background, retried for three days. The job outlives the consent: the handle travels in it, sealed
 * under the master key, and goes with the job.
 */
const GIVE_UP_AFTER = 72 * HOUR;
const CALL_DEADLINE = 30 * SECOND;
const FIRST_DELAY = 30 * SECOND;
const LONGEST_DELAY = HOUR;
/** A bank whose fresh tokens are expired at once is not asked for ever. */
const REFRESHES = 3;

const PAYLOAD = z.object({ bankId: z.string(), sealed: z.string(), since: z.number(), refreshes: z.number() });

export async function enqueueRevoke(tools: Tools, tx: Tx, bankId: BankId, handle: GrantHandle): Promise<void> {
  await enqueue(tools, tx, bankId, handle, tools.clock.now(), 0);
}

async function enqueue(tools: Tools, tx: Tx, bankId: BankId, handle: GrantHandle, since: Instant, refreshes: number): Promise<void> {
  const sealed = tools.vault.master.seal(handle.data.reveal(), revokeBinding(bankId));
  const payload = { bankId, sealed, since, refreshes };
  await tools.jobs.enqueue(tx, { queue: "revoke", key: null, groupKey: bankId, consentId: null, payload, runAt: tools.clock.now() });
}

export function workRevocations(tools: Tools): void {
  const options = {
    concurrency: 4,
    leaseMs: MINUTE,
    retryDelay: (attempts: number) => Math.min(FIRST_DELAY * 2 ** Math.min(attempts - 1, 10), LONGEST_DELAY),
  };
  tools.jobs.work("revoke", options, async (payload, signal) => {
    const { bankId, sealed, since, refreshes } = PAYLOAD.parse(payload);
    const bank = tools.banks.byId(bankId);
    const connector = bank && tools.connectorFor(bank);
    if (!connector) {
      const now = tools.clock.now();
      if (now - since < GIVE_UP_AFTER) return { runAgainAt: now + HOUR }; // an operator may put the bank back
      return tools.log.warn({ bank: bankId }, "revocation given up: the bank is no longer in the directory");
    }
    const handle: GrantHandle = { data: new Secret(tools.vault.master.open(sealed, revokeBinding(bankId))), accessExpiresAt: null };
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(CALL_DEADLINE)]);
    try {
      const outcome = await connector.revoke({ handle, psu: null }, bounded);
      return tools.log.info({ bank: bankId, outcome }, "grant revoked");
    } catch (error) {
      if (error instanceof BankError) {
        if (error.failure === "CONSENT_INVALID") return tools.log.info({ bank: bankId, outcome: "ALREADY_ENDED" }, "grant revoked");
        if (error.failure === "TOKEN_EXPIRED" && refreshes < REFRESHES) {
          const fresh = await connector.refresh(handle, AbortSignal.timeout(CALL_DEADLINE)).catch(deadGrant);
          if (fresh === null) return;
          // Stored before it is used: the refresh token in this job is spent.
          await tools.store.tx((tx) => enqueue(tools, tx, bankId, fresh, since, refreshes + 1));
          return wakeJobs(tools);
        }
      }
      if (tools.clock.now() - since < GIVE_UP_AFTER) throw error;
      tools.log.warn({ bank: bankId, failure: error instanceof BankError ? error.failure : "UNKNOWN" }, "revocation given up");
    }
  });
}

/** A refresh token that the bank refuses for good belongs to a grant that has ended. */
function deadGrant(error: unknown): null {
  if (error instanceof BankError && error.failure === "CONSENT_INVALID") return null;
  throw error;
}

export function revokeBinding(bankId: BankId): readonly string[] {
  return ["revoke", bankId];
}
