import { BankError } from "../../domain/failure.ts";
import { addDays, dayIn, type Day } from "../../domain/time.ts";
import type { GrantCall, TransactionPage, TransactionsRequest } from "../connector.ts";
import { accountUrl, readAccountMemory } from "./account-memory.ts";
import type { RawAnswer, Xs2aClient } from "./client.ts";
import { readHandle } from "./handle.ts";
import { legsOf, readCursor, writeCursor, type Cursor, type Leg, type Statuses } from "./page-cursor.ts";
import { readReport } from "./transaction-report.ts";

/** How the bank wants to be asked: where the profile does not say, learned from its refusals and kept while the connector lives. */
export interface Learned {
  statuses: Statuses;
  /** The bank refuses JSON for transactions. */
  xml: boolean;
}

/** What every page of a list needs. */
interface Reader {
  readonly client: Xs2aClient;
  readonly call: GrantCall;
  readonly request: TransactionsRequest;
  readonly learned: Learned;
}

const HISTORY_DAYS = 730;

/**
 * One page. A list is read in one or more legs (windows × booking statuses), each with pages of its own; the cursor holds the legs that remain.
 * No rows with a next page means that the bank is still preparing the report.
 */
export async function fetchTransactions(
  client: Xs2aClient,
  call: GrantCall,
  request: TransactionsRequest,
  learned: Learned,
  signal: AbortSignal,
): Promise<TransactionPage> {
  const reader = { client, call, request, learned };
  if (request.cursor !== null) return readPage(reader, readCursor(request.cursor), signal);
  const first = { href: null, download: false, requestId: client.profile.paging.sameRequestId ? crypto.randomUUID() : null };
  const asked = learned.statuses;
  try {
    return await readPage(reader, { ...first, legs: planned(client, request, asked) }, signal);
  } catch (error) {
    if (asked !== "both" || client.profile.transactions.bookingStatus === "both" || !refusesForm(error)) throw error;
  }
  // The bank does not know `both`. What it does instead is worth remembering only if it works.
  const page = await readPage(reader, { ...first, legs: planned(client, request, "apart") }, signal);
  if (learned.statuses === "both") learned.statuses = "apart";
  return page;
}

function refusesForm(error: unknown): boolean {
  if (!(error instanceof BankError) || isFormatRefusal(error)) return false;
  return error.failure === "NOT_SUPPORTED" || error.failure === "BAD_REQUEST";
}

function isFormatRefusal({ bankCode }: BankError): boolean {
  return bankCode === "406" || bankCode === "REQUESTED_FORMATS_INVALID" || (bankCode?.endsWith("profile.transactions.format") ?? false);
}

function planned(client: Xs2aClient, request: TransactionsRequest, statuses: Statuses): Cursor["legs"] {
  const { transactions } = client.profile;
  const today = dayIn(client.bank.timeZone, client.clock.now());
  const from = request.from ?? addDays(today, -(transactions.defaultDays ?? client.bank.maxHistoryDays ?? HISTORY_DAYS));
  const after = transactions.entryReferenceFrom ? request.entryReferenceFrom : null;
  const { maxRangeDays } = transactions;
  return legsOf({ from, to: request.to, today, after, maxRangeDays, statuses });
}

/** A leg without any rows is passed over in the same call: to the caller an empty page with a next one is a bank that is not ready. */
async function readPage(reader: Reader, cursor: Cursor, signal: AbortSignal): Promise<TransactionPage> {
  let complete = true;
  for (let at = cursor; ;) {
    const { page, onward, waiting } = await readOne(reader, at, signal);
    complete &&= page.complete;
    const nothing = page.rows.length === 0 && page.quarantined.length === 0;
    if (onward === null || onward.href !== null || waiting || !nothing)
      return { ...page, complete, next: onward === null ? null : writeCursor(onward) };
    at = onward;
  }
}

interface One {
  readonly page: TransactionPage;
  readonly onward: Cursor | null;
  /** The bank is not ready: the same question again, later. */
  readonly waiting: boolean;
}

const NO_ROWS = { rows: [], quarantined: [], next: null, complete: true };

async function readOne({ client, call, request, learned }: Reader, cursor: Cursor, signal: AbortSignal): Promise<One> {
  const [leg, ...later] = cursor.legs;
  const url = cursor.href === null ? firstUrl(client, request, leg) : client.follow(cursor.href);
  const rest = nextLeg(later);
  const afterLeg: Cursor | null = rest === null ? null : { ...cursor, legs: rest, href: null, download: false };
  const notReady: One = { page: { ...NO_ROWS, pendingUnknown: false }, onward: cursor, waiting: true };
  let answer: RawAnswer;
  try {
    answer = await fetchReport({ client, call, request, learned }, url, cursor, signal);
  } catch (error) {
    if (cursor.download && error instanceof BankError && isMissing(error)) return notReady;
    if (leg.bookingStatus !== "pending" || cursor.href !== null || !refusesForm(error)) throw error;
    learned.statuses = "booked";
    return { page: { ...NO_ROWS, pendingUnknown: true }, onward: null, waiting: false };
  }
  const pendingUnknown = learned.statuses === "booked";
  // A later page that is answered with "no content" is the end of the list; a first one proves nothing, but where the profile says so.
  if (answer.status === 204 && !cursor.download && (cursor.href !== null || client.profile.transactions.noContentIsEmpty))
    return { page: { ...NO_ROWS, pendingUnknown }, onward: afterLeg, waiting: false };
  if (answer.status === 202 && answer.text.trim() === "") return notReady;
  const report = readReport(client, answer, request.account, leg.bookingStatus);
  const link = report.next ?? report.download;
  const next = link === null ? null : client.follow(link, url);
  const onward = next === null ? afterLeg : { ...cursor, href: `${next.pathname}${next.search}`, download: report.next === null };
  const { rows, quarantined, complete } = report;
  const page = { rows, quarantined, next: null, complete, pendingUnknown: pendingUnknown || report.bookedOnly };
  return { page, onward, waiting: false };
}

function isMissing({ bankCode }: BankError): boolean {
  return bankCode === "404" || bankCode === "RESOURCE_UNKNOWN";
}

const JSON_ONLY = { format: "json", acceptHeader: null } as const;

/** Asks for the format of the profile; where that is left open, for XML once the bank has refused JSON. Of cards the standard has only JSON. */
async function fetchReport({ client, call, request, learned }: Reader, url: URL, cursor: Cursor, signal: AbortSignal): Promise<RawAnswer> {
  const { consentId, accessToken } = readHandle(call.handle);
  const { card } = readAccountMemory(request.account.connectorData);
  const { format, acceptHeader } = card ? JSON_ONLY : client.profile.transactions;
  const asking = (xml: boolean): Promise<RawAnswer> => {
    const accept = acceptHeader ?? (xml ? "application/xml" : null);
    const { psu } = call;
    const { requestId } = cursor;
    return client.request({ operation: "transactions", method: "GET", url, consentId, accessToken, psu, requestId, accept }, signal);
  };
  const xml = format === "auto" ? learned.xml || cursor.download : format !== "json";
  try {
    return await asking(xml);
  } catch (error) {
    const refused = error instanceof BankError && isFormatRefusal(error);
    if (!refused || format !== "auto" || acceptHeader !== null || xml) throw error;
  }
  const answer = await asking(true);
  learned.xml = true;
  return answer;
}

function nextLeg(later: readonly Leg[]): Cursor["legs"] | null {
  const [first, ...others] = later;
  return first === undefined ? null : [first, ...others];
}

function firstUrl(client: Xs2aClient, { account }: TransactionsRequest, leg: Leg): URL {
  const url = accountUrl(client, account, "transactions");
  const period: Readonly<Record<string, Day | null>> = {
    dateFrom: leg.from,
    dateTo: client.profile.transactions.omitDateTo ? null : leg.to,
  };
  const query = leg.after === null ? period : { entryReferenceFrom: leg.after };
  const { itemsPerPage } = client.profile.transactions;
  const size = itemsPerPage === null ? null : String(itemsPerPage);
  for (const [name, value] of Object.entries({ bookingStatus: leg.bookingStatus, ...query, itemsPerPage: size })) {
    if (value !== null) url.searchParams.set(name, value);
  }
  return url;
}
