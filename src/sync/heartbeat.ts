import type { Update } from "../domain/update.ts";
import { LEASE_MS } from "./claim.ts";
import type { SyncParts } from "./parts.ts";

/**
 * Renews the lease while a call to the bank takes its time; aborts `lost` once the update is someone else's or final.
 * Returns what stops it. A beat that the store refuses is skipped: the next one or the lease's end decides.
 */
export function keepLease(parts: SyncParts, update: Update, lost: AbortController): () => void {
  const leaseMs = parts.leaseMs ?? LEASE_MS;
  let beating = false;
  const beat = async (): Promise<void> => {
    if (beating) return;
    beating = true;
    try {
      const leaseUntil = parts.clock.now() + leaseMs;
      const held = await parts.store.tx((tx) => tx.patchUpdate(update.id, update.epoch, { leaseUntil }));
      if (!held && !stopped) lost.abort();
    } catch (error) {
      parts.log.warn({ update: update.id, err: error }, "heartbeat failed");
    } finally {
      beating = false;
    }
  };
  let stopped = false;
  const timer = setInterval(() => void beat(), leaseMs / 3);
  timer.unref();
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}
