import { ExactNumber } from "../../http/json.ts";

/** An object as it came: nothing is known of its fields. */
export type Row = Readonly<Record<string, unknown>>;

/** An object, or the only element of a list where the standard has an object; else null. */
export function rowOf(value: unknown): Row | null {
  if (Array.isArray(value)) return value.length === 1 ? rowOf(value[0]) : null;
  return typeof value === "object" && value !== null && !(value instanceof ExactNumber) ? (value as Row) : null;
}

/** The value at a path of names; undefined where one is missing or not the only one. */
export function at(row: Row | null, ...names: readonly string[]): unknown {
  return names.reduce<unknown>((value, name) => rowOf(value)?.[name], row);
}

/** A list; one thing where a list is due is a list of one, nothing (null, absent) an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === null || value === undefined ? [] : [value];
}

/** Trimmed text, or the digits of a number; null for blanks and all else. */
export function textOf(value: unknown): string | null {
  if (value instanceof ExactNumber) return value.source;
  if (typeof value !== "string") return null;
  const text = value.trim();
  return text === "" ? null : text;
}

export function flagOf(value: unknown): boolean | null {
  if (typeof value === "boolean") return value;
  const text = textOf(value)?.toLowerCase();
  return text === "true" ? true : text === "false" ? false : null;
}

const PLACEHOLDERS =
  /^(?:not[\s_-]?provided|not[\s_-]?available|non[\s_-]?ref|no[\s_-]?ref(?:erence)?|n\/?a|null|none|unknown|undefined|-+|\.+|0+|\*+|x{3,})$/i;

/** Text that says something: placeholders such as NOTPROVIDED, NONREF or zeros are null. */
export function meaningOf(value: unknown): string | null {
  const text = textOf(value);
  return text === null || PLACEHOLDERS.test(text) ? null : text;
}

/** The first that says something. */
export function firstOf(...values: readonly unknown[]): string | null {
  for (const value of values) {
    const text = meaningOf(value);
    if (text !== null) return text;
  }
  return null;
}

/** A row that cannot be read; `path` is the JSON path below the row, `problem` never holds content. */
export class BadRow extends Error {
  override readonly name = "BadRow";
  readonly path: string;
  readonly problem: string;

  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
    this.path = path;
    this.problem = problem;
  }
}

/** The kind of thing that stands there, for messages. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (value instanceof ExactNumber) return "a number";
  return Array.isArray(value) ? "a list" : typeof value === "string" ? "a text" : `a ${typeof value}`;
}
