import type { Call } from "../kit/http-message.ts";
import { isDate } from "../ledger/calendar.ts";
import { formatError, tppError } from "./tpp-error.ts";

export const BOOKING_STATUSES = ["booked", "pending", "both", "information", "all"] as const;
export type BookingStatus = (typeof BOOKING_STATUSES)[number];

export interface TransactionQuery {
  readonly bookingStatus: BookingStatus;
  readonly dateFrom: string | undefined;
  readonly dateTo: string | undefined;
  readonly entryReferenceFrom: string | undefined;
  readonly deltaList: boolean;
  readonly page: PageToken | undefined;
}

/** Where a later page goes on. `at` freezes the result at the time of its first page, so that pages neither overlap nor leave gaps. */
export interface PageToken {
  readonly at: number;
  readonly offset: number;
  /** The earliest day the first page was allowed to see. */
  readonly from: string;
  /** deltaList: what was entered after this instant. */
  readonly since?: number;
}

export function readTransactionQuery(
  call: Call,
  options: { readonly cards: boolean; readonly unsupported: readonly string[] },
): TransactionQuery {
  const { query } = call;
  const bookingStatus = readStatus(query.get("bookingStatus"), options);
  const deltaList = query.get("deltaList") === "true";
  const entryReferenceFrom = query.get("entryReferenceFrom") ?? undefined;
  const dateFrom = readDate(query, "dateFrom");
  const dateTo = readDate(query, "dateTo");
  if (dateFrom === undefined && !deltaList && entryReferenceFrom === undefined && bookingStatus !== "information")
    throw formatError("dateFrom", "dateFrom is missing.");
  if (deltaList && entryReferenceFrom !== undefined)
    throw tppError(400, "PARAMETER_NOT_CONSISTENT", "deltaList and entryReferenceFrom exclude each other.");
  if (dateFrom !== undefined && dateTo !== undefined && dateTo < dateFrom)
    throw tppError(400, "PERIOD_INVALID", "dateTo is before dateFrom.", { path: "dateTo" });
  const page = query.get("page");
  return { bookingStatus, dateFrom, dateTo, entryReferenceFrom, deltaList, page: page === null ? undefined : readPage(page) };
}

/** The query parameter withBalance. */
export function withBalance(call: Call): boolean {
  const value = call.query.get("withBalance");
  if (value !== null && value !== "true" && value !== "false") throw formatError("withBalance", "withBalance must be true or false.");
  return value === "true";
}

export function printPage(token: PageToken): string {
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}

export function readPage(text: string): PageToken {
  try {
    const { at, offset, from, since } = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as PageToken;
    if (Number.isFinite(at) && Number.isInteger(offset) && offset >= 0 && isDate(from))
      return { at, offset, from, ...(since === undefined ? {} : { since }) };
  } catch {
    // Falls through to the refusal below.
  }
  throw formatError("page", "The page is unknown.");
}

function readStatus(
  text: string | null,
  { cards, unsupported }: { readonly cards: boolean; readonly unsupported: readonly string[] },
): BookingStatus {
  const found = BOOKING_STATUSES.find((status) => status === text);
  if (!found || (cards && (found === "information" || found === "all")))
    throw formatError("bookingStatus", text === null ? "bookingStatus is missing." : `bookingStatus "${text}" is unknown.`);
  if (unsupported.includes(found))
    throw tppError(400, "PARAMETER_NOT_SUPPORTED", `bookingStatus "${found}" is not offered.`, { path: "bookingStatus" });
  return found;
}

function readDate(query: URLSearchParams, name: string): string | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!isDate(text)) throw formatError(name, `${name} must be a date YYYY-MM-DD.`);
  return text;
}
