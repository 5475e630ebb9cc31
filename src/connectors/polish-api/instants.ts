import type { Instant } from "../../domain/time.ts";
import { textOf } from "../kit/wire.ts";

/** An instant of the standard, `YYYY-MM-DDThh:mm:ss[.mmm]`: with an offset, or as the bank's own clocks show it. Null for anything else. */
export function instantOf(value: unknown, zone: string): Instant | null {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(textOf(value) ?? "");
  if (!match) return null;
  const [, day = "", time = "23:59:59", fraction = "0", offset] = match;
  const local = `${day}T${time}${time.length === 5 ? ":00" : ""}.${fraction.slice(0, 3).padEnd(3, "0")}`;
  if (offset !== undefined) return orNull(Date.parse(local + offset.toUpperCase().replace(/^([+-]\d{2})(\d{2})$/, "$1:$2")));
  const asUtc = Date.parse(`${local}Z`);
  if (Number.isNaN(asUtc)) return null;
  const nearly = asUtc - offsetAt(zone, asUtc);
  return asUtc - offsetAt(zone, nearly);
}

/** Milliseconds by which the zone's clocks are ahead of UTC at an instant. */
function offsetAt(zone: string, instant: Instant): number {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  const whole = Math.floor(instant / 1000) * 1000;
  return Date.parse(`${format.format(whole).replace(" ", "T")}Z`) - whole;
}

function orNull(instant: number): Instant | null {
  return Number.isNaN(instant) ? null : instant;
}
