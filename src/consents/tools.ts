import { setTimeout as delay } from "node:timers/promises";
import type { BankDirectory } from "../banks/directory.ts";
import type { Connector } from "../connectors/connector.ts";
import type { Bank } from "../domain/bank.ts";
import type { ConsentId, UserId } from "../domain/ids.ts";
import type { Secret } from "../domain/secret.ts";
import type { Clock } from "../domain/time.ts";
import type { Hints } from "../events/hints.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Store } from "../store/store.ts";
import type { UpdateRequests } from "../sync/requests.ts";
import type { Vault } from "./vault.ts";

export interface ConsentParts {
  readonly store: Store;
  readonly jobs: Jobs;
  readonly hints: Hints;
  readonly banks: Pick<BankDirectory, "byId">;
  /** Called once per bank; null for a bank that cannot be spoken to. */
  readonly connectorFor: (bank: Bank) => Connector | null;
  readonly requests: Pick<UpdateRequests, "start" | "cancel" | "readAccounts">;
  readonly clock: Clock;
  /** 32 bytes in base64. */
  readonly masterKey: Secret;
  /** What the banks redirect to, without a slash at the end. */
  readonly publicUrl: string;
  readonly log: ConsentLog;
}

/** The part of the logger that is used here: fields first, then what happened. */
export interface ConsentLog {
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}

/** What every file of this folder works with. */
export interface Tools extends Omit<ConsentParts, "masterKey"> {
  readonly vault: Vault;
}

/** Tells readers after a commit that a consent and its user's log have moved. */
export function announce(tools: Pick<Tools, "hints">, consent: { readonly id: ConsentId; readonly userId: UserId }): void {
  tools.hints.send({ topic: "consent", id: consent.id });
  tools.hints.send({ topic: "user", id: consent.userId });
}

/** Wakes the job loops of this and other processes. */
export function wakeJobs(tools: Pick<Tools, "hints" | "jobs">): void {
  tools.jobs.nudge();
  tools.hints.send({ topic: "jobs" });
}

/** Real time, not the clock's: a pause between two network calls is not part of anyone's day. @throws the signal's reason */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal });
}
