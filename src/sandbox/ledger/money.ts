const DIGITS: Readonly<Record<string, number>> = { JPY: 0, KRW: 0, HUF: 2, BHD: 3, KWD: 3, TND: 3 };

/** Decimals of a currency by ISO 4217; 2 unless listed. */
export function decimalsOf(currency: string): number {
  return DIGITS[currency] ?? 2;
}

/** Exact decimal text of minor units: (-1230n, "EUR") is "-12.30". */
export function formatMinor(minor: bigint, currency: string): string {
  const decimals = decimalsOf(currency);
  const sign = minor < 0n ? "-" : "";
  const digits = (minor < 0n ? -minor : minor).toString().padStart(decimals + 1, "0");
  if (decimals === 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Minor units of exact decimal text; throws when it has more decimals than the currency. */
export function parseMinor(text: string, currency: string): bigint {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text);
  const decimals = decimalsOf(currency);
  const fraction = match?.[3] ?? "";
  if (!match || fraction.length > decimals) throw new RangeError(`"${text}" is not an amount in ${currency}`);
  const minor = BigInt((match[2] ?? "") + fraction.padEnd(decimals, "0"));
  return match[1] === "-" ? -minor : minor;
}

/** `minor` divided by a decimal rate, rounded half up: what a bank books for a foreign purchase. Both currencies have 2 decimals. */
export function divideByRate(minor: bigint, rate: string): bigint {
  const [whole = "0", fraction = ""] = rate.split(".");
  const scale = 10n ** BigInt(fraction.length);
  const divisor = BigInt(whole + fraction);
  const doubled = (2n * (minor < 0n ? -minor : minor) * scale + divisor) / (2n * divisor);
  return minor < 0n ? -doubled : doubled;
}
