import { z } from "zod";
import { BankError } from "../../domain/failure.ts";
import { addDays, isDay, type Day } from "../../domain/time.ts";

const day = z.custom<Day>((value) => typeof value === "string" && isDay(value));
const leg = z.strictObject({
  from: day,
  to: day.nullable(),
  /** Asked by reference instead of days. */
  after: z.string().nullable(),
});

/** One query whose pages hang together by links. */
export type Leg = z.infer<typeof leg>;

const cursor = z.strictObject({
  legs: z.tuple([leg], leg),
  /** Path and query of the page in the first leg; null = its first page. */
  href: z.string().nullable(),
});

/** Where a list goes on: the legs that remain, and the page within the first of them. */
export type Cursor = Omit<z.infer<typeof cursor>, "legs"> & { readonly legs: readonly [Leg, ...Leg[]] };

export function writeCursor({ legs, href }: Cursor): string {
  return JSON.stringify({ legs, href });
}

/** @throws BankError PROTOCOL for what this connector did not write: the list must be read from its start */
export function readCursor(text: string): Cursor {
  try {
    return cursor.parse(JSON.parse(text));
  } catch {
    throw new BankError("PROTOCOL", "BANK_BAD_RESPONSE", "the page cursor is of another version", { bankCode: "CURSOR_UNREADABLE" });
  }
}

/** The queries of a list, newest days first; both ends of a leg belong to it. */
export function legsOf(plan: {
  readonly from: Day;
  readonly to: Day | null;
  readonly today: Day;
  readonly after: string | null;
  readonly maxRangeDays: number | null;
}): readonly [Leg, ...Leg[]] {
  const { from, to, today, after, maxRangeDays } = plan;
  if (maxRangeDays === null || after !== null) return [{ from, to, after }];
  const start = (end: Day): Day => {
    const earliest = addDays(end, -(maxRangeDays - 1));
    return earliest < from ? from : earliest;
  };
  const older: Leg[] = [];
  const first: Leg = { from: start(to ?? today), to, after };
  for (let at = first.from; at > from;) {
    const end = addDays(at, -1);
    at = start(end);
    older.push({ from: at, to: end, after });
  }
  return [first, ...older];
}
