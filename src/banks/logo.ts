import { createHash } from "node:crypto";
import type { Bank } from "../domain/bank.ts";

/** Words that say nothing of which bank it is. */
const COMMON = new Set(["bank", "sandbox", "the", "of", "and", "test"]);

/** Where the hub serves a picture that it draws itself: for sandbox banks, whose entries bring none. Null for all others. */
export function logoPath(bank: Pick<Bank, "id" | "logo" | "environment" | "connection">): string | null {
  const drawn = bank.logo === null && bank.environment === "SANDBOX" && bank.connection !== null;
  return drawn ? `/logos/${bank.id}.svg` : null;
}

/** A small SVG of initials on a colour of the bank's own, the same for the same id and name. Text and shapes only: nothing is loaded. */
export function drawLogo({ id, name }: Pick<Bank, "id" | "name">): string {
  const hue = createHash("sha256").update(id).digest().readUInt16BE(0) % 360;
  const [initials, title] = [escapeXml(initialsOf(name)), escapeXml(name)];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64" role="img"><title>${title}</title>` +
    `<rect width="64" height="64" rx="14" fill="hsl(${String(hue)},55%,32%)"/>` +
    `<text x="32" y="33" fill="#fff" font-family="system-ui,sans-serif" font-size="26" font-weight="600" text-anchor="middle" ` +
    `dominant-baseline="central">${initials}</text></svg>\n`
  );
}

/** Of two telling words one letter each, of a single one two letters. */
function initialsOf(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? [];
  const telling = words.filter((word) => !COMMON.has(word.toLowerCase()));
  const [first = "?", second] = telling.length > 0 ? telling : words;
  const letters = second === undefined ? [...first].slice(0, 2) : [...first].slice(0, 1).concat([...second].slice(0, 1));
  return letters.join("").toUpperCase();
}

function escapeXml(text: string): string {
  // What XML 1.0 has no place for at all would make the whole picture unreadable.
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "")
    .replace(/[&<>"']/g, (char) => `&#${String(char.charCodeAt(0))};`);
}
