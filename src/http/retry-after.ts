import { DAY, SECOND, type Instant } from "../domain/time.ts";

/** Longer waits are a mistake of the server: no quota window of any bank is longer than a day. */
const LONGEST = 2 * DAY;

/**
 * When the server wants to be asked again, from the headers `Retry-After` (seconds or HTTP date) and `Date`; a date is measured against the
 * server's own `Date`, so that a clock that goes wrong there does not matter. Null where it is absent, unreadable or beyond two days.
 */
export function retryAfter(headers: Readonly<Record<string, string>>, now: Instant): Instant | null {
  const text = headers["retry-after"]?.trim() ?? "";
  const wait = /^\d+(\.\d+)?$/.test(text) ? Number(text) * SECOND : untilDate(text, headers["date"], now);
  if (wait === null || !(wait <= LONGEST)) return null;
  return now + Math.max(0, Math.ceil(wait));
}

function untilDate(text: string, serverDate: string | undefined, now: Instant): number | null {
  if (!/[a-z]{3}.*\d{4}/i.test(text)) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return null;
  const there = Date.parse(serverDate ?? "");
  return at - (Number.isNaN(there) ? now : there);
}
