import type { Call } from "../kit/http-message.ts";
import { isDate } from "../ledger/calendar.ts";
import { obError } from "./ob-error.ts";
import type { ApiVersion } from "./options.ts";

export interface TransactionQuery {
  /** `YYYY-MM-DDTHH:MM:SS`, as instants compare as texts. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly page: PageToken | undefined;
}

/** Where a page starts. `at` freezes what the first page saw, so that pages neither overlap nor leave gaps. */
export interface PageToken {
  readonly at: number;
  readonly offset: number;
  /** The earliest time the first page was allowed to see. */
  readonly from: string;
}

export function readTransactionQuery({ query }: Call, version: ApiVersion): TransactionQuery {
  const from = readDateTime(query, "fromBookingDateTime", version);
  const to = readDateTime(query, "toBookingDateTime", version);
  const page = query.get("page");
  return { from, to, page: page === null ? undefined : readPage(page, version) };
}

/** ISO 8601; the time may be missing; a zone must be ignored. */
function readDateTime(query: URLSearchParams, name: string, version: ApiVersion): string | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const match = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?)?$/.exec(text);
  const [, date = "", time = "00:00:00"] = match ?? [];
  if (!isDate(date)) throw obError(version, 400, "UK.OBIE.Field.InvalidDate", `${name} must be an ISO 8601 date-time.`, name);
  return `${date}T${time}`;
}

export function printPage(token: PageToken): string {
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}

export function readPage(text: string, version: ApiVersion): PageToken {
  try {
    const { at, offset, from } = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as PageToken;
    if (Number.isFinite(at) && Number.isInteger(offset) && offset >= 0 && typeof from === "string") return { at, offset, from };
  } catch {
    // Falls through to the refusal below.
  }
  throw obError(version, 400, "UK.OBIE.Field.Invalid", "The page is unknown.", "page");
}
