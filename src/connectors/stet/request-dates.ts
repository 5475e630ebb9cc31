import { addDays, MINUTE, type Day } from "../../domain/time.ts";
import { endOfDay } from "../kit/values.ts";

export type DateForm = "date-time" | "date" | "local" | "local-ms";

/** The beginning of a day in the form that the bank takes; the standard's is a date-time with offset (RFC 3339). */
export function printedDay(day: Day, form: DateForm, zone: string): string {
  switch (form) {
    case "date":
      return day;
    case "local":
      return `${day}T00:00:00`;
    case "local-ms":
      return `${day}T00:00:00.000`;
    case "date-time":
      return `${day}T00:00:00${offsetAt(day, zone)}`;
  }
}

/** `+01:00`: what the zone is ahead of UTC by when the day begins. */
function offsetAt(day: Day, zone: string): string {
  const minutes = (Date.parse(`${day}T00:00:00Z`) - endOfDay(zone, addDays(day, -1))) / MINUTE;
  const size = Math.abs(minutes);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
