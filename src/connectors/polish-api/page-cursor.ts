import { z } from "zod";
import { BankError } from "../../domain/failure.ts";
import { addDays, isDay, type Day } from "../../domain/time.ts";
import { LISTS, listName, READING_ORDER, type ListName } from "./lists.ts";

const day = z.custom<Day>((value) => typeof value === "string" && isDay(value));
const leg = z.strictObject({ list: listName, from: day.nullable(), to: day.nullable() });

/** One list in one window, read page by page. */
export type Leg = z.infer<typeof leg>;

const cursor = z.strictObject({
  legs: z.tuple([leg], leg),
  /** The page of the first leg; null = its first. */
  pageId: z.string().nullable(),
  /** Items of lists read before that later ones may name once more: pending ones, and those that never moved money. */
  skip: z.array(z.string()),
  /** Items of the first leg so far. A page of it that comes twice must look like it, so these are not left out yet. */
  own: z.array(z.string()),
});

/** Where a reading goes on. */
export type Cursor = Omit<z.infer<typeof cursor>, "legs"> & { readonly legs: readonly [Leg, ...Leg[]] };

export function writeCursor({ legs, pageId, skip, own }: Cursor): string {
  return JSON.stringify({ legs, pageId, skip, own });
}

/** @throws BankError PROTOCOL for what this connector did not write: the lists must be read from their start */
export function readCursor(text: string): Cursor {
  try {
    return cursor.parse(JSON.parse(text));
  } catch {
    throw new BankError("PROTOCOL", "BANK_BAD_RESPONSE", "the page cursor is of another version", { bankCode: "CURSOR_UNREADABLE" });
  }
}

/** The readings of a window: the booked list, newest window first, then, where the window is open to the present, what is not booked yet. */
export function legsOf(plan: {
  readonly lists: ReadonlySet<ListName>;
  readonly from: Day | null;
  readonly to: Day | null;
  readonly today: Day;
  readonly maxRangeDays: number | null;
}): readonly Leg[] {
  const asked = READING_ORDER.filter((name) => plan.lists.has(name));
  const inverted = plan.from !== null && plan.to !== null && plan.from > plan.to;
  return asked.flatMap((list): Leg[] => {
    if (inverted) return []; // wholly before what the bank gives
    if (LISTS[list].status === "BOOKED") return windows(plan).map((window) => ({ list, ...window }));
    // Snapshots of the present: they know no window, and must not be cut by one.
    return plan.to === null ? [{ list, from: null, to: null }] : [];
  });
}

type Window = Pick<Leg, "from" | "to">;

function windows({ from, to, today, maxRangeDays }: Parameters<typeof legsOf>[0]): readonly Window[] {
  if (maxRangeDays === null || from === null) return [{ from, to }];
  const found: Window[] = [];
  for (let end: Day | null = to; ;) {
    const start = addDays(end ?? today, -(maxRangeDays - 1));
    found.push({ from: start < from ? from : start, to: end });
    if (start <= from) return found;
    end = addDays(start, -1);
  }
}
