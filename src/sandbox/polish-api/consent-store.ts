import { randomBytes, randomUUID } from "node:crypto";
import type { AccountBook } from "../ledger/account-book.ts";
import { DAY } from "../ledger/calendar.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { isNamed, numberOf } from "./account-number.ts";
import { LIST_OPERATIONS, type AskedPrivilege, type ScopeDetails } from "./bodies.ts";
import type { AccessToken, AccountOperation, Consent, GrantedAccount, RefreshToken, Right } from "./consent.ts";
import type { Settings } from "./options.ts";

const CODE_LIFE = 10 * 60_000;

/** All consents and tokens, and the only place that changes them: asked → (awaiting a second signature →) given → ended, or asked → refused. */
export class ConsentStore {
  readonly #byId = new Map<string, Consent>();
  readonly #byVisit = new Map<string, Consent>();
  readonly #byCode = new Map<string, Consent>();
  readonly #access = new Map<string, AccessToken>();
  readonly #refresh = new Map<string, RefreshToken>();
  readonly #ledger: Ledger;
  readonly #settings: Settings;

  constructor(ledger: Ledger, settings: Settings) {
    this.#ledger = ledger;
    this.#settings = settings;
  }

  get #now(): number {
    return this.#ledger.clock.nowMs();
  }

  ask(details: ScopeDetails, way: { readonly redirectUri: string; readonly state: string }): Consent {
    const numbers = details.privilegeList.map(({ accountNumber }) => accountNumber);
    const named = numbers.filter((number) => number !== undefined);
    const consent: Consent = {
      ...way,
      id: details.consentId,
      scope: details.scopeGroupType === "ais" ? "ais" : "ais-accounts",
      askedAt: this.#now,
      timeLimit: Math.min(Date.parse(details.scopeTimeLimit), this.#now + this.#settings.maxConsentDays * DAY),
      wanted: named.length > 0 ? named : undefined,
      asked: new Map(details.privilegeList.map((privilege) => [privilege.accountNumber, rightsOf(privilege)])),
      visit: randomUUID(),
      ...{ status: "asked", user: undefined, scaAt: undefined, accounts: [], code: undefined },
    };
    this.#byId.set(consent.id, consent);
    this.#byVisit.set(consent.visit, consent);
    return consent;
  }

  get(id: string): Consent | undefined {
    return this.#byId.get(id);
  }

  atVisit(visit: string): Consent | undefined {
    const consent = this.#byVisit.get(visit);
    if (consent?.status === "asked" && this.#now > consent.askedAt + this.#settings.scaTimeoutMinutes * 60_000) consent.status = "refused";
    return consent;
  }

  /** Accounts of a person that the request lets them share. */
  offered(consent: Consent, user: string): readonly AccountBook[] {
    const { wanted } = consent;
    const open = this.#ledger.booksOf(user).filter(({ account }) => account.status !== "deleted");
    return wanted === undefined ? open : open.filter(({ account }) => wanted.some((number) => isNamed(account, number)));
  }

  /** The person agreed. `chosen`: internal ids; none = all offered. */
  approve(consent: Consent, user: string, chosen: readonly string[]): void {
    const books = this.offered(consent, user).filter(({ account }) => chosen.length === 0 || chosen.includes(account.id));
    consent.user = user;
    consent.accounts = books.map((book) => this.#granted(consent, book));
    consent.scaAt = this.#now;
    if (this.#ledger.user(user)?.needsSecondSignature) consent.status = "awaiting-signature";
    else this.#give(consent);
  }

  cosign(consent: Consent): void {
    if (consent.status === "awaiting-signature") this.#give(consent);
  }

  refuse(consent: Consent): void {
    if (consent.status === "asked") consent.status = "refused";
  }

  end(consent: Consent): void {
    consent.status = "ended";
  }

  /** What an exchanged token opens: the same person, without another SCA. */
  exchange(from: Consent, details: ScopeDetails): Consent {
    const consent = this.ask(details, { redirectUri: from.redirectUri, state: from.state });
    consent.user = from.user;
    consent.scaAt = from.scaAt;
    consent.accounts = this.offered(consent, from.user ?? "").map((book) => this.#granted(consent, book));
    consent.status = "given";
    return consent;
  }

  /** The consent behind a code that is good; a code used twice ends what it opened (RFC 6749, 4.1.2). */
  redeem(code: string, redirectUri: string): Consent | undefined {
    const consent = this.#byCode.get(code);
    if (!consent?.code || consent.status !== "given" || consent.redirectUri !== redirectUri) return undefined;
    if (consent.code.used) this.end(consent);
    if (consent.code.used || this.#now > consent.code.expiresAt) return undefined;
    consent.code.used = true;
    return consent;
  }

  issue(consent: Consent): { readonly access: string; readonly refresh: string } {
    const [access, refresh] = [randomBytes(24).toString("base64url"), randomBytes(24).toString("base64url")];
    const life = Math.min(this.#settings.accessTokenTtl * 1000, Math.max(0, consent.timeLimit - this.#now));
    this.#access.set(access, { value: access, consent, expiresAt: this.#now + life });
    this.#refresh.set(refresh, { consent, used: false });
    return { access, refresh };
  }

  /** The consent of a refresh token, which is then used up. */
  rotate(refresh: string): Consent | undefined {
    const found = this.#refresh.get(refresh);
    if (!found || found.used || found.consent.status !== "given" || this.#now >= found.consent.timeLimit) return undefined;
    found.used = true;
    return found.consent;
  }

  token(value: string): AccessToken | undefined {
    return this.#access.get(value);
  }

  #give(consent: Consent): void {
    consent.status = "given";
    consent.code = { value: randomBytes(18).toString("base64url"), expiresAt: this.#now + CODE_LIFE, used: false };
    this.#byCode.set(consent.code.value, consent);
  }

  #granted(consent: Consent, { account }: AccountBook): GrantedAccount {
    const named = [...consent.asked].find(([number]) => number !== undefined && isNamed(account, number));
    const asked = named?.[1] ?? consent.asked.get(undefined) ?? new Map<AccountOperation, Omit<Right, "used">>();
    const rights = new Map([...asked].map(([operation, right]) => [operation, { ...right, used: false }]));
    return { accountId: account.id, number: numberOf(account, this.#settings), rights };
  }
}

function rightsOf(privilege: AskedPrivilege): ReadonlyMap<AccountOperation, Omit<Right, "used">> {
  const rights = new Map<AccountOperation, Omit<Right, "used">>();
  for (const operation of ["getAccount", "getTransactionDetail"] as const) {
    const asked = privilege[`ais:${operation}`];
    if (asked) rights.set(operation, { limit: asked.scopeUsageLimit ?? "multiple", history: null });
  }
  for (const operation of LIST_OPERATIONS) {
    const asked = privilege[`ais:${operation}`];
    if (asked) rights.set(operation, { limit: asked.scopeUsageLimit ?? "multiple", history: asked.maxAllowedHistoryLong });
  }
  return rights;
}
