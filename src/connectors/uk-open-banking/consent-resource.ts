import { isDay, type Instant } from "../../domain/time.ts";
import type { PsuContext } from "../../domain/update.ts";
import { unreadable } from "../kit/failures.ts";
import { endOfDay, readDay } from "../kit/values.ts";
import { listOf, rowOf, textOf, type Row } from "../kit/wire.ts";
import type { Parts } from "./parts.ts";
import type { ApiVersion, Operation } from "./profile.ts";

export type BankStatus = "WAITING" | "AUTHORISED" | "REJECTED" | "REVOKED" | "EXPIRED" | "UNKNOWN";

/** An account-access-consent as the bank tells it. */
export interface ConsentResource {
  readonly consentId: string;
  readonly status: BankStatus;
  /** When it ends; null = it has no end, or none that can be read. */
  readonly until: Instant | null;
  /** [] where the bank leaves them out. */
  readonly permissions: readonly string[];
}

const STATUSES: Readonly<Record<string, BankStatus>> = {
  awaitingauthorisation: "WAITING",
  awau: "WAITING",
  authorised: "AUTHORISED",
  auth: "AUTHORISED",
  rejected: "REJECTED",
  rjct: "REJECTED",
  rejt: "REJECTED", // as an example of 4.0 prints it
  revoked: "REVOKED",
  cancelled: "REVOKED",
  canc: "REVOKED",
  expired: "EXPIRED",
  expd: "EXPIRED",
};

/** @throws BankError; CONSENT_INVALID where the bank does not know the consent (any more) */
export async function readConsent(
  parts: Parts,
  { version, consentId }: { readonly version: ApiVersion; readonly consentId: string },
  psu: PsuContext | null,
  signal: AbortSignal,
): Promise<ConsentResource> {
  const url = parts.client.url(version, `account-access-consents/${encodeURIComponent(consentId)}`);
  const { body, requestId } = await onConsents(parts, { operation: "consent", method: "GET", url, psu }, signal);
  return consentIn(parts, body, requestId);
}

export function consentIn({ client }: Parts, body: Row, requestId: string): ConsentResource {
  const data = rowOf(body["Data"]) ?? body;
  const consentId = textOf(data["ConsentId"]);
  if (consentId === null) throw unreadable("Data.ConsentId: missing", requestId);
  const said = STATUSES[(textOf(data["Status"]) ?? "").toLowerCase().replace(/[^a-z]/g, "")] ?? "UNKNOWN";
  const until = instantOf(data["ExpirationDateTime"], client.bank.timeZone);
  const over = until !== null && until <= client.clock.now();
  const tokenExpired = said === "REVOKED" && reasonsOf(data).includes("TKXP");
  const permissions = listOf(data["Permissions"])
    .map(textOf)
    .filter((permission) => permission !== null);
  return { consentId, status: tokenExpired || (said === "AUTHORISED" && over) ? "EXPIRED" : said, until, permissions };
}

/** A list in the data dictionary, one object in the examples of 4.0. */
function reasonsOf(data: Row): readonly (string | null)[] {
  return listOf(data["StatusReason"]).map((reason) => textOf(rowOf(reason)?.["StatusReasonCode"]));
}

/** A call to the consent endpoints, with the client's own token. */
export function onConsents(
  { client, application }: Parts,
  call: {
    readonly operation: Operation;
    readonly method: "GET" | "POST" | "DELETE";
    readonly url: URL;
    readonly psu: PsuContext | null;
    readonly body?: Row;
  },
  signal: AbortSignal,
) {
  return application.using((accessToken) => client.call({ ...call, accessToken }, signal), signal);
}

/** An instant with an offset; a day, or a time without one, ends with its day in the bank's zone. */
function instantOf(value: unknown, zone: string): Instant | null {
  const text = textOf(value);
  if (text === null) return null;
  const at = /[T ]\d{2}:.*(Z|[+-]\d{2}:?\d{2})$/i.test(text)
    ? Date.parse(text.replace(" ", "T").replace(/([+-]\d{2})(\d{2})$/, "$1:$2"))
    : Number.NaN;
  if (!Number.isNaN(at)) return at;
  const day = readDay(text.replace(/(Z|[+-]\d{2}:?\d{2})$/i, ""), zone);
  return day === null || !isDay(day) ? null : endOfDay(zone, day);
}

/** ISO 8601 with an offset, as every date-time of a body must have one. */
export function printed(instant: Instant): string {
  return new Date(instant).toISOString().replace(/\.\d+Z$/, "+00:00");
}
