import { unreadable } from "./failures.ts";
import type { PathPrefixRules } from "./profile-parts.ts";
import { rowOf, textOf, type Row } from "./wire.ts";

/** The text of a link: `{href}` or a bare string, quotes around it dropped; null for `""`, `null` and fillers. */
export function hrefOf(link: unknown): string | null {
  const text = textOf(typeof link === "object" ? rowOf(link)?.["href"] : link)?.replace(/^"+|"+$/g, "");
  return text === undefined || text === "" || text === "string" || text === "null" ? null : text;
}

/** The link under the first of the names, in the object's `_links` or `links`. */
export function linkOf(row: Row | null, ...names: readonly string[]): string | null {
  const links = rowOf(row?.["_links"] ?? row?.["links"]);
  for (const name of names) {
    const href = hrefOf(links?.[name]);
    if (href !== null) return href;
  }
  return null;
}

/**
 * The URL behind a link of the bank: absolute, relative to the host or to the current page. Never at another origin: a token would go with the call.
 * The path is as the bank wrote it, after `rules`; whether it lies within the API is for the standard to say.
 * @throws BankError PROTOCOL for a link that leaves the bank or cannot be read
 */
export function sameOrigin(baseUrl: string, href: string, rules: PathPrefixRules, current?: URL): URL {
  const base = new URL(baseUrl);
  if (/[\\\s]/.test(href) || href.startsWith("..")) throw unreadable("_links: malformed");
  const absolute = /^[a-z][a-z0-9+.-]*:/i.test(href) || href.startsWith("//");
  if (!absolute && href.startsWith("?") && current) return new URL(href, current);
  const rooted = absolute || href.startsWith("/") ? href : `/${href.replace(/^\.\//, "")}`;
  if (!URL.canParse(rooted, base.origin)) throw unreadable("_links: malformed");
  const target = new URL(rooted, base.origin);
  if (target.username !== "" || target.password !== "" || !sameHost(target, base)) throw unreadable("_links: leads to another origin");
  const url = new URL(base.origin);
  url.pathname = rules.reduce((at, { from, to }) => (at.startsWith(from) ? to + at.slice(from.length) : at), target.pathname);
  url.search = target.search;
  return url;
}

/** `http:` for `https:` and the scheme's default port spelt out are the same server; the call keeps the base's scheme and port. */
function sameHost(target: URL, base: URL): boolean {
  if (target.origin === base.origin) return true;
  return base.protocol === "https:" && target.protocol === "http:" && target.hostname === base.hostname && target.port === base.port;
}
