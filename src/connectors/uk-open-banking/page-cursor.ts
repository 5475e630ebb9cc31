import { z } from "zod";
import { BankError } from "../../domain/failure.ts";
import { addDays, isDay, type Day } from "../../domain/time.ts";

const day = z.custom<Day>((value) => typeof value === "string" && isDay(value));
const window = z.strictObject({ from: day.nullable(), to: day.nullable() });

/** Both ends inclusive; null = open. */
export type Window = z.infer<typeof window>;

const cursor = z.strictObject({
  /** Those that remain, the one being read first. */
  windows: z.tuple([window], window),
  /** Path and query of the page in the first window; null = its first page. */
  href: z.string().nullable(),
});

/** Where a list goes on. */
export type Cursor = Omit<z.infer<typeof cursor>, "windows"> & { readonly windows: readonly [Window, ...Window[]] };

export function writeCursor({ windows, href }: Cursor): string {
  return JSON.stringify({ windows, href });
}

/** @throws BankError PROTOCOL for what this connector did not write: the list must be read from its start */
export function readCursor(text: string): Cursor {
  try {
    return cursor.parse(JSON.parse(text));
  } catch {
    throw new BankError("PROTOCOL", "BANK_BAD_RESPONSE", "the page cursor is of another version", { bankCode: "CURSOR_UNREADABLE" });
  }
}

/** The window in parts that the bank takes, the newest first. */
export function windowsOf({ from, to }: Window, maxRangeDays: number | null, today: Day): readonly [Window, ...Window[]] {
  if (maxRangeDays === null || from === null) return [{ from, to }];
  const found: Window[] = [];
  let end = to;
  for (;;) {
    const start = addDays(end ?? today, -(maxRangeDays - 1));
    found.push({ from: start < from ? from : start, to: end });
    if (start <= from) break;
    end = addDays(start, -1);
  }
  const [newest = { from, to }, ...older] = found;
  return [newest, ...older];
}
