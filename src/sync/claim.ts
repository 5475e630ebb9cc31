import { bankErrorInfo } from "../domain/failure.ts";
import type { UpdateId } from "../domain/ids.ts";
import { MINUTE } from "../domain/time.ts";
import { isFinal, type Update } from "../domain/update.ts";
import type { Tx } from "../store/store.ts";
import { enqueueCallback } from "./callback-job.ts";
import { next, type Transition, type UpdateEvent } from "./machine.ts";
import type { SyncParts } from "./parts.ts";

/** Longer than any single bank call may take; renewed by every commit and by the heartbeat. */
export const LEASE_MS = MINUTE;

/** `later` = it waits, or someone alive holds it: look again then. */
export type Claim =
  { readonly kind: "mine"; readonly update: Update } | { readonly kind: "later"; readonly at: number } | { readonly kind: "none" };

/**
 * Takes the update: QUEUED, WAITING whose time has come, or RUNNING whose lease ran out (that counts as an attempt; after the
 * fifth the update fails, so that nothing hangs on a page that kills its worker).
 */
export async function claim(parts: SyncParts, id: UpdateId): Promise<Claim> {
  const { store, clock, hints } = parts;
  const now = clock.now();
  const claimed = await store.tx(async (tx): Promise<Claim> => {
    const before = await tx.update(id);
    if (before === null || isFinal(before.status)) return { kind: "none" };
    if (before.status === "WAITING" && (before.nextAttemptAt ?? 0) > now) return { kind: "later", at: before.nextAttemptAt ?? now };
    if (before.status === "RUNNING" && (before.leaseUntil ?? 0) > now) return { kind: "later", at: before.leaseUntil ?? now };
    const ready = before.status === "QUEUED" ? before : apply(before, readied(before, now));
    if (ready.status !== "QUEUED") return (await failed(tx, parts, before, ready)) ? { kind: "none" } : { kind: "later", at: now };
    const taken = await tx.claimUpdate(id, now, now + (parts.leaseMs ?? LEASE_MS));
    if (taken === null) return { kind: "later", at: now + (parts.leaseMs ?? LEASE_MS) };
    const running = next(ready, { type: "claimed", at: now });
    if (running === null) return { kind: "none" };
    const logged = await tx.appendChanges(taken.userId, now, [updateChanged(taken)]);
    const patch = {
      ...running,
      attempt: ready.attempt,
      sequence: before.sequence + 1,
      firstChangeSeq: before.firstChangeSeq ?? logged?.first ?? null,
      lastChangeSeq: logged?.last ?? before.lastChangeSeq,
    };
    if (!(await tx.patchUpdate(id, taken.epoch, patch))) return { kind: "none" };
    if (before.status !== "RUNNING") await enqueueCallback(tx, parts.jobs, taken, { status: "RUNNING", sequence: patch.sequence, at: now });
    return { kind: "mine", update: { ...taken, ...patch } };
  });
  hints.send({ topic: "update", id });
  if (claimed.kind === "mine") hints.send({ topic: "user", id: claimed.update.userId });
  return claimed;
}

function readied(before: Update, at: number): UpdateEvent {
  return before.status === "WAITING" ? { type: "waitOver" } : { type: "leaseLost", at, error: bankErrorInfo(null) };
}

function apply(update: Update, event: UpdateEvent): Update {
  const transition: Transition | null = next(update, event);
  return transition === null ? update : { ...update, ...transition };
}

/** Stores the end of an update that lost its lease once too often. */
async function failed(tx: Tx, parts: SyncParts, before: Update, ended: Update): Promise<boolean> {
  const now = parts.clock.now();
  if (!(await tx.patchUpdate(before.id, before.epoch, { leaseUntil: null }))) return false;
  const logged = await tx.appendChanges(before.userId, now, [updateChanged(before)]);
  const { status, attempt, error, finishedAt, leaseUntil, waitReason, nextAttemptAt } = ended;
  const patch = {
    status,
    attempt,
    error,
    finishedAt,
    leaseUntil,
    waitReason,
    nextAttemptAt,
    sequence: before.sequence + 1,
    lastChangeSeq: logged?.last ?? null,
  };
  if (!(await tx.patchUpdate(before.id, before.epoch, patch))) return false;
  await enqueueCallback(tx, parts.jobs, before, { status, sequence: patch.sequence, at: now });
  return true;
}

function updateChanged(update: Update) {
  return { type: "UpdateChanged", subjectId: update.id, consentId: update.consentId, updateId: update.id } as const;
}
