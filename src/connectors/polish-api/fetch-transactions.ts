import { BankError } from "../../domain/failure.ts";
import { addDays, dayIn, daysBetween, type Day } from "../../domain/time.ts";
import type { TransactionFacts } from "../../domain/transaction.ts";
import type { GrantCall, QuarantinedRow, TransactionPage, TransactionsRequest } from "../connector.ts";
import { unreadable } from "../kit/failures.ts";
import { BadRow, kindOf, meaningOf, rowOf, textOf, type Row } from "../kit/wire.ts";
import { readAccountMemory, type AccountMemory } from "./account-memory.ts";
import type { ApiAnswer, PolishApiClient } from "./client.ts";
import { readHandle } from "./handle.ts";
import { LISTS, type ListName } from "./lists.ts";
import { normaliseTransaction } from "./normalise-transaction.ts";
import { legsOf, readCursor, writeCursor, type Cursor, type Leg } from "./page-cursor.ts";
import { accountHeader } from "./request-header.ts";

/** Lists that the bank does not offer: learned from its refusals and kept while the connector lives. */
export type NotOffered = Set<ListName>;

const UNBOOKED: readonly ListName[] = ["pending", "holds"];
/** What a cursor may remember; beyond that the hub's own matching has to do. */
const MOST_SKIPPED = 500;

/** One page of one list. Lists that turn out empty are passed over, so that an empty page with a next one is always the bank's own. */
export async function fetchTransactions(
  client: PolishApiClient,
  call: GrantCall,
  request: TransactionsRequest,
  notOffered: NotOffered,
  signal: AbortSignal,
): Promise<TransactionPage> {
  const account = readAccountMemory(request.account.connectorData);
  const lists = listsOf(client, account, notOffered);
  let cursor: Cursor | null = request.cursor === null ? planned(client, request, account, lists) : readCursor(request.cursor);
  let barred = false;
  while (cursor !== null) {
    const page = await readPage(client, { call, request, account, cursor, notOffered }, signal);
    cursor = page.next;
    barred ||= page.barred;
    const passedOver = page.rows.length + page.quarantined.length === 0 && cursor?.pageId === null;
    if (passedOver && cursor !== null) continue;
    const next = cursor === null ? null : writeCursor(cursor);
    return {
      rows: page.rows,
      quarantined: page.quarantined,
      next,
      pendingUnknown: barred || unknown(client, request, account, notOffered),
      complete: true,
    };
  }
  return { rows: [], quarantined: [], next: null, pendingUnknown: unknown(client, request, account, notOffered), complete: true };
}

function listsOf(client: PolishApiClient, { lists }: AccountMemory, notOffered: NotOffered): ReadonlySet<ListName> {
  const wanted = client.profile.transactions.lists.filter((name) => !notOffered.has(name));
  return new Set(wanted.filter((name) => lists === null || name in lists));
}

/** Absence proves nothing where no list of what is not booked yet was read. */
function unknown(client: PolishApiClient, { to }: TransactionsRequest, account: AccountMemory, notOffered: NotOffered): boolean {
  const lists = listsOf(client, account, notOffered);
  return to !== null || !UNBOOKED.some((name) => lists.has(name));
}

function planned(
  client: PolishApiClient,
  request: TransactionsRequest,
  account: AccountMemory,
  lists: ReadonlySet<ListName>,
): Cursor | null {
  const { bank, clock, profile } = client;
  const today = dayIn(bank.timeZone, clock.now());
  const days = [profile.transactions.defaultDays ?? bank.maxHistoryDays, account.lists?.done].filter((one) => one != null);
  const from = request.from ?? (days.length === 0 ? null : addDays(today, -Math.min(...days)));
  const { maxRangeDays } = profile.transactions;
  const [first, ...others] = legsOf({ lists, from, to: request.to, today, maxRangeDays });
  return first === undefined ? null : { legs: [first, ...others], pageId: null, skip: [], own: [] };
}

interface Reading {
  readonly call: GrantCall;
  readonly request: TransactionsRequest;
  readonly account: AccountMemory;
  readonly cursor: Cursor;
  readonly notOffered: NotOffered;
}

interface Page {
  readonly rows: readonly TransactionFacts[];
  readonly quarantined: readonly QuarantinedRow[];
  readonly next: Cursor | null;
  /** A list of what is not booked yet was refused this time: what it held before may still be there. */
  readonly barred: boolean;
}

async function readPage(client: PolishApiClient, reading: Reading, signal: AbortSignal): Promise<Page> {
  const { cursor, notOffered } = reading;
  const [leg, ...later] = cursor.legs;
  let answer: ApiAnswer;
  try {
    answer = await ask(client, reading, signal);
  } catch (error) {
    // Booked rows are what the reading is for; without another list it goes on, and remembers.
    if (LISTS[leg.list].status === "BOOKED" || cursor.pageId !== null || !notGiven(error)) throw error;
    const never = error instanceof BankError && error.failure === "NOT_SUPPORTED";
    if (never) notOffered.add(leg.list);
    return { rows: [], quarantined: [], next: after(cursor, later, []), barred: !never && UNBOOKED.includes(leg.list) };
  }
  const items = answer.body[LISTS[leg.list].key] ?? answer.body["transactions"] ?? answer.body["holds"];
  if (!Array.isArray(items)) throw unreadable(`${LISTS[leg.list].key}: expected a list, got ${kindOf(items)}`, answer.requestId);
  const { rows, quarantined, ids } = rowsOf(client, reading, leg, items);
  const pageId = nextPage(answer.body);
  // The booked list is long, and read first: what follows it is not booked yet.
  const own = leg.list === "done" ? [] : ids;
  const next = pageId === null ? after(cursor, later, own) : { ...cursor, pageId, own: together(cursor.own, own) };
  return { rows, quarantined, next, barred: false };
}

function notGiven(error: unknown): boolean {
  return (
    error instanceof BankError &&
    (error.failure === "NOT_SUPPORTED" || (error.failure === "CONSENT_INVALID" && error.code === "CONSENT_INVALID"))
  );
}

function nextPage(body: Row): string | null {
  const pageId = textOf(rowOf(body["pageInfo"])?.["nextPage"]);
  return pageId === "string" || pageId === "null" ? null : pageId;
}

function after(cursor: Cursor, later: readonly Leg[], ids: readonly string[]): Cursor | null {
  const [first, ...others] = later;
  return first === undefined
    ? null
    : { legs: [first, ...others], pageId: null, skip: together([...cursor.skip, ...cursor.own], ids), own: [] };
}

function together(before: readonly string[], ids: readonly string[]): string[] {
  return [...new Set([...before, ...ids])].slice(0, MOST_SKIPPED);
}

async function ask(client: PolishApiClient, { call, request, account, cursor }: Reading, signal: AbortSignal): Promise<ApiAnswer> {
  const [leg] = cursor.legs;
  const { accessToken } = readHandle(call.handle);
  const { dateFilter, perPage } = client.profile.transactions;
  const filter: Readonly<Record<string, string | number | null>> = {
    accountNumber: request.account.resourceId,
    [`${dateFilter}DateFrom`]: leg.from,
    [`${dateFilter}DateTo`]: leg.to,
    pageId: cursor.pageId,
    perPage,
  };
  const { operation } = LISTS[leg.list];
  const body = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== null));
  const about = { grantedDays: exceeded(client, leg.from, account.lists?.[leg.list] ?? null) };
  const header = (parts: Parameters<typeof accountHeader>[0]) => accountHeader(parts, accessToken ?? "");
  return client.call({ operation, header, body, accessToken, psu: call.psu, repeatable: true, about }, signal);
}

/** The days granted, where more were asked for. */
function exceeded({ bank, clock }: PolishApiClient, from: Day | null, days: number | null): number | null {
  if (from === null || days === null) return null;
  return daysBetween(from, dayIn(bank.timeZone, clock.now())) > days ? days : null;
}

function rowsOf(client: PolishApiClient, { request, account, cursor }: Reading, leg: Leg, items: readonly unknown[]) {
  const { status, key } = LISTS[leg.list];
  const rows: TransactionFacts[] = [];
  const quarantined: QuarantinedRow[] = [];
  const ids = items.map((item) => meaningOf(rowOf(item)?.["itemId"])).filter((id) => id !== null);
  if (status === null) return { rows, quarantined, ids };
  const { timeZone } = client.bank;
  const { trustItemId } = client.profile.ids;
  const context = { status, hold: leg.list === "holds", account, currency: request.account.currency, timeZone, trustItemId };
  const skipped = new Set(cursor.skip);
  for (const [index, item] of items.entries()) {
    const id = meaningOf(rowOf(item)?.["itemId"]);
    if (id !== null && skipped.has(id)) continue;
    try {
      rows.push(normaliseTransaction(item, context));
    } catch (error) {
      if (!(error instanceof BadRow)) throw error;
      const at = `${key}[${String(index)}]${error.path === "" ? "" : `.${error.path}`}`;
      quarantined.push({ reason: `${at}: ${error.problem}`, raw: JSON.stringify(item) ?? "null" });
    }
  }
  return { rows, quarantined, ids };
}
