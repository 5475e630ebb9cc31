export const DAY = 86_400_000;

/** YYYY-MM-DD of an instant in a bank's time zone. */
export function localDate(instant: number | Date, timeZone: string): string {
  return formatterOf(timeZone).format(instant);
}

/** YYYY-MM-DD in UTC. Ledger entries are made between 04:00 and 21:00 UTC, so this is also the local day of any European bank. */
export function utcDate(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

/** True for a real calendar day in the form YYYY-MM-DD. */
export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && utcDate(Date.parse(text)) === text;
}

export function addDays(date: string, days: number): string {
  return utcDate(Date.parse(date) + days * DAY);
}

/** A month as one number that can be counted: year * 12 + (0..11). */
export function monthOf(instant: number): number {
  const date = new Date(instant);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

export function startOfMonth(month: number): number {
  return Date.UTC(Math.floor(month / 12), month % 12, 1);
}

export function daysIn(month: number): number {
  return (startOfMonth(month + 1) - startOfMonth(month)) / DAY;
}

/** "2026-11" */
export function monthText(month: number): string {
  return utcDate(startOfMonth(month)).slice(0, 7);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("sv-SE", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}
