import { addDays, dayIn, type Day } from "../../domain/time.ts";
import type { TransactionFacts } from "../../domain/transaction.ts";
import type { GrantCall, QuarantinedRow, TransactionPage, TransactionsRequest } from "../connector.ts";
import { BadRow } from "../kit/wire.ts";
import { readAccountMemory } from "./account-memory.ts";
import type { ApiAnswer } from "./client.ts";
import { get, listIn, nextUrl, reasonOf } from "./fetch-accounts.ts";
import { readHandle } from "./handle.ts";
import { normaliseTransaction, type RowContext } from "./normalise-transaction.ts";
import { readCursor, windowsOf, writeCursor, type Cursor, type Window } from "./page-cursor.ts";
import type { Parts } from "./parts.ts";
import type { Profile } from "./profile.ts";

/** What banks give at any time; older rows may need the person. */
const RECENT_DAYS = 89;

/** One page. Booked and pending rows come in one list. */
export async function fetchTransactions(
  parts: Parts,
  call: GrantCall,
  request: TransactionsRequest,
  signal: AbortSignal,
): Promise<TransactionPage> {
  const { client } = parts;
  const memory = readHandle(call.handle);
  const cursor = request.cursor === null ? { windows: planned(parts, request), href: null } : readCursor(request.cursor);
  const [window, ...later] = cursor.windows;
  const first = firstUrl(parts, memory, request, window);
  const url = cursor.href === null ? first : client.follow(memory.version, cursor.href, first);
  const recent = addDays(dayIn(client.bank.timeZone, client.clock.now()), -RECENT_DAYS);
  const answer = await get(parts, "transactions", url, memory, call, signal, window.from === null || window.from < recent);
  const next = nextUrl(parts, memory, answer.body, url);
  const rest = nextWindows(later);
  const onward: Cursor | null =
    next !== null ? { ...cursor, href: `${next.pathname}${next.search}` } : rest === null ? null : { windows: rest, href: null };
  const rows = rowsIn(parts, answer, request);
  return { ...rows, next: onward === null ? null : writeCursor(onward), pendingUnknown: false, complete: true };
}

function planned({ client }: Parts, { from, to }: TransactionsRequest): Cursor["windows"] {
  const { defaultDays, maxRangeDays } = client.profile.transactions;
  const today = dayIn(client.bank.timeZone, client.clock.now());
  const days = defaultDays ?? client.bank.maxHistoryDays;
  const start = from ?? (days === null ? null : addDays(today, -days));
  return windowsOf({ from: start, to }, maxRangeDays, today);
}

function nextWindows(later: readonly Window[]): Cursor["windows"] | null {
  const [first, ...others] = later;
  return first === undefined ? null : [first, ...others];
}

function firstUrl(
  { client }: Parts,
  { version }: ReturnType<typeof readHandle>,
  { account }: TransactionsRequest,
  { from, to }: Window,
): URL {
  const url = client.url(version, `accounts/${encodeURIComponent(account.resourceId)}/transactions`);
  const { dateFormat, omitTo } = client.profile.transactions;
  if (from !== null) url.searchParams.set("fromBookingDateTime", dateTime(from, "00:00:00", dateFormat));
  if (to !== null && !omitTo) url.searchParams.set("toBookingDateTime", dateTime(to, "23:59:59", dateFormat));
  return url;
}

/** Without a zone, as the standard has it; the bank must ignore one that is there, but some demand it. */
function dateTime(day: Day, time: string, format: Profile["transactions"]["dateFormat"]): string {
  const ending = { local: "", millis: ".000", offset: "+00:00" }[format];
  return `${day}T${time}${ending}`;
}

function rowsIn(
  { client }: Parts,
  answer: ApiAnswer,
  { account }: TransactionsRequest,
): { readonly rows: readonly TransactionFacts[]; readonly quarantined: readonly QuarantinedRow[] } {
  const { bank, profile, clock } = client;
  const context: RowContext = { account: readAccountMemory(account.connectorData), timeZone: bank.timeZone, now: clock.now(), profile };
  const rows: TransactionFacts[] = [];
  const quarantined: QuarantinedRow[] = [];
  for (const [index, item] of listIn(answer, "Transaction").entries()) {
    try {
      const facts = normaliseTransaction(item, context);
      if (facts !== null) rows.push(facts);
    } catch (error) {
      if (!(error instanceof BadRow)) throw error;
      quarantined.push({ reason: reasonOf(`Data.Transaction[${String(index)}]`, error), raw: JSON.stringify(item) ?? "null" });
    }
  }
  return { rows, quarantined };
}
