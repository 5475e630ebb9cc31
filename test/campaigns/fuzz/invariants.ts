/** What no answer of the hub may show, whatever was asked. Null = nothing is wrong. */
export function leaks(text: string): string | null {
  if (/\bat .+ \(?(file:|node:|\/)\S+:\d+:\d+/.test(text) || /node_modules|stacktrace/.test(text)) return "a stack";
  if (/Did you mean/.test(text)) return "a hint at names";
  if (/SQLITE_|SqliteError|syntax error at or near|duplicate key value/.test(text)) return "words of the database";
  return null;
}

const CODES = new Set(["UNAUTHENTICATED", "FORBIDDEN", "BAD_USER_INPUT", "RATE_LIMITED"]);

/** Of a `POST /graphql` answer. */
export function wrongWithGraphql(status: number, contentType: string, text: string): string | null {
  if (status >= 500) return `status ${String(status)}: ${text.slice(0, 300)}`;
  if (!/^application\/(graphql-response\+)?json/.test(contentType)) return `content type ${contentType}`;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return `no JSON: ${text.slice(0, 100)}`;
  }
  return wrongWithResult(body) ?? leaks(text);
}

/** Of a GraphQL result: no error but the caller's own. */
export function wrongWithResult(body: unknown): string | null {
  if (typeof body !== "object" || body === null || !("data" in body || "errors" in body)) return "neither data nor errors";
  const errors = "errors" in body && Array.isArray(body.errors) ? (body.errors as readonly { extensions?: { code?: unknown } }[]) : [];
  const odd = errors.find(({ extensions }) => !CODES.has(String(extensions?.code)));
  return odd ? `an error of the hub: ${JSON.stringify(odd)}` : null;
}

/**
 * The shortest text that still fails: halves, quarters and so on are left out for as long as it does (ddmin), in at most `tries` runs.
 */
export async function shrink(text: string, fails: (text: string) => Promise<boolean>, tries = 150): Promise<string> {
  let best = text;
  for (let size = Math.ceil(best.length / 2); size >= 1 && tries > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.length && tries > 0; tries--) {
      const shorter = best.slice(0, at) + best.slice(at + size);
      if (await fails(shorter)) best = shorter;
      else at += size;
    }
  }
  return best;
}
