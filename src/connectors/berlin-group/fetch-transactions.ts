import { BankError } from "../../domain/failure.ts";
import { addDays, dayIn, type Day } from "../../domain/time.ts";
import type { GrantCall, TransactionPage, TransactionsRequest } from "../connector.ts";
import { accountUrl, readAccountMemory } from "./account-memory.ts";
import type { Xs2aClient } from "./client.ts";
import { get } from "./fetch-accounts.ts";
import { readHandle } from "./handle.ts";
import { legsOf, readCursor, writeCursor, type Cursor, type Leg, type Statuses } from "./page-cursor.ts";
import { readReport } from "./transaction-report.ts";

/** How the bank wants to be asked: where the profile does not say, learned from its refusals and kept while the connector lives. */
export interface Learned {
  statuses: Statuses;
}

const HISTORY_DAYS = 730;

/**
 * One page. A list is read in one or more legs (windows × booking statuses), each with pages of its own; the cursor holds the legs that remain.
 */
export async function fetchTransactions(
  client: Xs2aClient,
  call: GrantCall,
  request: TransactionsRequest,
  learned: Learned,
  signal: AbortSignal,
): Promise<TransactionPage> {
  if (request.cursor !== null) return readPage(client, call, request, readCursor(request.cursor), learned, signal);
  const first = { href: null, requestId: client.profile.paging.sameRequestId ? crypto.randomUUID() : null };
  const asked = { statuses: learned.statuses, cursor: { ...first, legs: planned(client, request, learned.statuses) } };
  try {
    return await readPage(client, call, request, asked.cursor, learned, signal);
  } catch (error) {
    if (asked.statuses !== "both" || client.profile.transactions.bookingStatus === "both" || !refusesForm(error)) throw error;
  }
  // The bank does not know `both`. What it does instead is worth remembering only if it works.
  const page = await readPage(client, call, request, { ...first, legs: planned(client, request, "apart") }, learned, signal);
  if (learned.statuses === "both") learned.statuses = "apart";
  return page;
}

function refusesForm(error: unknown): boolean {
  return error instanceof BankError && (error.failure === "NOT_SUPPORTED" || error.failure === "BAD_REQUEST");
}

function planned(client: Xs2aClient, request: TransactionsRequest, statuses: Statuses): Cursor["legs"] {
  const { transactions } = client.profile;
  const today = dayIn(client.bank.timeZone, client.clock.now());
  const from = request.from ?? addDays(today, -(transactions.defaultDays ?? client.bank.maxHistoryDays ?? HISTORY_DAYS));
  const after = transactions.entryReferenceFrom ? request.entryReferenceFrom : null;
  const { maxRangeDays } = transactions;
  return legsOf({ from, to: request.to, today, after, maxRangeDays, statuses });
}

async function readPage(
  client: Xs2aClient,
  call: GrantCall,
  request: TransactionsRequest,
  cursor: Cursor,
  learned: Learned,
  signal: AbortSignal,
): Promise<TransactionPage> {
  const [leg, ...later] = cursor.legs;
  const url = cursor.href === null ? firstUrl(client, request, leg) : client.follow(cursor.href);
  let answer;
  try {
    answer = await get(client, "transactions", url, readHandle(call.handle), call, signal, cursor.requestId);
  } catch (error) {
    if (leg.bookingStatus !== "pending" || cursor.href !== null || !refusesForm(error)) throw error;
    learned.statuses = "booked";
    return { rows: [], quarantined: [], next: null, pendingUnknown: true, complete: true };
  }
  const report = readReport(client, answer, readAccountMemory(request.account.connectorData), leg.bookingStatus);
  const next = report.next === null ? null : client.follow(report.next, url);
  const rest = nextLeg(later);
  const onward: Cursor | null =
    next !== null ? { ...cursor, href: `${next.pathname}${next.search}` } : rest === null ? null : { ...cursor, legs: rest, href: null };
  const { rows, quarantined } = report;
  const pendingUnknown = learned.statuses === "booked";
  return { rows, quarantined, next: onward === null ? null : writeCursor(onward), pendingUnknown, complete: true };
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
  for (const [name, value] of Object.entries({ bookingStatus: leg.bookingStatus, ...query })) {
    if (value !== null) url.searchParams.set(name, value);
  }
  return url;
}
