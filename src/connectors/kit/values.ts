import { parseCurrency, parseDecimal, type Currency, type Decimal } from "../../domain/money.ts";
import { dayIn, isDay, MINUTE, type Day, type Instant } from "../../domain/time.ts";
import { BadRow, kindOf, rowOf, textOf } from "./wire.ts";

/**
 * The exact decimal behind a bank's spelling: leading plus, U+2212, blanks or apostrophes between thousands, decimal comma, both separators,
 * exponent. Null for what is none or says it in two ways (`1,234`). A single dot always is the decimal one, as in the standard.
 */
export function readDecimal(value: unknown, currency?: Currency): Decimal | null {
  const text = textOf(value);
  if (text === null || text.length > 60) return null;
  const compact = text.replace(/[\s\u00a0\u202f'’]/g, "").replace(/^[\u2212\u2013]/, "-");
  const plain = withDot(compact);
  return plain === null ? null : parseDecimal(withoutExponent(plain), currency);
}

function withDot(text: string): string | null {
  const [comma, dot] = [text.lastIndexOf(","), text.lastIndexOf(".")];
  if (comma < 0) return text;
  if (dot > comma) return text.replaceAll(",", "");
  if (dot >= 0) return text.replaceAll(".", "").replace(",", ".");
  const digits = text.length - comma - 1;
  return digits === 3 || text.indexOf(",") !== comma ? null : text.replace(",", ".");
}

function withoutExponent(text: string): string {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?e([+-]?\d{1,2})$/i.exec(text);
  if (!match) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const point = whole.length + Number(exponent);
  const digits = (whole + fraction).padEnd(point, "0");
  return point > 0 ? `${sign}${digits.slice(0, point)}.${digits.slice(point) || "0"}` : `${sign}0.${"0".repeat(-point)}${digits}`;
}

/** `{amount, currency}`, both mandatory. @throws BadRow below `path` */
export function readMoney(value: unknown, path: string): { readonly amount: Decimal; readonly currency: Currency } {
  const row = rowOf(value);
  if (!row) throw new BadRow(path, value === undefined ? "missing" : `expected {amount, currency}, got ${kindOf(value)}`);
  const currency = parseCurrency(textOf(row["currency"]) ?? "");
  if (currency === null) throw new BadRow(`${path}.currency`, `expected an ISO 4217 code, got ${kindOf(row["currency"])}`);
  const amount = readDecimal(row["amount"], currency);
  if (amount === null) throw new BadRow(`${path}.amount`, `expected a decimal, got ${kindOf(row["amount"])}`);
  return { amount, currency };
}

/** Null where there is none, or none that can be read. */
export function moneyOrNull(value: unknown): { readonly amount: Decimal; readonly currency: Currency } | null {
  // Most rows have none: an error with its stack for each would be a fifth of the work of an update.
  if (rowOf(value) === null) return null;
  try {
    return readMoney(value, "");
  } catch {
    return null;
  }
}

/** A day as the bank wrote it, or the day in the bank's zone of an instant with an offset; null for anything else. */
export function readDay(value: unknown, zone: string): Day | null {
  const text = textOf(value);
  if (text === null) return null;
  const instant = /^(\d{4}-\d{2}-\d{2})[T ]\d{2}:?\d{2}(?::?\d{2}(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(text);
  if (instant?.[2] !== undefined) {
    const at = Date.parse(isoOf(text));
    return Number.isNaN(at) ? null : dayIn(zone, at);
  }
  const day = instant?.[1] ?? reordered(text);
  return isDay(day) ? day : null;
}

/** What `Date.parse` takes: `T`, seconds, at most three fraction digits and a colon in the offset. */
function isoOf(text: string): string {
  return text
    .replace(/[ ](?=\d{2}:)/, "T")
    .replace(/\s+/g, "")
    .replace(/(\.\d{3})\d+/, "$1")
    .replace(/([+-]\d{2})(\d{2})$/, "$1:$2");
}

/** `DD-MM-YYYY`, `DD/MM/YYYY`, `DD.MM.YYYY` and `YYYYMMDD` in the order of the standard. */
function reordered(text: string): string {
  const match = /^(\d{2})[-/.](\d{2})[-/.](\d{4})$/.exec(text);
  if (match) return `${match[3] ?? ""}-${match[2] ?? ""}-${match[1] ?? ""}`;
  return text.replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3");
}

/** The instant at which a day ends in a zone: exact to the minute, whatever daylight saving does. */
export function endOfDay(zone: string, day: Day): Instant {
  const nearly = Date.parse(`${day}T00:00:00Z`);
  let [low, high] = [nearly / MINUTE + 9 * 60, nearly / MINUTE + 37 * 60];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (dayIn(zone, middle * MINUTE) > day) high = middle;
    else low = middle + 1;
  }
  return low * MINUTE;
}
