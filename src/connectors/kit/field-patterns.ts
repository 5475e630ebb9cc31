import { z } from "zod";
import { regex } from "./profile-parts.ts";
import { at, listOf, textOf, type Row } from "./wire.ts";

/** Where to look in a bank's row, and for what: how a profile points at what a bank hides in a text. `field` may be a path with dots. */
export const fieldPatterns = z.array(z.strictObject({ field: z.string(), match: regex })).default([]);
export type FieldPatterns = z.infer<typeof fieldPatterns>;

/** The first pattern that is found in its field, letter case aside; several texts in a field are lines of one. */
export function foundIn(row: Row, patterns: FieldPatterns): RegExpExecArray | null {
  for (const { field, match } of patterns) {
    const texts = listOf(at(row, ...field.split("."))).map((value) => textOf(value) ?? (typeof value === "boolean" ? String(value) : null));
    const text = texts.filter((line) => line !== null).join("\n");
    const found = text === "" ? null : new RegExp(match, "im").exec(text);
    if (found) return found;
  }
  return null;
}
