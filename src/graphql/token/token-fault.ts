import type { TokenScope } from "../../domain/tenant.ts";

const MIN_TTL_SECONDS = 60;
const MAX_TTL_SECONDS = 3_600;

/** What is wrong with the wishes for a token; null when nothing is. */
export function tokenFault(options: {
  readonly scopes: readonly TokenScope[];
  readonly origin: string | null;
  readonly ttlSeconds: number;
}): { readonly path: readonly string[]; readonly message: string } | null {
  const { scopes, origin, ttlSeconds } = options;
  if (scopes.length === 0) return { path: ["scopes"], message: "A token without scopes is good for nothing: name at least one." };
  if (ttlSeconds < MIN_TTL_SECONDS || ttlSeconds > MAX_TTL_SECONDS)
    return { path: ["ttlSeconds"], message: `A token lives ${String(MIN_TTL_SECONDS)} to ${String(MAX_TTL_SECONDS)} seconds.` };
  if (origin !== null && !isOrigin(origin))
    return { path: ["origin"], message: "An origin is scheme, host and port alone, such as https://app.example." };
  return null;
}

function isOrigin(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text) && new URL(text).href === `${new URL(text).origin}/`;
}
