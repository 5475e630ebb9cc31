import type { DateRange } from "../domain/account.ts";
import { addDays, type Day } from "../domain/time.ts";

/** `ranges` with `added` in it: sorted, without overlap, ranges that touch (yesterday and today) joined. Days compare as text. */
export function cover(ranges: readonly DateRange[], added: DateRange): readonly DateRange[] {
  if (added.from > added.to) return ranges;
  const sorted = [...ranges, added].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const merged: DateRange[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last === undefined || range.from > addDays(last.to, 1)) merged.push(range);
    else if (range.to > last.to) merged[merged.length - 1] = { from: last.from, to: range.to };
  }
  return merged;
}

export function sameCoverage(a: readonly DateRange[], b: readonly DateRange[]): boolean {
  return a.length === b.length && a.every((range, i) => range.from === b[i]?.from && range.to === b[i]?.to);
}

/** The newest day that is covered; null = nothing is. */
export function coveredTo(ranges: readonly DateRange[]): Day | null {
  return ranges.at(-1)?.to ?? null;
}
