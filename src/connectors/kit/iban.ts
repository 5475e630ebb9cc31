import { textOf } from "./wire.ts";

/** An IBAN in one piece and capitals; null for what has not the shape of one. */
export function ibanOf(value: unknown): string | null {
  const text = textOf(value)?.replace(/\s+/g, "").toUpperCase() ?? "";
  return /^[A-Z]{2}\d{2}[A-Z0-9]{8,30}$/.test(text) && !/X{4}/.test(text) ? text : null;
}
