import { sameOrigin } from "../kit/links.ts";
import type { PathPrefixRules } from "../kit/profile-parts.ts";
import type { ApiVersion, Profile } from "./profile.ts";

const API = /\/open-banking(?:\/v(\d+(?:\.\d+)*)(\/aisp)?)?$/;

/** The version that the base URL itself names; null where it names none. */
export function versionIn(baseUrl: string): ApiVersion | null {
  const version = API.exec(new URL(baseUrl).pathname)?.[1];
  return version === undefined ? null : version.startsWith("3") ? "3.1" : "4.0";
}

/** Everything before `/accounts`: the base URL, and as much of `/open-banking/v<version>/aisp` as it lacks. */
export function apiRoot(baseUrl: string, version: ApiVersion, { apiPath }: Pick<Profile, "apiPath">): string {
  if (apiPath !== null) return baseUrl + apiPath;
  const match = API.exec(new URL(baseUrl).pathname);
  if (!match) return `${baseUrl}/open-banking/v${version}/aisp`;
  if (match[1] === undefined) return `${baseUrl}/v${version}/aisp`;
  return match[2] === undefined ? `${baseUrl}/aisp` : baseUrl;
}

/**
 * Where a link of the bank leads within its API: absolute, relative to the host, to the API root or to the current page, with a foreign or a doubled
 * prefix before `/aisp/`.
 * @throws BankError PROTOCOL for a link that leaves the bank or cannot be read
 */
export function followed(root: string, href: string, rules: PathPrefixRules, current: URL): URL {
  const url = sameOrigin(root, href, rules, current);
  if (!href.startsWith("?")) url.pathname = pathWithin(new URL(root).pathname.replace(/\/$/, ""), url.pathname);
  return url;
}

function pathWithin(prefix: string, path: string): string {
  const resource = /^(?:.*\/aisp)?(\/(?:accounts|transactions|balances|party|account-access-consents)(?:\/.*)?)$/.exec(path)?.[1];
  if (path.startsWith(`${prefix}/`) && !path.slice(prefix.length).includes("/aisp/")) return path;
  return resource === undefined ? path : prefix + resource;
}
