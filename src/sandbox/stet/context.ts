import { localDate } from "../ledger/calendar.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { AccessCounter } from "../kit/access-counter.ts";
import type { TokenFacts } from "../oauth/authorization-server.ts";
import type { TppSeal } from "../pki/tpp-seal.ts";
import type { Link } from "./hal.ts";
import type { GrantStore } from "./grants.ts";
import type { Settings } from "./options.ts";

/** What the routes of one bank share. */
export interface BankContext {
  readonly settings: Settings;
  readonly ledger: Ledger;
  readonly grants: GrantStore;
  readonly counter: AccessCounter;
  /** scheme://host:port */
  readonly origin: string;
  /** The TPP that is known here; undefined where no signatures are demanded. */
  readonly seal: TppSeal | undefined;
  /** Facts of an access token; undefined for an unknown one. Loads the OAuth server if need be. */
  readonly lookUpToken: (token: string) => Promise<TokenFacts | undefined>;
}

/** `/accounts` → where it is served. */
export function pathOf({ settings }: BankContext, path: string): string {
  return `${settings.prefix}/v1${path}`;
}

export function link(path: string): Link {
  return { href: `v1${path}` };
}

export function accountLink(resourceId: string, what: string): Link {
  return link(`/accounts/${encodeURIComponent(resourceId)}/${what}`);
}

export function today({ ledger, settings }: BankContext): string {
  return localDate(ledger.clock.nowMs(), settings.timeZone);
}
