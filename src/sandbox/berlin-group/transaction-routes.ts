import { jsonReply, type Call, type Reply } from "../kit/http-message.ts";
import { countAccess, openAccount, openConsent, type OpenAccount } from "./account-gate.ts";
import { referenceOf } from "./consent-access.ts";
import { camtReport } from "./camt-report.ts";
import { echoed, linkTo, type BankContext } from "./context.ts";
import { negotiated } from "./report-format.ts";
import { printPage, readTransactionQuery, withBalance, type PageToken, type TransactionQuery } from "./transaction-query.ts";
import { earliestDay, selectTransactions, type Selection } from "./transaction-selection.ts";
import { tppError } from "./tpp-error.ts";
import { wireBalances } from "./wire-balance.ts";
import { wireCardTransaction } from "./wire-card-transaction.ts";
import { bookedJson, wireBooked, wirePending, wireStandingOrder } from "./wire-transaction.ts";

const BIG_RESULT = 2000;

/** GET …/transactions: one page, newest first, as JSON text put together from the entries' kept texts. */
export async function transactionList(call: Call, context: BankContext, resourceId: string, cards: boolean): Promise<Reply> {
  const { settings, ledger } = context;
  const formats = cards ? (["json"] as const) : settings.transactionFormats;
  const consent = await openConsent(call, context, formats);
  const open = openAccount(context, consent, resourceId, { right: "transactions", cards });
  const query = readTransactionQuery(call, { cards, unsupported: settings.unsupportedBookingStatuses });
  const balances = withBalance(call) && open.granted.rights.has("balances");
  const from = query.page?.from ?? earliestDay(call, context, consent, query);
  if (!query.page) countAccess(call, context, consent, `${open.granted.accountId}/transactions`);

  const at = query.page?.at ?? ledger.clock.nowMs();
  const since = query.page?.since ?? (query.deltaList ? (context.reports.get(reportKey(open)) ?? 0) : undefined);
  if (query.bookingStatus !== "information") context.reports.set(reportKey(open), at);
  const selection = selectTransactions(open.book, query, { at, from, since });
  const format = negotiated(call, formats);
  if (format !== "json") return camtReply(call, context, open, selection, format);
  const size = selection.high - selection.low > BIG_RESULT ? settings.bigPageSize : settings.pageSize;
  const offset = query.page?.offset ?? 0;
  const more = offset + size < selection.high - selection.low;
  const links = reportLinks(call, context, open, { at, from, offset: offset + size, ...(since === undefined ? {} : { since }) }, more);
  const lists = listTexts(open, context, query, selection, offset, size);

  const { account } = open.book;
  const { timeZone, debitAccounting } = settings;
  const parts = [
    `"${cards ? "cardAccount" : "account"}":${JSON.stringify(referenceOf(account))}`,
    ...(cards ? [`"debitAccounting":${debitAccounting}`] : []),
    `"${cards ? "cardTransactions" : "transactions"}":{${[...lists, `"_links":${JSON.stringify(links)}`].join(",")}}`,
    ...(balances ? [`"balances":${JSON.stringify(wireBalances(open.book, at, { timeZone, debitAccounting }))}`] : []),
  ];
  return jsonReply(200, `{${parts.join(",")}}`, echoed(call));
}

/** The whole selection in one document, newest first; a statement has booked entries only. */
function camtReply(
  call: Call,
  { settings, ledger }: BankContext,
  { book }: OpenAccount,
  { entries, low, high, pending }: Selection,
  format: "camt.052" | "camt.053",
): Reply {
  const kind = format === "camt.052" ? "052" : "053";
  const booked = entries.slice(low, high).toReversed();
  const waiting = kind === "053" ? [] : pending.map((transaction) => ({ transaction, bookingDate: undefined }));
  const body = camtReport(book.account, [...waiting, ...booked], { kind, version: settings.camtVersion, createdAt: ledger.clock.nowMs() });
  return { status: 200, headers: { "content-type": "application/xml", ...echoed(call) }, body };
}

/** GET …/transactions/{transactionId}. */
export async function transactionDetails(call: Call, context: BankContext, resourceId: string, id: string): Promise<Reply> {
  const consent = await openConsent(call, context);
  const { book, granted } = openAccount(context, consent, resourceId, { right: "transactions", cards: false });
  countAccess(call, context, consent, `${granted.accountId}/transactions/${id}`);
  const at = context.ledger.clock.nowMs();
  const { entries, count } = book.booked(at);
  const index = entries.findIndex(({ transaction }) => transaction.id === id);
  const entry = index >= 0 && index < count ? entries[index] : undefined;
  const pending = book.pending(at).find((row) => row.id === id);
  if (entry) return jsonReply(200, { transactionsDetails: wireBooked(entry, book.account) }, echoed(call));
  if (pending) return jsonReply(200, { transactionsDetails: wirePending(pending, book.account) }, echoed(call));
  throw tppError(404, "RESOURCE_UNKNOWN", "The transaction is unknown.");
}

/** `"booked":[…]`, `"pending":[…]`, `"information":[…]`, as far as the query wants them; all but booked stand on the first page. */
function listTexts(
  open: OpenAccount,
  context: BankContext,
  query: TransactionQuery,
  selection: Selection,
  offset: number,
  size: number,
): string[] {
  const { account, standingOrders } = open.book;
  const card = account.kind === "card";
  const { debitAccounting } = context.settings;
  const wants = (...statuses: readonly string[]) => statuses.includes(query.bookingStatus);
  const lists: string[] = [];
  if (wants("booked", "both", "all")) {
    const top = selection.high - offset;
    const rows: string[] = [];
    for (let index = top - 1; index >= Math.max(selection.low, top - size); index -= 1) {
      const entry = selection.entries[index];
      if (!entry) continue;
      rows.push(
        card
          ? JSON.stringify(wireCardTransaction(entry.transaction, account, { bookingDate: entry.bookingDate, debitAccounting }))
          : bookedJson(entry, account),
      );
    }
    lists.push(`"booked":[${rows.join(",")}]`);
  }
  if (wants("pending", "both", "all")) {
    const pending = offset > 0 ? [] : selection.pending;
    const rows = pending.map((row) =>
      card ? wireCardTransaction(row, account, { bookingDate: undefined, debitAccounting }) : wirePending(row, account),
    );
    lists.push(`"pending":${JSON.stringify(rows)}`);
  }
  if (wants("information", "all"))
    lists.push(`"information":${JSON.stringify(offset > 0 ? [] : standingOrders.map((order) => wireStandingOrder(order, account)))}`);
  return lists;
}

function reportLinks(
  call: Call,
  context: BankContext,
  { granted, book }: OpenAccount,
  next: PageToken,
  more: boolean,
): Record<string, { readonly href: string }> {
  const card = book.account.kind === "card";
  const account = `/v1/${card ? "card-accounts" : "accounts"}/${granted.resourceId}`;
  const self = { [card ? "cardAccount" : "account"]: linkTo(context, account) };
  if (!more) return self;
  const query = new URLSearchParams(call.query);
  query.set("page", printPage(next));
  return { ...self, next: linkTo(context, `${account}/transactions?${query.toString()}`) };
}

function reportKey({ consent, granted }: OpenAccount): string {
  return `${consent.tpp}/${consent.user ?? ""}/${granted.accountId}`;
}
