import type { BankId } from "./ids.ts";
import type { Instant } from "./time.ts";

/** The two kinds of names that banks give to rows. */
export type NameKind = "REFERENCE" | "ID";

/** How a bank keeps a kind of name, as far as overlapping fetches have shown. UNKNOWN = too little was seen. */
export type NameHabit = "UNKNOWN" | "STABLE" | "ASSIGNED_LATE" | "CHANGED_AT_BOOKING" | "VOLATILE" | "POSITIONAL" | "REUSED" | "MISSING";

/** What became of the names of rows that were met again. Counts of rows. */
export interface NameTally {
  /** The name it had. */
  readonly same: number;
  /** Another one, in the same status. */
  readonly changed: number;
  /** One, where it had none. */
  readonly late: number;
  /** Booked under its pending name, or under another. */
  readonly keptAtBooking: number;
  readonly changedAtBooking: number;
  /** The name came with another row's content; `positional` = and looked like a place in a list. */
  readonly lies: number;
  readonly positional: number;
  /** None, as before. */
  readonly missing: number;
}

/** What the hub has learned of one bank's ways (engine.md section 3), whoever's data showed it. Statistics, no personal data. */
export interface BankHabits {
  readonly bankId: BankId;
  readonly names: Readonly<Record<NameKind, NameTally>>;
  /** Days after its own date at which a booked row first appeared, at most. */
  readonly lateDays: number;
  /** Days from the date of a pending row to its booking, at most; proven by names. */
  readonly pendingDays: number;
  /** When the bank last answered a period with rows from before it; null = its filter holds, or nobody has seen. */
  readonly datesIgnoredAt: Instant | null;
}
