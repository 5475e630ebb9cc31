import type { ServerResponse } from "node:http";
import { formOf, redirectReply, type Call, type Reply } from "../kit/http-message.ts";
import { consentPage, loginPage, messagePage } from "../kit/pages/consent-pages.ts";
import { LoginVisits } from "../kit/pages/login-visits.ts";
import type { Route } from "../kit/router.ts";
import { formatMinor } from "../ledger/money.ts";
import type { AuthorizationServer } from "../oauth/authorization-server.ts";
import { today, type BankContext } from "./context.ts";
import { addDays } from "../ledger/calendar.ts";

export const INTERACTION_PATH = "/sca/oauth";

interface Parts {
  readonly context: BankContext;
  readonly server: () => Promise<AuthorizationServer>;
  readonly responseOf: (call: Call) => ServerResponse;
}

/** The pages behind an authorisation request: login, then the accounts to share (A1) or the sign-in alone (A2). */
export function loginPageRoutes(parts: Parts): Route[] {
  const visits = new LoginVisits();
  const pattern = `${INTERACTION_PATH}/:uid`;
  const step =
    (handle: (page: Page) => Reply | Promise<Reply>): Route["handle"] =>
    async (call, params) => {
      const uid = params["uid"] ?? "";
      const oauth = await parts.server();
      const request = await oauth.requestOf(call.request, parts.responseOf(call)).catch(() => undefined);
      const bank = parts.context.settings.name;
      if (request?.uid !== uid) return messagePage(bank, "Unknown link", "This link is unknown or has expired.", 404);
      return handle({ ...parts, call, oauth, visits, base: `${INTERACTION_PATH}/${uid}`, scopes: request.scopes });
    };
  return [
    { operation: "sca-page", method: "GET", pattern, handle: step(show) },
    { operation: "sca-login", method: "POST", pattern: `${pattern}/login`, handle: step(logIn) },
    { operation: "sca-decision", method: "POST", pattern: `${pattern}/decision`, handle: step(decide) },
  ];
}

interface Page extends Parts {
  readonly call: Call;
  readonly oauth: AuthorizationServer;
  readonly visits: LoginVisits;
  readonly base: string;
  readonly scopes: readonly string[];
}

function show({ call, context, visits, base, scopes }: Page): Reply {
  const { settings, ledger } = context;
  const user = visits.userAt(base, call);
  if (user === undefined) return loginPage({ bank: settings.name, base });
  const chosenHere = settings.consentModel === "full";
  const accounts = ledger.booksOf(user).map((book) => {
    const { account } = book;
    const balance = `${formatMinor(book.balance(ledger.clock.nowMs()).booked, account.currency)} ${account.currency}`;
    return {
      id: account.id,
      label: `${account.displayName ?? account.name} ${account.iban ?? account.maskedPan ?? ""} (${balance})`,
      checked: true,
    };
  });
  return consentPage({
    bank: settings.name,
    base,
    tpp: "Your finance app",
    userName: ledger.user(user)?.fullName ?? user,
    until: addDays(today(context), settings.consentDays),
    recurring: true,
    rights: [
      chosenHere ? "accounts, balances, transactions, identity" : "account information as agreed in your app",
      ...(scopes.includes("extended_transaction_history") ? ["history of more than 90 days"] : []),
    ],
    accounts: chosenHere ? accounts : [],
    selectable: chosenHere,
    secondSignature: false,
  });
}

function logIn({ call, context, visits, base }: Page): Reply {
  const form = formOf(call);
  const user = context.ledger.authenticate(form.get("username") ?? "", form.get("password") ?? "");
  if (!user) return loginPage({ bank: context.settings.name, base, error: "User name or password is wrong." });
  return redirectReply(base, { "set-cookie": visits.open(base, user.name) });
}

async function decide({ call, context, visits, base, oauth, responseOf, scopes }: Page): Promise<Reply> {
  const user = visits.userAt(base, call);
  if (user === undefined) return redirectReply(base);
  const form = formOf(call);
  const outcome = form.get("decision");
  if (outcome !== "approve" && outcome !== "refuse" && outcome !== "timeout")
    return messagePage(context.settings.name, "Nothing was chosen", "Please go back and choose.", 400);
  visits.close(base);
  const response = responseOf(call);
  if (outcome !== "approve")
    return redirectReply(
      await oauth.refuse(call.request, response, outcome === "refuse" ? "the person refused" : "the person did not answer in time"),
    );
  const chosen = form.getAll("account");
  const accounts = context.settings.consentModel === "full" && chosen.length > 0 ? chosen : undefined;
  return redirectReply(await oauth.approve(call.request, response, user, scopes, (grantId) => context.grants.add(grantId, user, accounts)));
}
