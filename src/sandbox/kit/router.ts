import type { Call, Reply } from "./http-message.ts";

export type Params = Readonly<Record<string, string>>;
export type Handler = (call: Call, params: Params) => Reply | Promise<Reply>;

export interface Route {
  /** What faults and the request log call this: `transactions`, `consent-create`… */
  readonly operation: string;
  readonly method: string;
  /** `/v1/accounts/:account` — a `:name` takes one segment. */
  readonly pattern: string;
  readonly handle: Handler;
}

export interface Match {
  readonly route: Route;
  readonly params: Params;
}

export class Router {
  readonly #routes: { readonly route: Route; readonly parts: readonly string[] }[] = [];

  add(...routes: readonly Route[]): void {
    for (const route of routes) this.#routes.push({ route, parts: route.pattern.split("/") });
  }

  match(method: string, path: string): Match | undefined {
    for (const { route, parts } of this.#routes) {
      if (route.method !== method) continue;
      const params = matchParts(parts, path.split("/"));
      if (params) return { route, params };
    }
    return undefined;
  }

  /** Methods some route takes at this path: for 405 and its `Allow`. */
  methodsAt(path: string): string[] {
    return this.#routes.filter(({ parts }) => matchParts(parts, path.split("/"))).map(({ route }) => route.method);
  }
}

function matchParts(parts: readonly string[], segments: readonly string[]): Params | undefined {
  if (parts.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? "";
    if (part.startsWith(":")) {
      if (segment === "") return undefined;
      params[part.slice(1)] = decode(segment);
    } else if (part !== segment) return undefined;
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
