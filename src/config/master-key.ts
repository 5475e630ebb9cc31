export const KEY_BYTES = 32;
/** 32 random bytes have 30 different values on average; fewer than 20 do not happen by chance. */
const LEAST_VALUES = 20;

/** "form" = not 32 bytes in base64; "weak" = surely not random (all alike, counting up, letters of a word); null = nothing. */
export function keyFault(text: string): "form" | "weak" | null {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== KEY_BYTES || bytes.toString("base64").replace(/=+$/, "") !== text.replace(/=+$/, "")) return "form";
  const steps = new Set(bytes.map((byte, i) => (byte - (bytes[i - 1] ?? 0)) & 255));
  const isText = bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  return new Set(bytes).size < LEAST_VALUES || steps.size < LEAST_VALUES || isText ? "weak" : null;
}
