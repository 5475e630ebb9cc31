import { DAY, SECOND, type Instant } from "../domain/time.ts";

/** Longer waits are a mistake of the server: no quota window of any bank is longer than a day. */
const LONGEST = 2 * DAY;

/**
 * When the server wants to be asked again, from the headers `Retry-After` (seconds or HTTP date) and `Date`. A date that makes no sense by our
 * clock is measured against the server's own `Date`. Null where it is absent, unreadable, or beyond two days.
 */
export function retryAfter(headers: Readonly<Record<string, string>>, now: Instant): Instant | null {
  const text = headers["retry-after"]?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return believable(Number(text) * SECOND) ? now + Math.ceil(Number(text) * SECOND) : null;
  // Date.parse takes almost anything; an HTTP date has a month's name and a year.
  const at = /[a-z]{3}.*\d{4}/i.test(text) ? Date.parse(text) : Number.NaN;
  const wait = [at - now, at - Date.parse(headers["date"] ?? "")].find(believable);
  return wait === undefined ? null : now + wait;
}

function believable(wait: number): boolean {
  return wait >= 0 && wait <= LONGEST;
}
