import type { Day } from "../../domain/time.ts";
import { readDay } from "../kit/values.ts";
import { textOf } from "../kit/wire.ts";

/**
 * The day of a date-time of the standard. It is an instant, and falls on a day in the bank's zone; but where the time of day is midnight, whatever the
 * offset, the bank only had a day to print (Data Model, "time component may be 00:00:00").
 */
export function dayOf(value: unknown, zone: string): Day | null {
  const text = textOf(value);
  const midnight = text === null ? null : /^(\d{4}-\d{2}-\d{2})[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/i.exec(text)?.[1];
  return readDay(midnight ?? text, zone);
}
