import { sameOrigin } from "../kit/links.ts";
import type { Profile } from "./profile.ts";

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
 * doubled prefix before `/v1/`.
 * @throws BankError PROTOCOL for a link that leaves the bank or cannot be read
 */
export function followed(root: ApiRoot, href: string, current?: URL): URL {
  const url = sameOrigin(root.baseUrl, href, root.pathRules, current);
  if (!href.startsWith("?") || !current) url.pathname = pathWithin(new URL(root.baseUrl).pathname.replace(/\/$/, ""), url.pathname);
  return url;
}

function pathWithin(prefix: string, path: string): string {
  if (path.startsWith(`${prefix}/v1/`) && path.lastIndexOf("/v1/") === prefix.length) return path;
  const version = path.lastIndexOf("/v1/");
  if (version >= 0) return prefix + path.slice(version);
  if (prefix !== "" && path.startsWith(`${prefix}/`)) return path;
  return /^\/(accounts|card-accounts|consents)(\/|$)/.test(path) ? `${prefix}/v1${path}` : path;
}
