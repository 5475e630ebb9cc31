import type { BankHabits, NameHabit, NameKind, NameTally } from "../domain/bank-habits.ts";
import type { BankId } from "../domain/ids.ts";
import { DAY, type Instant } from "../domain/time.ts";
import type { Trust } from "./matcher/pool.ts";

/** Fewer rows than this teach nothing. */
const MIN_SEEN = 5;
/** Beyond it all counts are halved: what a bank did long ago fades. */
const MAX_SEEN = 4_000;
const MOST_LATE_DAYS = 30;
const MOST_PENDING_DAYS = 14;
/** After this a bank's date filter is tried again. */
const DATES_FORGOTTEN_AFTER = 30 * DAY;
/** More lies than this share, and a kind of name proves nothing. */
const MAX_LIES = 0.1;

export const KINDS = ["REFERENCE", "ID"] as const satisfies readonly NameKind[];

const NO_NAMES: NameTally = {
  same: 0,
  changed: 0,
  late: 0,
  keptAtBooking: 0,
  changedAtBooking: 0,
  lies: 0,
  positional: 0,
  missing: 0,
};

export function noHabits(bankId: BankId): BankHabits {
  return { bankId, names: { REFERENCE: NO_NAMES, ID: NO_NAMES }, lateDays: 0, pendingDays: 0, datesIgnoredAt: null };
}

/** `known` with what was seen since: counts add up, days keep their longest. */
export function learned(known: BankHabits, seen: BankHabits): BankHabits {
  return {
    bankId: known.bankId,
    names: { REFERENCE: added(known.names.REFERENCE, seen.names.REFERENCE), ID: added(known.names.ID, seen.names.ID) },
    lateDays: Math.min(MOST_LATE_DAYS, Math.max(known.lateDays, seen.lateDays)),
    pendingDays: Math.min(MOST_PENDING_DAYS, Math.max(known.pendingDays, seen.pendingDays)),
    datesIgnoredAt: seen.datesIgnoredAt ?? known.datesIgnoredAt,
  };
}

function added(a: NameTally, b: NameTally): NameTally {
  const sum = mapped((key) => a[key] + b[key]);
  const total = Object.values(sum).reduce((all, one) => all + one, 0);
  return total <= MAX_SEEN ? sum : mapped((key) => Math.floor(sum[key] / 2));
}

function mapped(of: (key: keyof NameTally) => number): NameTally {
  return {
    same: of("same"),
    changed: of("changed"),
    late: of("late"),
    keptAtBooking: of("keptAtBooking"),
    changedAtBooking: of("changedAtBooking"),
    lies: of("lies"),
    positional: of("positional"),
    missing: of("missing"),
  };
}

/** The one word for what the counts say; the worst habit wins. */
export function nameHabit(tally: NameTally): NameHabit {
  const again = tally.same + tally.changed;
  if (tally.lies >= MIN_SEEN && tally.lies > MAX_LIES * (again + tally.lies)) {
    return tally.positional * 2 > tally.lies ? "POSITIONAL" : "REUSED";
  }
  if (tally.changed >= MIN_SEEN && tally.changed > tally.same) return "VOLATILE";
  if (tally.changedAtBooking >= MIN_SEEN && tally.changedAtBooking > tally.keptAtBooking) return "CHANGED_AT_BOOKING";
  if (tally.late >= MIN_SEEN) return "ASSIGNED_LATE";
  if (tally.same >= MIN_SEEN) return "STABLE";
  return tally.missing >= MIN_SEEN ? "MISSING" : "UNKNOWN";
}

/** What the matcher makes of it. */
export function trustOf(habits: BankHabits): Trust {
  const bad: readonly NameHabit[] = ["VOLATILE", "POSITIONAL", "REUSED"];
  const good: readonly NameHabit[] = ["STABLE", "ASSIGNED_LATE", "CHANGED_AT_BOOKING"];
  const kinds = (of: readonly NameHabit[]) => new Set(KINDS.filter((kind) => of.includes(nameHabit(habits.names[kind]))));
  return { distrusted: kinds(bad), stable: kinds(good), pendingDays: habits.pendingDays };
}

/** Whether to ask the bank for a period at all. */
export function datesHold({ datesIgnoredAt }: BankHabits, now: Instant): boolean {
  return datesIgnoredAt === null || now - datesIgnoredAt > DATES_FORGOTTEN_AFTER;
}
