/**
 * The registered URL that `url` is, or null. Exact, letter by letter; only the slash of an empty path may be missing, because the URL
 * types of clients add it.
 */
export function registeredUrl(registered: readonly string[], url: string): string | null {
  return registered.find((candidate) => candidate === url || withSlash(candidate) === withSlash(url)) ?? null;
}

function withSlash(url: string): string {
  return /^https?:\/\/[^/?#\\@]+$/.test(url) ? `${url}/` : url;
}
