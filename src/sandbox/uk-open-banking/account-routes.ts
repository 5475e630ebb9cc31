import type { Call, Reply } from "../kit/http-message.ts";
import type { Route } from "../kit/router.ts";
import { countAccess, openAccount, openConsent } from "./account-gate.ts";
import type { Consent } from "./consent.ts";
import { answer, apiPath, type BankContext } from "./context.ts";
import { transactionList } from "./transaction-routes.ts";
import { wireAccount } from "./wire-account.ts";
import { wireBalances } from "./wire-balance.ts";
import { partiesOf, partyOfUser } from "./wire-party.ts";

const ACCOUNTS = ["ReadAccountsBasic", "ReadAccountsDetail"] as const;

/** `/accounts…` and `/party`: with the person's token. */
export function accountRoutes(context: BankContext): Route[] {
  const { settings, ledger } = context;
  const root = apiPath(settings);
  const route = (operation: string, path: string, handle: (call: Call, accountId: string) => Promise<Reply>): Route => ({
    operation,
    method: "GET",
    pattern: root + path,
    handle: (call, params) => handle(call, params["account"] ?? ""),
  });
  const books = (consent: Consent) => consent.accounts.map((id) => ledger.book(id)).filter((book) => book !== undefined);
  return [
    route("accounts", "/accounts", async (call) => {
      const consent = await openConsent(call, context, ...ACCOUNTS);
      countAccess(call, context, consent, "accounts");
      return answer(call, context, { Account: books(consent).map(({ account }) => wireAccount(account, consent, settings.version)) });
    }),
    route("account", "/accounts/:account", async (call, accountId) => {
      const consent = await openConsent(call, context, ...ACCOUNTS);
      const { account } = openAccount(context, consent, accountId);
      countAccess(call, context, consent, `${account.id}/account`);
      return answer(call, context, { Account: [wireAccount(account, consent, settings.version)] });
    }),
    route("balances", "/accounts/:account/balances", async (call, accountId) => {
      const consent = await openConsent(call, context, "ReadBalances");
      const book = openAccount(context, consent, accountId);
      countAccess(call, context, consent, `${book.account.id}/balances`);
      return answer(call, context, { Balance: wireBalances(book, ledger.clock.nowMs(), settings) });
    }),
    route("transactions", "/accounts/:account/transactions", (call, accountId) => transactionList(call, context, accountId)),
    ...(settings.missing.includes("parties")
      ? []
      : [
          route("parties", "/accounts/:account/parties", async (call, accountId) => {
            const consent = await openConsent(call, context, "ReadParty");
            const { account } = openAccount(context, consent, accountId);
            countAccess(call, context, consent, `${account.id}/parties`);
            return answer(call, context, { Party: partiesOf(account) });
          }),
        ]),
    route("account-party", "/accounts/:account/party", async (call, accountId) => {
      const consent = await openConsent(call, context, "ReadParty");
      const { account } = openAccount(context, consent, accountId);
      countAccess(call, context, consent, `${account.id}/party`);
      return answer(call, context, { Party: partiesOf(account)[0] });
    }),
    ...(settings.missing.includes("party")
      ? []
      : [
          route("party", "/party", async (call) => {
            const consent = await openConsent(call, context, "ReadPartyPSU");
            countAccess(call, context, consent, "party");
            const user = ledger.user(consent.user ?? "");
            return answer(call, context, {
              Party:
                user &&
                partyOfUser(
                  user,
                  books(consent).map(({ account }) => account),
                ),
            });
          }),
        ]),
  ];
}
