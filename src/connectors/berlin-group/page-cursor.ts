import { z } from "zod";
import { BankError } from "../../domain/failure.ts";
import { addDays, isDay, type Day } from "../../domain/time.ts";

export type Statuses = "both" | "apart" | "booked";

const day = z.custom<Day>((value) => typeof value === "string" && isDay(value));
const leg = z.strictObject({
  bookingStatus: z.enum(["both", "booked", "pending"]),
  from: day,
  to: day.nullable(),
  /** Asked by reference instead of `from`. */
  after: z.string().nullable(),
});

/** One query whose pages hang together by links. */
export type Leg = z.infer<typeof leg>;

const cursor = z.strictObject({
  legs: z.tuple([leg], leg),
  /** Path and query of the page in the first leg; null = its first page. */
  href: z.string().nullable(),
  /** `href` leads to a report that the bank is putting together. */
  download: z.boolean().default(false),
  /** Kept for all pages at banks that want that. */
  requestId: z.string().nullable(),
});

/** Where a list goes on: the legs that remain, and the page within the first of them. */
export type Cursor = Omit<z.infer<typeof cursor>, "legs"> & { readonly legs: readonly [Leg, ...Leg[]] };

export function writeCursor({ legs, href, download, requestId }: Cursor): string {
  return JSON.stringify({ legs, href, ...(download ? { download } : {}), requestId });
}

/** @throws BankError PROTOCOL for what this connector did not write: the list must be read from its start */
export function readCursor(text: string): Cursor {
  try {
    return cursor.parse(JSON.parse(text));
  } catch {
    throw new BankError("PROTOCOL", "BANK_BAD_RESPONSE", "the page cursor is of another version", { bankCode: "CURSOR_UNREADABLE" });
  }
}

/** The queries of a list: newest window first, booked rows before pending ones, pending ones only once. */
export function legsOf(plan: {
  readonly from: Day;
  readonly to: Day | null;
  readonly today: Day;
  readonly after: string | null;
  readonly maxRangeDays: number | null;
  readonly statuses: Statuses;
}): readonly [Leg, ...Leg[]] {
  const { after, statuses } = plan;
  const whole = { from: plan.from, to: plan.to };
  const [newest = whole, ...older] = after === null ? windows(plan) : [whole];
  const first: Leg = { bookingStatus: statuses === "both" ? "both" : "booked", ...newest, after };
  const rest = older.map((window): Leg => ({ bookingStatus: first.bookingStatus, ...window, after }));
  const pending: Leg[] = statuses === "apart" ? [{ bookingStatus: "pending", ...whole, after }] : [];
  return [first, ...rest, ...pending];
}

function windows({ from, to, today, maxRangeDays }: Parameters<typeof legsOf>[0]): { readonly from: Day; readonly to: Day | null }[] {
  if (maxRangeDays === null) return [{ from, to }];
  const found: { from: Day; to: Day | null }[] = [];
  for (let end: Day | null = to; ;) {
    const start = addDays(end ?? today, -(maxRangeDays - 1));
    found.push({ from: start < from ? from : start, to: end });
    if (start <= from) return found;
    end = addDays(start, -1);
  }
}
