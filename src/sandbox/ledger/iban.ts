/** An IBAN with correct check digits (ISO 13616, mod 97). */
export function ibanOf(country: string, bban: string): string {
  const check = 98n - remainderOf(`${bban}${country}00`);
  return `${country}${check.toString().padStart(2, "0")}${bban}`;
}

/** An ISO 11649 creditor reference (RF + check digits) for a body of at most 21 characters. */
export function creditorReference(body: string): string {
  const check = 98n - remainderOf(`${body}RF00`);
  return `RF${check.toString().padStart(2, "0")}${body}`;
}

export function isIban(text: string): boolean {
  return /^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(text) && remainderOf(text.slice(4) + text.slice(0, 4)) === 1n;
}

function remainderOf(text: string): bigint {
  const digits = text.toUpperCase().replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return BigInt(digits) % 97n;
}
