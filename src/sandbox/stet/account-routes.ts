import type { Call, Reply } from "../kit/http-message.ts";
import type { Params, Route } from "../kit/router.ts";
import { putConsents } from "./consent-routes.ts";
import { accountLink, link, pathOf, today, type BankContext } from "./context.ts";
import { openMonths } from "./deferred-cards.ts";
import { countAccess, isOffered, openAccount, openGrant, type OpenGrant } from "./gate.ts";
import { halReply, noContent, refused, type Link } from "./hal.ts";
import { transactionList } from "./transaction-routes.ts";
import { wireAccount, type ListedAccount } from "./wire-account.ts";
import { wireBalances } from "./wire-balance.ts";
import { wireAmount } from "./wire-values.ts";

/** The API of an AISP below `/v1`; a version has only the calls that it knows. */
export function apiRoutes(context: BankContext): Route[] {
  const { version } = context.settings;
  const route = (operation: string, method: string, path: string, handle: (call: Call, params: Params) => Promise<Reply>): Route => {
    return { operation, method, pattern: pathOf(context, path), handle };
  };
  const account = (params: Params): string => params["account"] ?? "";
  return [
    route("accounts", "GET", "/accounts", (call) => accountList(call, context)),
    route("balances", "GET", "/accounts/:account/balances", (call, params) => balanceList(call, context, account(params))),
    route("transactions", "GET", "/accounts/:account/transactions", (call, params) => transactionList(call, context, account(params))),
    route("consents", "PUT", "/consents", (call) => putConsents(call, context)),
    route("trusted-beneficiaries", "GET", "/trusted-beneficiaries", async (call) => {
      await openGrant(call, context);
      return noContent(call);
    }),
    ...(version === "1.4.0" ? [] : [route("identity", "GET", "/end-user-identity", (call) => endUserIdentity(call, context))]),
    ...(version !== "1.5"
      ? []
      : [
          route("owners", "GET", "/accounts/:account/owners", (call, params) => ownerList(call, context, account(params))),
          route("overdrafts", "GET", "/accounts/:account/overdrafts", (call, params) => overdraft(call, context, account(params))),
        ]),
  ];
}

async function accountList(call: Call, context: BankContext): Promise<Reply> {
  const open = await openGrant(call, context);
  const { settings, ledger } = context;
  const page = Number(call.query.get("page") ?? "0");
  if (!Number.isInteger(page) || page < 0) throw refused(400, "The page is unknown.");
  if (page === 0) countAccess(call, context, open, "accounts");
  const listed = listedAccounts(context, open);
  const size = settings.accountPageSize;
  const shown = listed.slice(page * size, (page + 1) * size);
  if (shown.length === 0) return noContent(call);
  return halReply(call, {
    ...(settings.version === "1.4.0" ? { connectedPsu: ledger.user(open.grant.user)?.fullName } : {}),
    accounts: shown.map((one) => wireAccount(context, open.grant, one)),
    _links: listLinks(context, open, page, (page + 1) * size < listed.length),
  });
}

function listedAccounts(context: BankContext, { grant }: OpenGrant): readonly ListedAccount[] {
  const { ledger, settings } = context;
  return ledger
    .booksOf(grant.user)
    .filter((book) => isOffered(grant, book))
    .flatMap((book): ListedAccount[] => {
      const monthly = settings.deferredCards === "month" && book.account.kind === "card";
      return monthly ? openMonths(today(context)).map((month) => ({ book, month })) : [{ book, month: undefined }];
    });
}

/** 1.4 has no link to /consents: there the accounts without links say it. */
function listLinks(context: BankContext, { grant }: OpenGrant, page: number, more: boolean): Record<string, Link> {
  const { version, consentModel } = context.settings;
  const mixed = consentModel === "mixed";
  return {
    self: link(page === 0 ? "/accounts" : `/accounts?page=${String(page)}`),
    ...(version === "1.5" && mixed ? { consents: link("/consents") } : {}),
    ...(version !== "1.4.0" && mayIdentify(context, grant.user) ? { endUserIdentity: link("/end-user-identity") } : {}),
    ...(more ? { next: link(`/accounts?page=${String(page + 1)}`) } : {}),
  };
}

function mayIdentify({ settings, grants }: BankContext, user: string): boolean {
  return settings.consentModel === "full" || (grants.access(user)?.psuIdentity ?? false);
}

async function balanceList(call: Call, context: BankContext, resourceId: string): Promise<Reply> {
  const open = await openGrant(call, context);
  const account = openAccount(context, open, resourceId, "balances");
  countAccess(call, context, open, `${resourceId}/balances`);
  const links = {
    self: accountLink(resourceId, "balances"),
    "parent-list": link("/accounts"),
    transactions: accountLink(resourceId, "transactions"),
  };
  return halReply(call, { balances: wireBalances(context, account), _links: links });
}

async function endUserIdentity(call: Call, context: BankContext): Promise<Reply> {
  const open = await openGrant(call, context);
  if (!mayIdentify(context, open.grant.user)) throw refused(403, "No consent for TPP and scope [AISP] on the identity.");
  countAccess(call, context, open, "identity");
  const fullName = context.ledger.user(open.grant.user)?.fullName ?? "";
  const _links = { self: link("/end-user-identity") };
  if (context.settings.version === "1.5") return halReply(call, { identity: identityFields(fullName), _links });
  const { firstName, lastName } = partsOf(fullName);
  return halReply(call, { connectedPsu: fullName, connectedPsuFirstName: firstName, connectedPsuLastName: lastName, _links });
}

/** 1.5; a company is not named here but in the account, and has no result here. */
async function ownerList(call: Call, context: BankContext, resourceId: string): Promise<Reply> {
  const open = await openGrant(call, context);
  const { book } = openAccount(context, open, resourceId, "owners");
  countAccess(call, context, open, `${resourceId}/owners`);
  const _links = { self: accountLink(resourceId, "owners"), "parent-list": link("/accounts") };
  if (book.account.usage === "business")
    return halReply(call, { company: { identification: "123456789", schemeName: "SREN", issuer: "FR" }, _links });
  return halReply(call, { identities: book.account.owners.map(({ name }) => identityFields(name)), _links });
}

async function overdraft(call: Call, context: BankContext, resourceId: string): Promise<Reply> {
  const open = await openGrant(call, context);
  const { book } = openAccount(context, open, resourceId, "overdrafts");
  countAccess(call, context, open, `${resourceId}/overdrafts`);
  const { creditLimit, currency } = book.account;
  if (creditLimit === undefined) return noContent(call);
  const _links = { self: accountLink(resourceId, "overdrafts"), "parent-list": link("/accounts") };
  return halReply(call, { overdrafts: { allowedAmount: wireAmount(creditLimit, currency, context.settings.version) }, _links });
}

/** "Last name and first name", as the standard says of fullName. */
function identityFields(name: string): Record<string, string> {
  const { firstName, lastName } = partsOf(name);
  return { fullName: firstName === "" ? lastName : `${lastName} ${firstName}`, ...(firstName === "" ? {} : { firstName, lastName }) };
}

function partsOf(name: string): { readonly firstName: string; readonly lastName: string } {
  const at = name.lastIndexOf(" ");
  return at < 0 ? { firstName: "", lastName: name } : { firstName: name.slice(0, at), lastName: name.slice(at + 1) };
}
