import type { TenantId } from "./ids.ts";
import type { Instant } from "./time.ts";

/** One line of a tenant's audit log: who did what to which object, and how it ended; never the data itself. */
export interface AuditEntry {
  readonly tenantId: TenantId;
  /** Counts from 1 without gaps. */
  readonly seq: number;
  readonly at: Instant;
  /** `key:<keyId>`, `user:<userId>`, `operator:<id>`, `command-line`, or `hub` for what the hub does by itself. */
  readonly actor: string;
  /** A mutation's name, or what happened: `consentGiven`. */
  readonly action: string;
  /** The id of the object; null where the action has none. */
  readonly subject: string | null;
  /** `DONE`, or the type of the first refusal. */
  readonly outcome: string;
  /** Of the entry before; 64 zeros for the first. */
  readonly previousHash: string;
  /** SHA-256 in hex over {@link auditText}. */
  readonly hash: string;
}

/** What somebody did; the store gives it its place in the chain. */
export type NewAuditEntry = Pick<AuditEntry, "tenantId" | "at" | "actor" | "action" | "subject" | "outcome">;

export const FIRST_HASH = "0".repeat(64);

/** The text behind an entry's hash: a JSON list, so that whoever reads the log can compute it again. */
export function auditText(entry: Omit<AuditEntry, "hash">): string {
  const { previousHash, tenantId, seq, at, actor, action, subject, outcome } = entry;
  return JSON.stringify([previousHash, tenantId, seq, new Date(at).toISOString(), actor, action, subject, outcome]);
}
