import { formOf, redirectReply, type Call, type Reply } from "../kit/http-message.ts";
import { consentPage, loginPage, messagePage } from "../kit/pages/consent-pages.ts";
import { LoginVisits } from "../kit/pages/login-visits.ts";
import type { AccountBook } from "../ledger/account-book.ts";
import { formatMinor } from "../ledger/money.ts";
import { offeredAccounts, rightLabels } from "./consent-access.ts";
import type { Consent } from "./consent.ts";
import type { BankContext } from "./context.ts";

export type Outcome = "approve" | "refuse" | "timeout";

/** One way into the pages (OAuth interaction, redirect link, app): what is asked, and where the browser goes afterwards. */
export interface Door {
  readonly base: string;
  /** Undefined: no consent is decided here, only a login (OAuth pre-step). */
  readonly consent: Consent | undefined;
  /** Login name shown or demanded. */
  readonly expectedUser: string | undefined;
  readonly finish: (outcome: Outcome, user: string) => Promise<Reply> | Reply;
}

/** The bank's pages for a person; see `loginPage` in the kit for steps and form fields. */
export class ScaPages {
  readonly #context: BankContext;
  readonly #visits = new LoginVisits();

  constructor(context: BankContext) {
    this.#context = context;
  }

  show(call: Call, door: Door): Reply {
    const bank = this.#context.settings.name;
    if (door.consent && door.consent.status !== "received")
      return messagePage(bank, "This link is used up", `The request is already ${door.consent.status}.`, 410);
    const user = this.#visits.userAt(door.base, call);
    if (user === undefined)
      return loginPage({ bank, base: door.base, ...(door.expectedUser === undefined ? {} : { user: door.expectedUser }) });
    return this.#consentPage(door, user);
  }

  logIn(call: Call, door: Door): Reply {
    const form = formOf(call);
    const user = this.#context.ledger.authenticate(form.get("username") ?? "", form.get("password") ?? "");
    const page = { bank: this.#context.settings.name, base: door.base };
    if (!user) return loginPage({ ...page, error: "User name or password is wrong." });
    if (door.expectedUser !== undefined && door.expectedUser !== user.name)
      return loginPage({ ...page, error: "This request is for another person.", user: door.expectedUser });
    for (const authorisation of door.consent?.authorisations ?? [])
      if (authorisation.status === "received") authorisation.status = "psuAuthenticated";
    return redirectReply(door.base, { "set-cookie": this.#visits.open(door.base, user.name) });
  }

  async decide(call: Call, door: Door): Promise<Reply> {
    const user = this.#visits.userAt(door.base, call);
    if (user === undefined) return redirectReply(door.base);
    const form = formOf(call);
    const outcome = form.get("decision");
    if (outcome !== "approve" && outcome !== "refuse" && outcome !== "timeout")
      return messagePage(this.#context.settings.name, "Nothing was chosen", "Please go back and choose.", 400);
    const { consent } = door;
    if (consent && consent.status !== "received") return this.show(call, door);
    if (consent && outcome === "approve" && this.#offered(consent, user).length === 0)
      return messagePage(this.#context.settings.name, "No account fits", "None of your accounts was asked for.", 409);
    this.#visits.close(door.base);
    if (consent) applyOutcome(this.#context, consent, outcome, user, form.getAll("account"));
    return door.finish(outcome, user);
  }

  /** The page after which no redirect follows. */
  done(text: string): Reply {
    return messagePage(this.#context.settings.name, "Done", text);
  }

  gone(): Reply {
    return messagePage(this.#context.settings.name, "Unknown link", "This link is unknown or has expired.", 404);
  }

  #consentPage(door: Door, user: string): Reply {
    const { settings, ledger } = this.#context;
    const person = ledger.user(user);
    const { consent } = door;
    return consentPage({
      bank: settings.name,
      base: door.base,
      tpp: consent?.tppName ?? "Your finance app",
      userName: person?.fullName ?? user,
      until: consent?.validUntil ?? "you log in again",
      recurring: consent?.recurring ?? true,
      rights: consent ? rightLabels(consent.access) : ["sign-in for account information"],
      accounts: consent
        ? this.#offered(consent, user).map((book) => ({ id: book.account.id, label: label(book, ledger.clock.nowMs()), checked: true }))
        : [],
      selectable: consent?.access.model === "bank-offered",
      secondSignature: person?.needsSecondSignature ?? false,
    });
  }

  #offered(consent: Consent, user: string): AccountBook[] {
    return offeredAccounts(consent.access, this.#context.ledger.booksOf(user));
  }
}

export function applyOutcome(context: BankContext, consent: Consent, outcome: Outcome, user: string, chosen: readonly string[]): void {
  if (outcome === "approve") context.consents.approve(consent, user, chosen.length > 0 ? chosen : undefined);
  else if (outcome === "refuse") context.consents.refuse(consent);
  else context.consents.abandon(consent);
}

function label(book: AccountBook, at: number): string {
  const { account } = book;
  return `${account.displayName ?? account.name} ${account.iban ?? account.maskedPan ?? account.bban ?? ""} (${formatMinor(book.balance(at).booked, account.currency)} ${account.currency})`;
}
