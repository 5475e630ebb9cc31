/** Exact decimal in canonical text: `-?digits[.digits]`, no plus, no leading zeros, no "-0". */
export type Decimal = `${number}`;

/** ISO 4217 alphabetic code in capitals; never XXX. */
export type Currency = string & { readonly currency?: never };

/** Signed. Positive = the holder has more, for every account type, cards and loans included. */
export interface Money {
  readonly amount: Decimal;
  readonly currency: Currency;
}

/** Minor-unit digits that differ from two (ISO 4217, list one). */
const EXPONENTS: Readonly<Record<string, number>> = {
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  CLF: 4, UYW: 4,
}; // prettier-ignore

const PLAIN = /^([+-]?)0*(\d{1,20})(?:\.(\d{1,10}))?$/;

/**
 * Canonical decimal from `[+-]digits[.digits]` text; null where it is none or longer than 20.10 digits.
 * With a currency the result carries at least that currency's minor digits (`12.5` EUR is `12.50`) and keeps further ones
 * only where they are not zero, so that equal amounts are equal strings.
 */
export function parseDecimal(text: string, currency?: Currency): Decimal | null {
  const match = PLAIN.exec(text);
  if (!match) return null;
  const whole = match[2] ?? "0";
  const atLeast = currency === undefined ? 0 : (EXPONENTS[currency] ?? 2);
  const fraction = (match[3] ?? "").replace(/0+$/, "").padEnd(atLeast, "0");
  const digits = fraction === "" ? whole : `${whole}.${fraction}`;
  const sign = match[1] === "-" && /[1-9]/.test(digits) ? "-" : "";
  return `${sign}${digits}` as Decimal;
}

export function isNegative(amount: Decimal): boolean {
  return amount.startsWith("-");
}

/** The same size with the other sign; zero stays zero. */
export function negate(amount: Decimal): Decimal {
  if (amount.startsWith("-")) return amount.slice(1) as Decimal;
  return /[1-9]/.test(amount) ? (`-${amount}` as Decimal) : amount;
}

export function absolute(amount: Decimal): Decimal {
  return amount.startsWith("-") ? (amount.slice(1) as Decimal) : amount;
}

const KEY_WHOLE = 20;
const KEY_FRACTION = 10;

/**
 * Text that sorts (byte-wise) as the decimal counts: for range filters in a database that has no exact decimal.
 * Negative numbers start with `-` and hold the nines' complement, others start with `0`.
 */
export function sortKey(amount: Decimal): string {
  const [whole = "0", fraction = ""] = absolute(amount).split(".");
  const digits = whole.padStart(KEY_WHOLE, "0") + fraction.padEnd(KEY_FRACTION, "0");
  if (!isNegative(amount)) return `0${digits}`;
  let complement = "";
  for (const digit of digits) complement += String(9 - Number(digit));
  return `-${complement}`;
}

/** a + b, exact. */
export function add(a: Decimal, b: Decimal): Decimal {
  const digits = Math.max(fractionDigits(a), fractionDigits(b));
  return unscaled(scaled(a, digits) + scaled(b, digits), digits);
}

/** Negative, zero or positive as `a` is less than, equal to or more than `b`. */
export function compare(a: Decimal, b: Decimal): number {
  const digits = Math.max(fractionDigits(a), fractionDigits(b));
  const difference = scaled(a, digits) - scaled(b, digits);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function fractionDigits(amount: Decimal): number {
  const dot = amount.indexOf(".");
  return dot < 0 ? 0 : amount.length - dot - 1;
}

function scaled(amount: Decimal, digits: number): bigint {
  const [whole = "0", fraction = ""] = amount.split(".");
  return BigInt(whole + fraction.padEnd(digits, "0"));
}

function unscaled(value: bigint, digits: number): Decimal {
  const sign = value < 0n ? "-" : "";
  const text = (value < 0n ? -value : value).toString().padStart(digits + 1, "0");
  return (digits === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`) as Decimal;
}

const CODE = /^[A-Z]{3}$/;

/** A currency code in capitals, or null for anything else and for XXX ("no currency"). */
export function parseCurrency(text: string): Currency | null {
  const code = text.trim().toUpperCase();
  return CODE.test(code) && code !== "XXX" ? code : null;
}
