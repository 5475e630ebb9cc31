/** `JSON.rawJSON` and the reviver's source text are in Node 24 (V8 13), but not yet in TypeScript's libraries. */
interface ExactJson {
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
  rawJSON(text: string): unknown;
}
const exactJson: ExactJson = JSON as typeof JSON & ExactJson;

/** A number as it stood in the text: `1234567890.123456789` and `1.10` lose nothing, and go back out the same. */
export class ExactNumber {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  toString(): string {
    return this.source;
  }

  toJSON(): unknown {
    return exactJson.rawJSON(this.source);
  }
}

export const MAX_JSON_DEPTH = 60;

const MAYBE_NUMBER = /[:[,]\s*-?\d/;

/**
 * Parses JSON with every number as {@link ExactNumber}. A byte order mark in front is skipped.
 * @throws SyntaxError (without any of the text) for what is not JSON or nested deeper than {@link MAX_JSON_DEPTH}
 */
export function parseJson(text: string): unknown {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (deeperThan(body, MAX_JSON_DEPTH)) throw new SyntaxError("JSON nested too deeply");
  try {
    if (!MAYBE_NUMBER.test(body) && !/^\s*-?\d/.test(body)) return JSON.parse(body) as unknown;
    return exactJson.parse(body, (_key, value, { source }) =>
      typeof value === "number" ? new ExactNumber(source ?? String(value)) : value,
    );
  } catch {
    throw new SyntaxError("not JSON");
  }
}

function deeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === 0x5c) i += 1;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}
