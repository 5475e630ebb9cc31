import { randomUUID } from "node:crypto";
import type { Connector, GrantHandle } from "../connectors/connector.ts";
import type { Grant } from "../domain/consent.ts";
import type { GrantId } from "../domain/ids.ts";
import { SECOND } from "../domain/time.ts";
import { pause, type Tools } from "./tools.ts";
import { openHandle, sealHandle, type ConsentKey } from "./vault.ts";

/**
 * New tokens for a grant, once, however many ask (security.md, Data at rest). Refresh tokens rotate: whoever uses one must store its
 * successor before anything else. So a refresh is a step of its own:
 *
 * 1. take the lease in the grant's row, or wait for its holder;
 * 2. read the row again: where the handle is newer than the one held, somebody has refreshed and that is the answer;
 * 3. ask the bank, with a deadline inside the lease; no caller can cut this short, because the answer would be lost;
 * 4. store, only while the lease is still ours.
 *
 * A crash between 3 and 4 loses the successor. The next refresh is then refused for good, which ends the consent: no loop.
 */
const LEASE = 60 * SECOND;
const CALL_DEADLINE = 40 * SECOND;
const FIRST_WAIT = 20;
const LONGEST_WAIT = 500;

export interface Held {
  /** As it stands in the row: tells whether somebody has stored a newer one. */
  readonly sealed: string;
  readonly handle: GrantHandle;
}

/** Null where the grant is gone or has ended. */
export function heldOf(key: ConsentKey, grant: Grant | null): Held | null {
  if (!grant || grant.status !== "CURRENT" || grant.sealedHandle === null) return null;
  const handle = openHandle(key, grant);
  return handle && { sealed: grant.sealedHandle, handle };
}

/**
 * @returns "GONE" where the grant has ended meanwhile, "NONE" where it has nothing to refresh
 * @throws BankError CONSENT_INVALID where the bank refuses the refresh token for good; the signal's reason while waiting for the lease
 */
export async function refreshOnce(
  tools: Tools,
  parts: { readonly grant: GrantId; readonly key: ConsentKey; readonly connector: Connector },
  held: Held,
  signal: AbortSignal,
): Promise<Held | "GONE" | "NONE"> {
  const { grant, key, connector } = parts;
  const owner = randomUUID();
  for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    const now = tools.clock.now();
    const leased = await tools.store.tx((tx) => tx.leaseRefresh(grant, owner, now, now + LEASE));
    const current = heldOf(key, await tools.store.grant(grant));
    if (current === null || current.sealed !== held.sealed) {
      if (leased) await release(tools, grant);
      return current ?? "GONE";
    }
    if (!leased) {
      await pause(wait, signal);
      continue;
    }
    let fresh: GrantHandle | null;
    try {
      fresh = await connector.refresh(held.handle, AbortSignal.timeout(CALL_DEADLINE));
    } catch (error) {
      await release(tools, grant);
      throw error;
    }
    if (fresh === null) {
      await release(tools, grant);
      return "NONE";
    }
    const { accessExpiresAt } = fresh;
    const sealed = sealHandle(key, grant, fresh);
    if (await tools.store.tx((tx) => tx.storeRefreshed(grant, owner, sealed, accessExpiresAt))) return { sealed, handle: fresh };
    // The lease ran out while the bank took its time: whoever holds it now decides.
  }
}

async function release(tools: Tools, grant: GrantId): Promise<void> {
  await tools.store.tx((tx) => tx.patchGrant(grant, { refreshOwner: null, refreshUntil: null }));
}
