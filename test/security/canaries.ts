import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { ServerResponse, type IncomingMessage } from "node:http";

/** Secret texts that exist once in the world: wherever one is found, it has leaked. */
export interface Canaries {
  add(kind: string, ...texts: readonly (string | undefined)[]): void;
  /** All texts, or those of some kinds. */
  list(...kinds: readonly string[]): readonly string[];
  /** `kind: text` of each that the haystack holds, in plain, base64 or URL form. */
  foundIn(haystack: string, ...kinds: readonly string[]): readonly string[];
}

export function createCanaries(): Canaries {
  const known = new Map<string, string>();
  const pick = (kinds: readonly string[]): readonly (readonly [string, string])[] =>
    [...known].filter(([, kind]) => kinds.length === 0 || kinds.includes(kind));
  return {
    add(kind, ...texts) {
      for (const text of texts) if (text !== undefined && text.length >= 8) known.set(text, kind);
    },
    list: (...kinds) => pick(kinds).map(([text]) => text),
    foundIn: (haystack, ...kinds) =>
      pick(kinds).flatMap(([text, kind]) =>
        [text, encodeURIComponent(text), Buffer.from(text).toString("base64").replace(/=+$/, "").slice(0, -1)].some((form) =>
          haystack.includes(form),
        )
          ? [`${kind}: ${text}`]
          : [],
      ),
  };
}

/** Listens to every HTTP server of this process (the banks) and notes the tokens and codes that they give out. */
export function watchTokens(canaries: Canaries, onToken: (token: string) => void): Disposable {
  const noteText = (text: string): void => {
    for (const [, name, value] of text.matchAll(/"(access_token|refresh_token|id_token)"\s*:\s*"([^"]+)"/g)) {
      canaries.add("token", value);
      if (name === "access_token" && value !== undefined) onToken(value);
    }
  };
  const onRequest = (message: unknown): void => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }; // node:diagnostics_channel documents both
    const { authorization } = request.headers;
    if (authorization?.startsWith("Basic "))
      canaries.add("client secret", authorization.slice(6), Buffer.from(authorization.slice(6), "base64").toString().split(":")[1]);
    const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => ServerResponse;
    response.writeHead = ((...given: unknown[]) => {
      const headers = given.at(-1);
      const location = typeof headers === "object" && headers !== null && "location" in headers ? String(headers.location) : "";
      const query = URL.canParse(location) ? new URL(location).searchParams : new URLSearchParams();
      if (query.has("code")) canaries.add("code", query.get("code") ?? undefined);
      if (query.has("code")) canaries.add("state", query.get("state") ?? undefined);
      return writeHead(...given);
    }) as typeof response.writeHead;
  };
  // On the prototype: the banks put functions of their own on single answers and take them away again.
  const { end } = ServerResponse.prototype;
  ServerResponse.prototype.end = function (this: ServerResponse, ...given: Parameters<typeof end>) {
    const body: unknown = given[0];
    if (typeof body === "string" || body instanceof Uint8Array) noteText(Buffer.from(body).toString());
    return end.apply(this, given);
  } as typeof end;
  subscribe("http.server.request.start", onRequest);
  return {
    [Symbol.dispose]() {
      unsubscribe("http.server.request.start", onRequest);
      ServerResponse.prototype.end = end;
    },
  };
}
