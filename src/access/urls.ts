import { isIP } from "node:net";
import type { Environment } from "../domain/bank.ts";

export interface UrlFault {
  /** Of the input's field: `["redirectUrls", "1"]`. */
  readonly path: readonly string[];
  readonly message: string;
}

const MAX_URLS = 50;
const MAX_LENGTH = 2_000;

/** What a tenant may register: checked at registration, compared exactly ever after (domain/registered-url.ts). */
export function tenantUrlFaults(
  urls: { readonly redirectUrls: readonly string[]; readonly updateCallbackUrls: readonly string[] },
  environment: Environment,
): readonly UrlFault[] {
  return Object.entries(urls).flatMap(([field, list]) => {
    if (list.length > MAX_URLS) return [{ path: [field], message: `At most ${String(MAX_URLS)} URLs can be registered.` }];
    return list.flatMap((url, index) => {
      const message = urlFault(url, environment);
      return message === null ? [] : [{ path: [field, String(index)], message }];
    });
  });
}

/** Null where the URL may be registered in that environment; else what is wrong with it. */
export function urlFault(url: string, environment: Environment): string | null {
  if (url.length > MAX_LENGTH) return `The URL is longer than ${String(MAX_LENGTH)} characters.`;
  // Parsers drop or rewrite these, so that two of them read two different hosts out of one text.
  if (/[\s\\\u0000-\u0020\u007f-\uffff]/.test(url)) return "The URL must be plain ASCII without spaces or backslashes.";
  if (!/^https?:\/\/[^/]/i.test(url) || !URL.canParse(url)) return "The URL must be absolute and start with https://.";
  const parsed = new URL(url);
  if (parsed.username !== "" || parsed.password !== "" || /^[^/]*\/\/[^/?#]*@/.test(url))
    return "The URL must not carry a user or password.";
  if (url.includes("#")) return "The URL must not carry a fragment.";
  if (parsed.protocol === "https:") return null;
  if (environment === "PRODUCTION") return "The URL must start with https://.";
  return isLoopback(parsed.hostname) ? null : "http:// is accepted only for localhost in the sandbox: use https://.";
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || (isIP(host) === 4 && host.startsWith("127."));
}
