import type { Call, Reply } from "../kit/http-message.ts";
import { addDays, utcDate } from "../ledger/calendar.ts";
import { accountLink, today, type BankContext } from "./context.ts";
import { debitDay, isDeferred } from "./deferred-cards.ts";
import { countAccess, openAccount, openGrant, type OpenAccount } from "./gate.ts";
import { halReply, noContent, type Link } from "./hal.ts";
import { printPage, readTransactionQuery, type PageToken } from "./transaction-query.ts";
import { earliestDay, selectTransactions, type Selection } from "./transaction-selection.ts";
import { wireFuture, wireTransaction } from "./wire-transaction.ts";

const BIG_RESULT = 2000;

/** GET …/transactions: one page, newest first, pending entries on the first. */
export async function transactionList(call: Call, context: BankContext, resourceId: string): Promise<Reply> {
  const { settings, ledger } = context;
  const open = await openGrant(call, context);
  const account = openAccount(context, open, resourceId, "transactions");
  const query = readTransactionQuery(call, settings);
  const page: PageToken = query.page ?? {
    at: ledger.clock.nowMs(),
    offset: 0,
    from: earliestDay(context, open, query),
    to: query.to,
  };
  if (!query.page) countAccess(call, context, open, `${resourceId}/transactions`);
  const selection = selectTransactions(account, query, page);
  const size = selection.high - selection.low > BIG_RESULT ? settings.bigPageSize : settings.pageSize;
  const rows = rowsOf(context, account, selection, page, size);
  if (rows.length === 0) return noContent(call);
  const more = page.offset + size < selection.high - selection.low;
  return halReply(call, { transactions: rows, _links: linksOf(resourceId, page, size, more) });
}

function rowsOf(
  context: BankContext,
  { book, month }: OpenAccount,
  { entries, low, high, pending }: Selection,
  { offset }: PageToken,
  size: number,
): unknown[] {
  const { settings } = context;
  const { account } = book;
  const day = today(context);
  const rows: unknown[] = [];
  if (offset === 0) {
    if (settings.version === "1.5" && settings.futureEntries)
      rows.push(...book.standingOrders.map((order) => wireFuture(order, account, nextOn(order.dayOfMonth, day), settings)));
    rows.push(...pending.map((row) => wireTransaction(row, account, { status: "PDNG", day: utcDate(row.bookedAt) }, settings)));
  }
  const top = high - offset;
  for (let index = top - 1; index >= Math.max(low, top - size); index -= 1) {
    const entry = entries[index];
    if (!entry) continue;
    const { transaction, bookingDate } = entry;
    // What pays a month off belongs to no month.
    if (month !== undefined && transaction.amount >= 0n) continue;
    const state = isDeferred(book, transaction, day)
      ? { status: "OTHR" as const, day: debitDay(bookingDate) }
      : { status: "BOOK" as const, day: bookingDate };
    rows.push(wireTransaction(transaction, account, state, settings));
  }
  return rows;
}

function nextOn(dayOfMonth: number, day: string): string {
  const wanted = `${day.slice(0, 7)}-${String(dayOfMonth).padStart(2, "0")}`;
  return wanted > day ? wanted : `${addDays(`${day.slice(0, 7)}-28`, 7).slice(0, 7)}-${String(dayOfMonth).padStart(2, "0")}`;
}

function linksOf(resourceId: string, page: PageToken, size: number, more: boolean): Record<string, Link> {
  const at = (offset: number): Link => {
    const { href } = accountLink(resourceId, "transactions");
    return { href: `${href}?page=${printPage({ ...page, offset })}` };
  };
  return {
    self: at(page.offset),
    "parent-list": { href: "v1/accounts" },
    balances: accountLink(resourceId, "balances"),
    ...(page.offset > 0 ? { first: at(0), prev: at(Math.max(0, page.offset - size)) } : {}),
    ...(more ? { next: at(page.offset + size) } : {}),
  };
}
