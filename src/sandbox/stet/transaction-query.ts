import type { Call } from "../kit/http-message.ts";
import { addDays, isDate, localDate } from "../ledger/calendar.ts";
import { refused } from "./hal.ts";
import type { Settings } from "./options.ts";

export interface TransactionQuery {
  /** Inclusive. */
  readonly from: string | undefined;
  /** Inclusive too: `dateTo` names the first day that is not wanted. */
  readonly to: string | undefined;
  readonly afterReference: string | undefined;
  readonly upToReference: string | undefined;
  readonly page: PageToken | undefined;
}

/** Where a later page goes on. `at` freezes the result at the time of its first page, so that pages neither overlap nor leave gaps. */
export interface PageToken {
  readonly at: number;
  readonly offset: number;
  readonly from: string;
  readonly to: string | undefined;
}

export function readTransactionQuery({ query }: Call, settings: Settings): TransactionQuery {
  const old = settings.version === "1.4.0";
  const page = query.get("page");
  const last = readDay(query.get("dateTo"), "dateTo", settings);
  return {
    from: readDay(query.get("dateFrom"), "dateFrom", settings),
    to: last === undefined ? undefined : addDays(last, -1),
    afterReference: query.get(old ? "afterEntryReference" : "entryReferenceFrom") ?? undefined,
    upToReference: old ? undefined : (query.get("entryReferenceto") ?? undefined),
    page: page === null ? undefined : readPage(page),
  };
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** The day of a date-time in the bank's zone; a plain day only at banks that take it. */
function readDay(text: string | null, name: string, { dateForms, timeZone }: Settings): string | undefined {
  if (text === null) return undefined;
  if (dateForms.includes("date-time") && DATE_TIME.test(text) && !Number.isNaN(Date.parse(text)))
    return localDate(Date.parse(text), timeZone);
  if (dateForms.includes("date") && isDate(text)) return text;
  throw refused(400, `The parameter ${name} must be a ${dateForms.join(" or ")}.`);
}

/** Short, as an href has at most 140 characters in 1.4.0. */
export function printPage({ at, offset, from, to }: PageToken): string {
  return [String(offset), at.toString(36), bare(from), to === undefined ? "" : bare(to)].join(".");
}

export function readPage(text: string): PageToken {
  const match = /^(\d{1,9})\.([0-9a-z]{1,10})\.(\d{8})\.(\d{8})?$/.exec(text);
  if (!match) throw refused(400, "The page is unknown.");
  const [, offset = "", at = "", from = "", to] = match;
  return { offset: Number(offset), at: Number.parseInt(at, 36), from: spaced(from), to: to === undefined ? undefined : spaced(to) };
}

function bare(day: string): string {
  return day.replaceAll("-", "");
}

function spaced(digits: string): string {
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}
