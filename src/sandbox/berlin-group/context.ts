import type { Call } from "../kit/http-message.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { TokenFacts } from "../oauth/authorization-server.ts";
import type { ConsentStore } from "./consent-store.ts";
import type { AccessCounter } from "../kit/access-counter.ts";
import type { Settings } from "./options.ts";

/** What the XS2A routes of one bank share. */
export interface BankContext {
  readonly settings: Settings;
  readonly ledger: Ledger;
  readonly consents: ConsentStore;
  readonly counter: AccessCounter;
  /** When each TPP, person and account last got a report: where `deltaList` starts. */
  readonly reports: Map<string, number>;
  /** scheme://host:port */
  readonly origin: string;
  /** Facts of an access token; undefined for an unknown one. Loads the OAuth server if need be. */
  readonly lookUpToken: (token: string) => Promise<TokenFacts | undefined>;
  /** Makes the OAuth server ready in the background. */
  readonly warmUp: () => void;
}

/** A path as the bank prints it in `_links`: with its prefix, without the host. */
export function linkTo(context: BankContext, path: string): { readonly href: string } {
  return { href: context.settings.prefix + path };
}

export function absolute(context: BankContext, path: string): { readonly href: string } {
  return { href: context.origin + path };
}

export function echoed(call: Call): Record<string, string> {
  const id = call.headers["x-request-id"];
  return typeof id === "string" ? { "x-request-id": id } : {};
}
