import { formOf, redirectReply, type Call, type Reply } from "../kit/http-message.ts";
import { consentPage, loginPage, messagePage } from "../kit/pages/consent-pages.ts";
import { LoginVisits } from "../kit/pages/login-visits.ts";
import type { Params, Route } from "../kit/router.ts";
import { formatMinor } from "../ledger/money.ts";
import { VISIT_PATH } from "./auth-routes.ts";
import type { Consent } from "./consent.ts";
import type { BankContext } from "./context.ts";
import { numberOf } from "./account-number.ts";

/** The bank's pages for a person, at aspspRedirectUri; see `loginPage` in the kit for steps and form fields. They end at the TPP's redirect_uri. */
export function visitRoutes(context: BankContext): Route[] {
  const visits = new LoginVisits();
  const pattern = `${VISIT_PATH}/:visit`;
  const within = (handle: (call: Call, consent: Consent, base: string) => Reply) => (call: Call, params: Params) => {
    const consent = context.consents.atVisit(params["visit"] ?? "");
    if (!consent) return messagePage(context.settings.name, "Unknown link", "This link is unknown or has expired.", 404);
    return handle(call, consent, `${VISIT_PATH}/${consent.visit}`);
  };
  const show = (call: Call, consent: Consent, base: string): Reply => {
    if (consent.status !== "asked") return decided(context, consent);
    const user = visits.userAt(base, call);
    return user === undefined ? loginPage({ bank: context.settings.name, base }) : sharePage(context, consent, base, user);
  };
  const logIn = (call: Call, _consent: Consent, base: string): Reply => {
    const form = formOf(call);
    const user = context.ledger.authenticate(form.get("username") ?? "", form.get("password") ?? "");
    if (!user) return loginPage({ bank: context.settings.name, base, error: "User name or password is wrong." });
    return redirectReply(base, { "set-cookie": visits.open(base, user.name) });
  };
  const decide = (call: Call, consent: Consent, base: string): Reply => {
    const user = visits.userAt(base, call);
    if (user === undefined || consent.status !== "asked") return redirectReply(base);
    const form = formOf(call);
    const outcome = form.get("decision");
    if (outcome !== "approve" && outcome !== "refuse" && outcome !== "timeout")
      return messagePage(context.settings.name, "Nothing was chosen", "Please go back and choose.", 400);
    if (outcome === "approve" && consent.scope === "ais" && context.consents.offered(consent, user).length === 0)
      return messagePage(context.settings.name, "No account fits", "None of your accounts was asked for.", 409);
    visits.close(base);
    return applied(context, consent, { outcome, user, chosen: form.getAll("account") });
  };
  return [
    { operation: "sca-page", method: "GET", pattern, handle: within(show) },
    { operation: "sca-login", method: "POST", pattern: `${pattern}/login`, handle: within(logIn) },
    { operation: "sca-decision", method: "POST", pattern: `${pattern}/decision`, handle: within(decide) },
  ];
}

export interface Decided {
  readonly outcome: "approve" | "refuse" | "timeout";
  readonly user: string;
  readonly chosen: readonly string[];
}

export function applied(context: BankContext, consent: Consent, { outcome, user, chosen }: Decided): Reply {
  if (outcome === "timeout") return messagePage(context.settings.name, "Nothing decided", "You may come back to this page for a while.");
  if (outcome === "approve") context.consents.approve(consent, user, chosen);
  else context.consents.refuse(consent);
  return decided(context, consent);
}

/** The standard sends nobody back before all is decided: a second signature is waited for on the bank's own page. */
function decided(context: BankContext, consent: Consent): Reply {
  const { name } = context.settings;
  const back = new URL(consent.redirectUri);
  back.searchParams.set("state", consent.state);
  if (consent.status === "awaiting-signature")
    return messagePage(name, "A second person must sign", "Open this page again when they have.");
  if (consent.status === "ended" || consent.code?.used === true)
    return messagePage(name, "This link is used up", "The request is already decided.", 410);
  if (consent.status === "refused") {
    back.searchParams.set("error", "access_denied");
    back.searchParams.set("error_description", "The person refused.");
  } else back.searchParams.set("code", consent.code?.value ?? "");
  return redirectReply(back.href);
}

function sharePage(context: BankContext, consent: Consent, base: string, user: string): Reply {
  const { settings, ledger, consents } = context;
  const person = ledger.user(user);
  const accounts = consent.scope === "ais" ? consents.offered(consent, user) : [];
  return consentPage({
    bank: settings.name,
    base,
    tpp: "Sandbox TPP",
    userName: person?.fullName ?? user,
    until: new Date(consent.timeLimit).toISOString().slice(0, 10),
    recurring: true,
    rights: rightLabels(consent),
    accounts: accounts.map((book) => {
      const { account } = book;
      const money = `${formatMinor(book.balance(ledger.clock.nowMs()).booked, account.currency)} ${account.currency}`;
      return { id: account.id, label: `${account.displayName ?? account.name} ${numberOf(account, settings)} (${money})`, checked: true };
    }),
    selectable: consent.wanted === undefined && consent.scope === "ais",
    secondSignature: person?.needsSecondSignature ?? false,
  });
}

function rightLabels(consent: Consent): string[] {
  if (consent.scope === "ais-accounts") return ["list of accounts"];
  const operations = new Set([...consent.asked.values()].flatMap((rights) => [...rights.keys()]));
  return [...operations].map((operation) => (operation === "getAccount" ? "account details, holders and balances" : operation));
}
