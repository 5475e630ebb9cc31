import type { Call, Reply } from "../kit/http-message.ts";
import type { Route } from "../kit/router.ts";
import { countAccess, openAccount, openConsent } from "./account-gate.ts";
import { masked, numberOf } from "./account-number.ts";
import { apiError } from "./api-error.ts";
import { LIST_OPERATIONS, type ListOperation } from "./bodies.ts";
import { answer, type BankContext } from "./context.ts";
import { listPage } from "./list-routes.ts";
import { servicePath } from "./options.ts";
import { offsetOf, printPage } from "./page-token.ts";
import { checkedBody } from "./request-check.ts";
import { wireAccount, wireAccountBase } from "./wire-account.ts";
import { wireDetail } from "./wire-transaction.ts";

/** Names of the lists for faults and the log. */
const LOGGED: Readonly<Record<ListOperation, string>> = {
  getTransactionsDone: "transactions",
  getTransactionsPending: "transactions-pending",
  getTransactionsRejected: "transactions-rejected",
  getTransactionsCancelled: "transactions-cancelled",
  getTransactionsScheduled: "transactions-scheduled",
  getHolds: "holds",
};

/** The account services: all POST. */
export function accountRoutes(context: BankContext): Route[] {
  const route = (operation: string, name: string, handle: (call: Call) => Reply): Route => ({
    operation,
    method: "POST",
    pattern: servicePath(context.settings, "accounts", name),
    handle,
  });
  return [
    route("account-list", "getAccounts", (call) => accountList(context, call)),
    route("account", "getAccount", (call) => account(context, call)),
    route("transaction", "getTransactionDetail", (call) => detail(context, call)),
    route("consent-delete", "deleteConsent", (call) => deleteConsent(context, call)),
    ...LIST_OPERATIONS.map((name) => route(LOGGED[name], name, (call) => listPage(context, call, name))),
  ];
}

function accountList(context: BankContext, call: Call): Reply {
  const body = checkedBody(context, call, "getAccounts");
  const { requestHeader: asked, pageId, perPage, typeOfPsuRelation } = body;
  const consent = openConsent(context, call, asked, "ais-accounts");
  if (pageId === undefined) countAccess(context, asked, `${consent.id}/getAccounts`);
  const all = consent.user === undefined ? [] : context.ledger.booksOf(consent.user);
  const books = typeOfPsuRelation === undefined || typeOfPsuRelation === "Owner" ? all : [];
  const offset = pageId === undefined ? 0 : offsetOf(context, pageId, asked.requestId);
  const end = offset + (perPage ?? context.settings.pageSize);
  return answer(context, asked.requestId, {
    accounts: books.slice(offset, end).map((book) => wireAccountBase(book.account, masked(numberOf(book.account, context.settings)))),
    pageInfo: end < books.length ? { nextPage: printPage({ at: context.ledger.clock.nowMs(), offset: end, from: "" }) } : {},
  });
}

function account(context: BankContext, call: Call): Reply {
  const { requestHeader: asked, accountNumber } = checkedBody(context, call, "getAccount");
  const open = openAccount(context, call, asked, { accountNumber, operation: "getAccount" });
  countAccess(context, asked, `${open.consent.id}/${open.granted.accountId}/getAccount`, open.right);
  return answer(context, asked.requestId, { account: wireAccount(open.book, open.granted.number, context) });
}

function detail(context: BankContext, call: Call): Reply {
  const { requestHeader: asked, accountNumber, itemId } = checkedBody(context, call, "getTransactionDetail");
  const open = openAccount(context, call, asked, { accountNumber, operation: "getTransactionDetail" });
  countAccess(context, asked, `${open.consent.id}/${open.granted.accountId}/detail/${itemId}`, open.right);
  const { entries, count } = open.book.booked(context.ledger.clock.nowMs());
  const entry = entries.slice(0, count).find(({ transaction }) => transaction.id === itemId);
  if (!entry) throw apiError(context, 422, "ITEM_UNKNOWN", "The itemId is unknown.", asked.requestId);
  return answer(context, asked.requestId, wireDetail(entry, open.book.account, open.granted.number, context.settings));
}

function deleteConsent(context: BankContext, call: Call): Reply {
  const { requestHeader, consentId } = checkedBody(context, call, "deleteConsent");
  const consent = context.consents.get(consentId);
  if (!consent || consent.status === "ended" || consent.status === "refused")
    throw apiError(context, 422, "CONSENT_UNKNOWN", "The consent is unknown, or has ended.", requestHeader.requestId);
  context.consents.end(consent);
  return { status: 204, headers: {}, body: "" };
}
