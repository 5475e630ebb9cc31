const VERSION = "1";

/** The opaque text of a position in a change log. */
export function printChangeCursor(seq: number): string {
  return Buffer.from(`${VERSION}:${String(seq)}`).toString("base64url");
}

/** The position behind a cursor; null for what the hub has not made. */
export function parseChangeCursor(text: string): number | null {
  const match = /^1:(0|[1-9]\d{0,15})$/.exec(Buffer.from(text, "base64url").toString("latin1"));
  if (!match) return null;
  const seq = Number(match[1]);
  return Number.isSafeInteger(seq) && printChangeCursor(seq) === text ? seq : null;
}
