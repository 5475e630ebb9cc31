import { BankError } from "../../domain/failure.ts";
import { addDays, dayIn, daysBetween, type Day } from "../../domain/time.ts";
import type { TransactionFacts } from "../../domain/transaction.ts";
import type { GrantCall, QuarantinedRow, TransactionPage, TransactionsRequest } from "../connector.ts";
import { unreadable } from "../kit/failures.ts";
import { linkOf } from "../kit/links.ts";
import { BadRow, kindOf } from "../kit/wire.ts";
import { accountUrl, readAccountMemory } from "./account-memory.ts";
import type { ApiAnswer, StetClient } from "./client.ts";
import { reasonOf } from "./fetch-accounts.ts";
import { readHandle } from "./handle.ts";
import { normaliseTransaction } from "./normalise-transaction.ts";
import { legsOf, readCursor, writeCursor, type Cursor, type Leg } from "./page-cursor.ts";
import { printedDay, type DateForm } from "./request-dates.ts";

/** How the bank wants to be asked: where the profile does not say, learned from its refusal and kept while the connector lives. */
export interface Learned {
  dateForm: DateForm;
}

const HISTORY_DAYS = 730;
/** What a bank must serve without the person (RTS art. 10); some count today. */
const SURE_DAYS = 89;

/** One page. A list is read in one or more legs (ranges of days), each with pages of its own; the cursor holds the legs that remain. */
export async function fetchTransactions(
  client: StetClient,
  call: GrantCall,
  request: TransactionsRequest,
  learned: Learned,
  signal: AbortSignal,
): Promise<TransactionPage> {
  const cursor: Cursor = request.cursor === null ? { legs: planned(client, request), href: null } : readCursor(request.cursor);
  const asked = learned.dateForm;
  try {
    return await readPage(client, call, request, cursor, asked, signal);
  } catch (error) {
    const other = client.profile.transactions.dateFormat === "auto" && asked === "date-time" && cursor.href === null;
    if (!other || cursor.legs[0].after !== null || !refusesForm(error)) throw error;
  }
  // Many banks take only the day. That is worth remembering only if it works.
  const page = await readPage(client, call, request, cursor, "date", signal);
  learned.dateForm = "date";
  return page;
}

function refusesForm(error: unknown): boolean {
  return error instanceof BankError && (error.failure === "NOT_SUPPORTED" || error.failure === "BAD_REQUEST");
}

function planned(client: StetClient, request: TransactionsRequest): Cursor["legs"] {
  const { transactions } = client.profile;
  const today = dayIn(client.bank.timeZone, client.clock.now());
  const from = request.from ?? addDays(today, -(transactions.defaultDays ?? client.bank.maxHistoryDays ?? HISTORY_DAYS));
  const after = transactions.entryReference === null ? null : request.entryReferenceFrom;
  return legsOf({ from, to: request.to, today, after, maxRangeDays: transactions.maxRangeDays });
}

async function readPage(
  client: StetClient,
  call: GrantCall,
  request: TransactionsRequest,
  cursor: Cursor,
  dateForm: DateForm,
  signal: AbortSignal,
): Promise<TransactionPage> {
  const [leg, ...later] = cursor.legs;
  const url = cursor.href === null ? firstUrl(client, request, leg, dateForm) : client.follow(cursor.href);
  const { accessToken } = readHandle(call.handle);
  const longHistory = daysBetween(leg.from, dayIn(client.bank.timeZone, client.clock.now())) > SURE_DAYS;
  const answer = await client.call({ operation: "transactions", method: "GET", url, accessToken, psu: call.psu, longHistory }, signal);
  const { rows, quarantined } = rowsOf(client, answer, request);
  const next = nextPage(client, answer, url);
  const rest = nextLeg(later);
  const onward: Cursor | null =
    next !== null ? { ...cursor, href: `${next.pathname}${next.search}` } : rest === null ? null : { legs: rest, href: null };
  const pendingUnknown = !client.profile.transactions.pendingListed;
  return { rows, quarantined, next: onward === null ? null : writeCursor(onward), pendingUnknown, complete: true };
}

function nextPage(client: StetClient, { body }: ApiAnswer, current: URL): URL | null {
  const href = linkOf(body, "next", "nextPage");
  const next = href === null ? null : client.follow(href, current);
  return client.profile.paging.selfIsEnd && next?.href === current.href ? null : next;
}

function nextLeg(later: readonly Leg[]): Cursor["legs"] | null {
  const [first, ...others] = later;
  return first === undefined ? null : [first, ...others];
}

function firstUrl(client: StetClient, { account }: TransactionsRequest, leg: Leg, form: DateForm): URL {
  const { transactions } = client.profile;
  const url = accountUrl(client, account, "transactions");
  const print = (day: Day): string => printedDay(day, form, client.bank.timeZone);
  const to = leg.to === null || transactions.omitDateTo ? null : transactions.dateToExclusive ? addDays(leg.to, 1) : leg.to;
  const query: Readonly<Record<string, string | null>> =
    leg.after !== null && transactions.entryReference !== null
      ? { [transactions.entryReference]: leg.after }
      : { dateFrom: print(leg.from), dateTo: to === null ? null : print(to), dateType: transactions.dateType };
  for (const [name, value] of Object.entries(query)) if (value !== null) url.searchParams.set(name, value);
  return url;
}

/** A list that is not there is an error, never "no transactions": for those there is 204, or an empty list. */
function rowsOf(
  client: StetClient,
  { body, requestId }: ApiAnswer,
  { account }: TransactionsRequest,
): { readonly rows: readonly TransactionFacts[]; readonly quarantined: readonly QuarantinedRow[] } {
  const rows: TransactionFacts[] = [];
  const quarantined: QuarantinedRow[] = [];
  if (body === null) return { rows, quarantined };
  const items = body["transactions"];
  if (!Array.isArray(items)) throw unreadable(`transactions: expected a list, got ${kindOf(items)}`, requestId);
  const { iban } = readAccountMemory(account.connectorData);
  const context = { timeZone: client.bank.timeZone, iban, profile: client.profile };
  for (const [index, item] of (items as readonly unknown[]).entries()) {
    try {
      const facts = normaliseTransaction(item, context);
      if (facts) rows.push(facts);
    } catch (error) {
      if (!(error instanceof BadRow)) throw error;
      quarantined.push({ reason: reasonOf(`transactions[${String(index)}]`, error), raw: JSON.stringify(item) ?? "null" });
    }
  }
  return { rows, quarantined };
}
