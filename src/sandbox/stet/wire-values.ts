import { formatMinor } from "../ledger/money.ts";
import type { StetVersion } from "./options.ts";

/** A JSON number with exactly these digits: `JSON.rawJSON` of Node 24, which TypeScript's libraries do not know yet. */
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): unknown };

/** A text in 1.4.0, a number afterwards. */
export function wireAmount(minor: bigint, currency: string, version: StetVersion): { readonly currency: string; readonly amount: unknown } {
  const text = formatMinor(minor, currency);
  return { currency, amount: version === "1.4.0" ? text : rawJSON(text) };
}

/** `1.0829` as a JSON number. */
export function wireRate(rate: string): unknown {
  return rawJSON(rate);
}

/** A plain day in 1.4.0, the beginning of the day in the bank's zone afterwards. */
export function wireDay(day: string, version: StetVersion, timeZone: string): string {
  return version === "1.4.0" ? day : `${day}T00:00:00${offsetOf(day, timeZone)}`;
}

const offsets = new Map<string, string>();

/** `+01:00`, as it is at noon UTC: European zones change on Sundays before that, and a day's first hours are not looked at. */
function offsetOf(day: string, timeZone: string): string {
  const key = `${timeZone} ${day}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    const parts = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" }).formatToParts(Date.parse(`${day}T00:00:00Z`));
    const named = parts.find(({ type }) => type === "timeZoneName")?.value.slice(3) ?? "";
    offset = named === "" ? "+00:00" : named;
    offsets.set(key, offset);
  }
  return offset;
}
