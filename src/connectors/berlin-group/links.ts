import { unreadable } from "./errors.ts";
import type { Profile } from "./profile.ts";
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

export interface ApiRoot {
  /** What precedes `/v1`, without a slash at the end. */
  readonly baseUrl: string;
  readonly pathRules: Profile["pathPrefixRules"];
}

/** `/v1/…` below the bank's base. */
export function apiUrl(root: ApiRoot, path: string): URL {
  return new URL(`${root.baseUrl}/v1/${path}`);
}

/**
 * Where a link of the bank leads within its API: relative to the host, to the API root or to the current page, absolute, with a foreign or a
 * doubled prefix before `/v1/`. Never to another origin: a token would go with the call.
 * @throws BankError PROTOCOL for a link that leaves the bank or cannot be read
 */
export function followed(root: ApiRoot, href: string, current?: URL): URL {
  const base = new URL(root.baseUrl);
  if (/[\\\s]/.test(href) || href.startsWith("..")) throw unreadable("_links: malformed");
  const absolute = /^[a-z][a-z0-9+.-]*:/i.test(href) || href.startsWith("//");
  if (!absolute && href.startsWith("?") && current) return new URL(href, current);
  const rooted = absolute || href.startsWith("/") ? href : `/${href.replace(/^\.\//, "")}`;
  if (!URL.canParse(rooted, base.origin)) throw unreadable("_links: malformed");
  const target = new URL(rooted, base.origin);
  if (target.username !== "" || target.password !== "" || !sameHost(target, base)) throw unreadable("_links: leads to another origin");
  const url = new URL(base.origin);
  url.pathname = pathWithin(base.pathname.replace(/\/$/, ""), ruled(root, target.pathname));
  url.search = target.search;
  return url;
}

/** `http:` for `https:` and the scheme's default port spelt out are the same server; the call keeps the base's scheme and port. */
function sameHost(target: URL, base: URL): boolean {
  if (target.origin === base.origin) return true;
  return base.protocol === "https:" && target.protocol === "http:" && target.hostname === base.hostname && target.port === base.port;
}

function ruled({ pathRules }: ApiRoot, path: string): string {
  return pathRules.reduce((at, { from, to }) => (at.startsWith(from) ? to + at.slice(from.length) : at), path);
}

function pathWithin(prefix: string, path: string): string {
  if (path.startsWith(`${prefix}/v1/`) && path.lastIndexOf("/v1/") === prefix.length) return path;
  const version = path.lastIndexOf("/v1/");
  if (version >= 0) return prefix + path.slice(version);
  if (prefix !== "" && path.startsWith(`${prefix}/`)) return path;
  return /^\/(accounts|card-accounts|consents)(\/|$)/.test(path) ? `${prefix}/v1${path}` : path;
}
