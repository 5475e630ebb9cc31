import { randomUUID } from "node:crypto";
import type { AccessCounter } from "../kit/access-counter.ts";
import { header, jsonReply, type Call, type Reply } from "../kit/http-message.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { FapiTokenFacts } from "../oauth/fapi-server.ts";
import type { ConsentStore } from "./consent-store.ts";
import type { Settings } from "./options.ts";

/** What the routes of one bank share. */
export interface BankContext {
  readonly settings: Settings;
  readonly ledger: Ledger;
  readonly consents: ConsentStore;
  readonly counter: AccessCounter;
  /** scheme://host:port */
  readonly origin: string;
  /** Facts of an access token; undefined for an unknown one. Loads the OAuth server if need be. */
  readonly lookUpToken: (token: string) => Promise<FapiTokenFacts | undefined>;
  /** Makes the OAuth server ready in the background. */
  readonly warmUp: () => void;
}

/** Path of the API, e.g. `/open-banking/v4.0/aisp`. */
export function apiPath({ prefix, version }: Settings): string {
  return `${prefix}/open-banking/v${version}/aisp`;
}

/** `{Data, Links, Meta}`, and the interaction id: the one that was sent, or a new one. */
export function answer(
  call: Call,
  context: BankContext,
  data: unknown,
  more: { readonly status?: number; readonly next?: string; readonly meta?: object; readonly top?: object } = {},
): Reply {
  const links = { Self: context.origin + call.target, ...(more.next === undefined ? {} : { Next: context.origin + more.next }) };
  const body = { Data: data, ...more.top, Links: links, Meta: more.meta ?? { TotalPages: 1 } };
  return jsonReply(more.status ?? 200, body, { ...interaction(call), "content-type": "application/json; charset=utf-8" });
}

export function interaction(call: Call): Record<string, string> {
  return { "x-fapi-interaction-id": header(call, "x-fapi-interaction-id") ?? randomUUID() };
}

/** An ISO 8601 date-time with an offset, to the second. */
export function dateTime(instant: number): string {
  return new Date(instant).toISOString().replace(/\.\d+Z$/, "+00:00");
}
