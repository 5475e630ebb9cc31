const STUDIO = "https://studio.apollographql.com";

/**
 * CORS headers for a browser's origin; none for one that may not call. Credentials travel in the Authorization header, never in
 * cookies, so no `allow-credentials`.
 */
export function corsHeaders(origin: string | undefined, allowed: readonly string[], production: boolean): Readonly<Record<string, string>> {
  if (origin === undefined) return {};
  const may =
    allowed.includes(origin) || (!production && (origin === STUDIO || /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(origin)));
  if (!may) return { vary: "Origin" };
  return {
    vary: "Origin",
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "POST, GET, OPTIONS",
    "access-control-allow-headers": "authorization, content-type, apollo-require-preflight, x-apollo-operation-name",
    "access-control-max-age": "600",
  };
}
