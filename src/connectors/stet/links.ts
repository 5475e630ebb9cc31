import { sameOrigin } from "../kit/links.ts";
import type { PathPrefixRules } from "../kit/profile-parts.ts";

export interface ApiRoot {
  /** What precedes the version path, without a slash at the end. */
  readonly baseUrl: string;
  /** `/v1` or the bank's own; may be empty. */
  readonly versionPath: string;
  readonly pathRules: PathPrefixRules;
}

export function apiUrl({ baseUrl, versionPath }: ApiRoot, path: string): URL {
  return new URL(`${baseUrl}${versionPath}/${path}`);
}

/**
 * Where a HAL link leads within the bank's API: the standard's own examples are relative to the base (`v1/accounts/…`); banks also print them
 * relative to the host or the version, absolute, or with an inner prefix.
 * @throws BankError PROTOCOL for a link that leaves the bank or cannot be read
 */
export function followed(root: ApiRoot, href: string, current?: URL): URL {
  const url = sameOrigin(root.baseUrl, href, root.pathRules, current);
  if (!href.startsWith("?") || !current)
    url.pathname = pathWithin(new URL(root.baseUrl).pathname.replace(/\/$/, ""), root.versionPath, url.pathname);
  return url;
}

const RESOURCE = /\/(?:accounts|consents|end-user-identity|trusted-beneficiaries)(?:\/|$)/;

/** `path` below prefix and version: what follows the last version in it, else what begins with one of the standard's resources. */
function pathWithin(prefix: string, version: string, path: string): string {
  const api = prefix + version;
  const versioned = version === "" ? -1 : path.lastIndexOf(`${version}/`);
  if (versioned >= 0) return api + path.slice(versioned + version.length);
  const resource = RESOURCE.exec(path)?.index;
  return resource === undefined ? path : api + path.slice(resource);
}
