import type { ServerResponse } from "node:http";
import { formOf, redirectReply, type Call, type Reply } from "../kit/http-message.ts";
import { consentPage, loginPage, messagePage } from "../kit/pages/consent-pages.ts";
import { LoginVisits } from "../kit/pages/login-visits.ts";
import type { Route } from "../kit/router.ts";
import type { AccountBook } from "../ledger/account-book.ts";
import { formatMinor } from "../ledger/money.ts";
import type { FapiServer } from "../oauth/fapi-server.ts";
import type { Consent } from "./consent.ts";
import type { BankContext } from "./context.ts";

export const PAGES_PATH = "/sca";

/** One authorisation request in a browser. */
interface Door {
  readonly base: string;
  readonly consent: Consent;
  readonly approve: (user: string, granted: (grantId: string) => void) => Promise<Reply>;
  readonly refuse: (why: string) => Promise<Reply>;
}

interface Parts {
  readonly context: BankContext;
  readonly server: () => Promise<FapiServer>;
  readonly responseOf: (call: Call) => ServerResponse;
}

/** `/sca/<uid>`: login, what is asked for, and the choice of accounts; see `loginPage` in the kit for steps and form fields. */
export function pageRoutes(parts: Parts): Route[] {
  const pages = new Pages(parts.context);
  const within =
    (handle: (call: Call, door: Door) => Reply | Promise<Reply>) => async (call: Call, params: Readonly<Record<string, string>>) => {
      const door = await openDoor(call, params["uid"] ?? "", parts);
      return "status" in door ? door : handle(call, door);
    };
  const pattern = `${PAGES_PATH}/:uid`;
  return [
    { operation: "sca-page", method: "GET", pattern, handle: within((call, door) => pages.show(call, door)) },
    { operation: "sca-login", method: "POST", pattern: `${pattern}/login`, handle: within((call, door) => pages.logIn(call, door)) },
    { operation: "sca-decision", method: "POST", pattern: `${pattern}/decision`, handle: within((call, door) => pages.decide(call, door)) },
  ];
}

/** The door, or the page that says why there is none. */
async function openDoor(call: Call, uid: string, { context, server, responseOf }: Parts): Promise<Door | Reply> {
  const oauth = await server();
  const response = responseOf(call);
  const request = await oauth.requestOf(call.request, response).catch(() => undefined);
  if (request?.uid !== uid) return messagePage(context.settings.name, "Unknown link", "This link is unknown or has expired.", 404);
  const refuse = async (why: string) => redirectReply(await oauth.refuse(call.request, response, why));
  const consent = context.consents.get(request.consentId ?? "");
  if (!consent || !context.consents.mayBeAuthorised(consent)) return refuse("the consent is unknown or cannot be authorised");
  return {
    base: `${PAGES_PATH}/${uid}`,
    consent,
    refuse,
    approve: async (user, granted) => redirectReply(await oauth.approve(call.request, response, user, granted)),
  };
}

class Pages {
  readonly #context: BankContext;
  readonly #visits = new LoginVisits();

  constructor(context: BankContext) {
    this.#context = context;
  }

  show(call: Call, { base, consent }: Door): Reply {
    const { settings, ledger } = this.#context;
    const user = this.#visits.userAt(base, call);
    if (user === undefined) return loginPage({ bank: settings.name, base, ...(consent.user === undefined ? {} : { user: consent.user }) });
    const at = ledger.clock.nowMs();
    return consentPage({
      bank: settings.name,
      base,
      tpp: "Your finance app",
      userName: ledger.user(user)?.fullName ?? user,
      until: consent.expiration ?? "you end it",
      recurring: true,
      rights: consent.permissions.map(spelt),
      accounts: this.#offered(consent, user).map((book) => ({ id: book.account.id, label: label(book, at), checked: true })),
      selectable: consent.user === undefined,
      secondSignature: false,
    });
  }

  logIn(call: Call, { base, consent }: Door): Reply {
    const form = formOf(call);
    const page = { bank: this.#context.settings.name, base };
    const user = this.#context.ledger.authenticate(form.get("username") ?? "", form.get("password") ?? "");
    if (!user) return loginPage({ ...page, error: "User name or password is wrong." });
    if (consent.user !== undefined && consent.user !== user.name)
      return loginPage({ ...page, error: "This request is for another person.", user: consent.user });
    return redirectReply(base, { "set-cookie": this.#visits.open(base, user.name) });
  }

  async decide(call: Call, door: Door): Promise<Reply> {
    const { settings, consents } = this.#context;
    const { base, consent } = door;
    const user = this.#visits.userAt(base, call);
    if (user === undefined) return redirectReply(base);
    const form = formOf(call);
    const outcome = form.get("decision");
    if (outcome !== "approve" && outcome !== "refuse" && outcome !== "timeout")
      return messagePage(settings.name, "Nothing was chosen", "Please go back and choose.", 400);
    this.#visits.close(base);
    if (outcome === "timeout") return door.refuse("the person did not answer in time");
    if (outcome === "refuse") {
      consents.refuse(consent);
      return door.refuse("the person refused");
    }
    const chosen = form.getAll("account");
    return door.approve(user, (grantId) => consents.approve(consent, user, chosen.length > 0 ? chosen : undefined, grantId));
  }

  /** A re-authentication is for the accounts that were selected before. */
  #offered(consent: Consent, user: string): readonly AccountBook[] {
    const books = this.#context.ledger.booksOf(user);
    return consent.user === undefined ? books : books.filter(({ account }) => consent.accounts.includes(account.id));
  }
}

/** `ReadTransactionsDetail` as a person reads it. */
function spelt(permission: string): string {
  return permission
    .replace(/^Read/, "")
    .replace(/([a-z])(?=[A-Z])/g, "$1 ")
    .toLowerCase();
}

function label(book: AccountBook, at: number): string {
  const { displayName, name, iban, maskedPan, bban, currency } = book.account;
  return `${displayName ?? name} ${iban ?? maskedPan ?? bban ?? ""} (${formatMinor(book.balance(at).booked, currency)} ${currency})`;
}
