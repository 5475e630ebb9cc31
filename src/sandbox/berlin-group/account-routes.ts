import { jsonReply, type Call, type Reply } from "../kit/http-message.ts";
import type { Route } from "../kit/router.ts";
import { countAccess, openAccount, openConsent } from "./account-gate.ts";
import { referenceOf } from "./consent-access.ts";
import { echoed, type BankContext } from "./context.ts";
import { withBalance } from "./transaction-query.ts";
import { transactionList, transactionDetails } from "./transaction-routes.ts";
import { wireAccount } from "./wire-account.ts";
import { wireBalances } from "./wire-balance.ts";

/** `/v1/accounts…` and `/v1/card-accounts…`: the same rules, two printed shapes. */
export function accountRoutes(context: BankContext): Route[] {
  return [...familyRoutes(context, false), ...familyRoutes(context, true)];
}

function familyRoutes(context: BankContext, cards: boolean): Route[] {
  const family = cards ? "card-accounts" : "accounts";
  const path = `${context.settings.prefix}/v1/${family}`;
  const prefix = cards ? "card-" : "";
  return [
    { operation: family, method: "GET", pattern: path, handle: (call) => accountList(call, context, cards) },
    {
      operation: `${prefix}account`,
      method: "GET",
      pattern: `${path}/:account`,
      handle: async (call, params) => {
        const consent = await openConsent(call, context);
        const open = openAccount(context, consent, params["account"] ?? "", { right: "accounts", cards });
        countAccess(call, context, consent, `${open.granted.accountId}/account`);
        return jsonReply(200, { [cards ? "cardAccount" : "account"]: wireAccount(open, context, withBalance(call)) }, echoed(call));
      },
    },
    {
      operation: `${prefix}balances`,
      method: "GET",
      pattern: `${path}/:account/balances`,
      handle: async (call, params) => {
        const consent = await openConsent(call, context);
        const { book, granted } = openAccount(context, consent, params["account"] ?? "", { right: "balances", cards });
        countAccess(call, context, consent, `${granted.accountId}/balances`);
        const { timeZone, debitAccounting } = context.settings;
        const balances = wireBalances(book, context.ledger.clock.nowMs(), { timeZone, debitAccounting });
        const reference = referenceOf(book.account);
        return jsonReply(
          200,
          cards ? { cardAccount: reference, debitAccounting, balances } : { account: reference, balances },
          echoed(call),
        );
      },
    },
    {
      operation: `${prefix}transactions`,
      method: "GET",
      pattern: `${path}/:account/transactions`,
      handle: (call, params) => transactionList(call, context, params["account"] ?? "", cards),
    },
    ...(cards
      ? []
      : [
          {
            operation: "transaction",
            method: "GET",
            pattern: `${path}/:account/transactions/:transaction`,
            handle: (call: Call, params: Readonly<Record<string, string>>) =>
              transactionDetails(call, context, params["account"] ?? "", params["transaction"] ?? ""),
          },
        ]),
  ];
}

async function accountList(call: Call, context: BankContext, cards: boolean): Promise<Reply> {
  const consent = await openConsent(call, context);
  const wanted = withBalance(call);
  countAccess(call, context, consent, cards ? "card-accounts" : "accounts");
  const accounts = consent.accounts.flatMap((granted) => {
    const book = context.ledger.book(granted.accountId);
    return book && (book.account.kind === "card") === cards ? [wireAccount({ consent, granted, book }, context, wanted)] : [];
  });
  return jsonReply(200, { [cards ? "cardAccounts" : "accounts"]: accounts }, echoed(call));
}
