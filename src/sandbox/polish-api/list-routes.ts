import { jsonReply, type Call, type Reply } from "../kit/http-message.ts";
import type { AccountBook } from "../ledger/account-book.ts";
import { localDate } from "../ledger/calendar.ts";
import { parseMinor } from "../ledger/money.ts";
import type { LedgerTransaction } from "../ledger/model.ts";
import { countAccess, earliestDay, openAccount } from "./account-gate.ts";
import { apiError } from "./api-error.ts";
import type { BodyOf, ListOperation } from "./bodies.ts";
import { responseHeader, type BankContext } from "./context.ts";
import { printPage, readPage } from "./page-token.ts";
import { checkedBody } from "./request-check.ts";
import { doneJson, wireHold, wireScheduled, wireUnbooked } from "./wire-transaction.ts";

const BIG_RESULT = 2000;

/** One selectable row with its printed form, made only for the page that shows it. */
interface Item {
  readonly id: string;
  readonly amount: bigint;
  readonly tradeDay: string;
  readonly bookingDay: string | undefined;
  readonly print: () => string;
}

type Filter = BodyOf<"list">;

/** One page of one of the six lists, newest first. */
export function listPage(context: BankContext, call: Call, operation: ListOperation): Reply {
  const body: Filter = operation === "getHolds" ? checkedBody(context, call, "holds") : checkedBody(context, call, "list");
  const { requestHeader: asked, accountNumber } = body;
  const { requestId } = asked;
  for (const name of ["transactionDate", "bookingDate"] as const) {
    const [from, to] = [body[`${name}From`], body[`${name}To`]];
    if (from !== undefined && to !== undefined && to < from)
      throw apiError(context, 422, "UNPROCESSABLE", `${name}To is before ${name}From.`, requestId);
  }
  const open = openAccount(context, call, asked, { accountNumber, operation });
  const token = body.pageId === undefined ? undefined : readPage(context, body.pageId, requestId);
  const wanted = operation === "getHolds" ? body.transactionDateFrom : (body.bookingDateFrom ?? body.transactionDateFrom);
  const from = token?.from ?? earliestDay(context, open, wanted, requestId);
  if (!token) countAccess(context, asked, `${open.consent.id}/${open.granted.accountId}/${operation}`, open.right);

  const at = token?.at ?? context.ledger.clock.nowMs();
  const items = itemsOf(context, open.book, open.granted.number, { operation, at });
  const selected = items.filter((item) => isSelected(item, body, { from, operation, currency: open.book.account.currency }));
  const start = body.itemIdFrom === undefined ? 0 : selected.findIndex(({ id }) => id === body.itemIdFrom);
  if (start < 0) throw apiError(context, 422, "ITEM_UNKNOWN", "itemIdFrom is unknown.", requestId);
  const result = selected.slice(start);
  const { pageSize, bigPageSize } = context.settings;
  const size = Math.min(body.perPage ?? (result.length > BIG_RESULT ? bigPageSize : pageSize), bigPageSize);
  const offset = token?.offset ?? 0;
  const more = offset + size < result.length;
  const rows = result.slice(offset, offset + size).map(({ print }) => print());
  const previous = offset > 0 ? { previousPage: printPage({ at, from, offset: Math.max(0, offset - size) }) } : {};
  const pageInfo = { ...previous, ...(more ? { nextPage: printPage({ at, from, offset: offset + size }) } : {}) };
  const key = operation === "getHolds" ? "holds" : "transactions";
  return jsonReply(
    200,
    `{"responseHeader":${JSON.stringify(responseHeader(context, requestId))},"${key}":[${rows.join(",")}],"pageInfo":${JSON.stringify(pageInfo)}}`,
  );
}

function itemsOf(
  context: BankContext,
  book: AccountBook,
  number: string,
  { operation, at }: { readonly operation: ListOperation; readonly at: number },
): readonly Item[] {
  const { settings } = context;
  const { account } = book;
  const day = (instant: number) => localDate(instant, settings.timeZone);
  const unbooked = (row: LedgerTransaction, print: () => object): Item => ({
    id: row.id,
    amount: row.amount,
    tradeDay: day(row.enteredAt),
    bookingDay: undefined,
    print: () => JSON.stringify(print()),
  });
  switch (operation) {
    case "getTransactionsDone": {
      const { entries, count } = book.booked(at);
      return entries.slice(0, count).toReversed().map((entry) => ({
        id: entry.transaction.id,
        amount: entry.transaction.amount,
        tradeDay: day(entry.transaction.enteredAt),
        bookingDay: entry.bookingDate,
        print: () => doneJson(entry, account, number, settings),
      })); // prettier-ignore
    }
    case "getTransactionsPending":
      return book.pending(at).filter((row) => !isHold(row)).map((row) => unbooked(row, () => wireUnbooked(row, account, number, settings))); // prettier-ignore
    case "getHolds":
      return book.pending(at).filter(isHold).map((row) => ({ ...unbooked(row, () => wireHold(row, account, number, settings)), id: `H-${row.id}` })); // prettier-ignore
    case "getTransactionsCancelled":
      return book.cancelled().map((row) => unbooked(row, () => wireUnbooked(row, account, number, settings)));
    case "getTransactionsScheduled":
      return book.standingOrders.map((order) => wireScheduled(order, account, number, { at, settings }));
    case "getTransactionsRejected":
      return []; // the ledger knows no rejected payments
  }
}

/** A card authorisation blocks the amount; it is booked later under another id. */
function isHold(row: LedgerTransaction): boolean {
  return row.card !== undefined && row.amount < 0n;
}

function isSelected(
  { amount, tradeDay, bookingDay }: Item,
  filter: Filter,
  { from, operation, currency }: { readonly from: string; readonly operation: ListOperation; readonly currency: string },
): boolean {
  const size = amount < 0n ? -amount : amount;
  const within = (day: string, low: string | undefined, high: string | undefined) =>
    (low === undefined || day >= low) && (high === undefined || day <= high);
  if ((bookingDay ?? tradeDay) < from && operation !== "getTransactionsScheduled") return false;
  if (!within(tradeDay, filter.transactionDateFrom, filter.transactionDateTo)) return false;
  if (operation !== "getHolds" && bookingDay !== undefined && !within(bookingDay, filter.bookingDateFrom, filter.bookingDateTo))
    return false;
  if (filter.minAmount !== undefined && size < parseMinor(filter.minAmount, currency)) return false;
  if (filter.maxAmount !== undefined && size > parseMinor(filter.maxAmount, currency)) return false;
  return filter.type === undefined || (filter.type === "DEBIT") === amount < 0n;
}
