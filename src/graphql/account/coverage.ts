import type { DateRange } from "../../domain/account.ts";
import { addDays } from "../../domain/time.ts";
import type { AccountCoverageType } from "./account.type.ts";

/** From proven stretches (sorted, merged) to their outer ends and what lies between them. */
export function coverageOf(ranges: readonly DateRange[]): AccountCoverageType {
  const gaps = ranges.slice(1).map((range, index) => ({ from: addDays(ranges[index]?.to ?? range.from, 1), to: addDays(range.from, -1) }));
  return { from: ranges[0]?.from ?? null, to: ranges[ranges.length - 1]?.to ?? null, gaps };
}
