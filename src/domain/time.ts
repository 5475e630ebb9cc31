/** Milliseconds since the epoch, from our own clock, never from the database's. */
export type Instant = number;

/** A calendar day as a bank states it, YYYY-MM-DD. Never converted from or to an instant without a named time zone. */
export type Day = `${number}-${number}-${number}`;

/** The only source of time. Sandbox time travel and tests hand in another one. */
export interface Clock {
  now(): Instant;
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const systemClock: Clock = { now: () => Date.now() };

const DAY_SHAPE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** True for an existing calendar day in the years 0001 to 9999 (2026-02-30 is none). */
export function isDay(text: string): text is Day {
  const match = DAY_SHAPE.exec(text);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  return day <= daysInMonth(year, month);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** `day` moved by whole days; negative goes back. */
export function addDays(day: Day, days: number): Day {
  return dayFromNumber(dayNumber(day) + days);
}

/** Whole days from `a` to `b`; negative where `b` is earlier. */
export function daysBetween(a: Day, b: Day): number {
  return dayNumber(b) - dayNumber(a);
}

/** Days since 1970-01-01: an order-preserving number for a day. */
export function dayNumber(day: Day): number {
  return Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / DAY;
}

/** The inverse of {@link dayNumber}. */
export function dayFromNumber(number: number): Day {
  return new Date(number * DAY).toISOString().slice(0, 10) as Day;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** The calendar day an instant falls on in an IANA time zone: the one allowed way from an instant to a day. */
export function dayIn(zone: string, instant: Instant): Day {
  let format = formatters.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
    formatters.set(zone, format);
  }
  return format.format(instant) as Day;
}
