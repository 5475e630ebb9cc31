import { createHash, randomBytes } from "node:crypto";
import type {
  BankAccount,
  Connector,
  GrantHandle,
  GrantRequest,
  OpenedGrant,
  ReturnedGrant,
  TransactionPage,
} from "../../src/connectors/connector.ts";
import type { ConsentScope } from "../../src/domain/bank.ts";
import { BankError } from "../../src/domain/failure.ts";
import { addDays, dayIn, type Clock, type Day } from "../../src/domain/time.ts";
import type { PsuContext } from "../../src/domain/update.ts";
import type { SandboxBank } from "../../src/sandbox/kit/sandbox-bank.ts";
import type { TransactionJson, UserJson } from "../../src/sandbox/ledger/from-json.ts";
import { actAsPerson } from "../../src/sandbox/person.ts";
import { ENDINGS, HEADERS, type BenchSetup } from "./connector-benches.ts";

/**
 * What not every standard has. A clause that `needs` one of these is not put to a standard that lacks it; its bench says why.
 * `consent-status`: a status of the consent decides whether it is given · `pending-grant`: the person comes back before all is decided ·
 * `value-dates`: rows have a value date · `page-links`: pages are URLs of the bank · `joint-list`: booked and pending rows in one answer ·
 * `status-filter`: rows can be asked for by status · `proof-call`: the bank is asked after the exchange whether the grant is in force ·
 * `opening-call`: a consent is opened by a call to the bank · `account-status`: the list tells that an account is blocked ·
 * `savings-type`: the list tells savings from current accounts · `no-content`: 204 says that a list is empty
 */
export type Ability =
  | "consent-status"
  | "pending-grant"
  | "value-dates"
  | "page-links"
  | "joint-list"
  | "status-filter"
  | "proof-call"
  | "opening-call"
  | "account-status"
  | "savings-type"
  | "no-content";

/** Those that clauses ask for within, instead of needing them as a whole. */
export const ASKED_WITHIN: readonly Ability[] = ["value-dates", "account-status", "savings-type", "no-content"];

/** One rule that every connector keeps, checked against a bank that really answers. */
export interface Clause {
  readonly id: `${"GR" | "AC" | "TX" | "ER" | "HD"}-${number}`;
  readonly name: `MUST ${string}`;
  readonly needs?: Ability;
  check(bench: Bench): Promise<void>;
}

/** What a sandbox bank of any standard offers to a test. */
export type BenchBank = Pick<SandboxBank, "admin" | "clock" | "baseUrl">;

type AccountJson = UserJson["accounts"][number];

export const PSU: PsuContext = { ipAddress: "192.0.2.17", userAgent: "Contract/1.0", acceptLanguage: "de" };
export const ALL_SCOPES: readonly ConsentScope[] = ["ACCOUNTS", "BALANCES", "TRANSACTIONS", "IDENTITY"];
const CALLBACK = "http://127.0.0.1:4999/callback/bank";
let people = 0;

/** A connector of its own for each clause, on a bank that clauses share: each brings its own people. */
export class Bench {
  readonly bank: BenchBank;
  readonly connector: Connector;
  readonly clock: Clock;
  /** The bank's own id of the consent behind a handle. */
  readonly consentIdOf: (handle: GrantHandle) => string;
  readonly has: (ability: Ability) => boolean;
  /** Operations whose refusal leaves the hub without any pending row. */
  readonly pendingOperations: readonly string[];
  readonly operations: BenchSetup["operations"];
  readonly endings: NonNullable<BenchSetup["endings"]>;
  readonly headers: NonNullable<BenchSetup["headers"]>;
  readonly signal = new AbortController().signal;

  constructor(parts: { readonly bank: BenchBank; readonly connector: Connector; readonly clock: Clock; readonly setup: BenchSetup }) {
    this.bank = parts.bank;
    this.connector = parts.connector;
    this.clock = parts.clock;
    this.consentIdOf = parts.setup.consentIdOf;
    this.has = (ability) => parts.setup.lacks[ability] === undefined;
    this.pendingOperations = parts.setup.pendingOperations;
    this.operations = parts.setup.operations;
    this.endings = parts.setup.endings ?? ENDINGS;
    this.headers = parts.setup.headers ?? HEADERS;
  }

  /** A new person at the bank; the login name, which is the password too. */
  person(accounts: readonly AccountJson[], options: Partial<Omit<UserJson, "accounts" | "name">> = {}): string {
    const name = `person-${String((people += 1))}`;
    return this.bank.admin.addUser({ name, fullName: `Person Number ${String(people)}`, ...options, accounts: [...accounts] }).name;
  }

  today(): Day {
    return dayIn("Europe/Berlin", this.clock.now());
  }

  async open(scopes: readonly ConsentScope[] = ALL_SCOPES): Promise<{ opened: OpenedGrant; returned: Omit<ReturnedGrant, "parameters"> }> {
    const [state, codeVerifier, nonce] = [randomText(), randomText(), randomText()];
    const request: GrantRequest = {
      ...{ scopes, state, codeVerifier, nonce, redirectUri: CALLBACK, psuType: "PERSONAL", psu: PSU, renews: null },
      validUntil: addDays(this.today(), 89),
    };
    const opened = await this.connector.openGrant(request, this.signal);
    return { opened, returned: { handle: opened.handle, state, codeVerifier, nonce, redirectUri: CALLBACK, psu: PSU } };
  }

  /** The person goes through the bank's pages; what the browser brings back. */
  async decide(url: string, user: string, decision: "approve" | "refuse" = "approve"): Promise<Record<string, string>> {
    const { redirectedTo, lastPage } = await actAsPerson({ url, user, decision });
    if (!redirectedTo) throw new Error(`the bank's pages led nowhere: ${lastPage.slice(0, 300)}`);
    return Object.fromEntries([...redirectedTo.searchParams, ...new URLSearchParams(redirectedTo.hash.slice(1))]);
  }

  /** The whole round trip. */
  async grant(user: string, scopes: readonly ConsentScope[] = ALL_SCOPES): Promise<GrantHandle> {
    const { opened, returned } = await this.open(scopes);
    const parameters = await this.decide(opened.authorizationUrl, user);
    const done = await this.connector.completeGrant({ ...returned, parameters }, this.signal);
    if (done.outcome !== "GIVEN") throw new Error(`expected GIVEN, got ${done.outcome}`);
    return done.handle;
  }

  /** A person with these rows on one account, the grant, and the account. */
  async account(
    rows: readonly TransactionJson[],
    account: Partial<AccountJson> = {},
  ): Promise<{ handle: GrantHandle; account: BankAccount; user: string; internalId: string }> {
    const internalId = `acc-${randomText().slice(0, 8)}`;
    const user = this.person([{ id: internalId, iban: iban(), transactions: [...rows], ...account }]);
    const handle = await this.grant(user);
    const { accounts } = await this.connector.accounts({ handle, psu: PSU }, this.signal);
    const [only] = accounts;
    if (!only) throw new Error("the bank lists no account");
    return { handle, account: only, user, internalId };
  }

  /** `count` rows, the newest yesterday, eight a day. */
  rows(count: number, amount: (index: number) => string = (index) => `-${String(index)}.10`): TransactionJson[] {
    return Array.from({ length: count }, (_, index) => ({
      id: `t-${String(people)}-${String(index)}`,
      amount: amount(index + 1),
      enteredAt: this.ago(1 + Math.floor(index / 8), index % 8),
      party: { name: `Shop ${String(index)}` },
      remittance: [`Invoice ${String(index)}`],
    }));
  }

  /** Noon UTC some days ago, plus minutes. */
  ago(days: number, minutes = 0): string {
    return new Date(Date.parse(`${addDays(this.today(), -days)}T12:00:00Z`) + minutes * 60_000).toISOString();
  }

  async pages(
    handle: GrantHandle,
    account: BankAccount,
    window: { from?: Day | null; to?: Day | null; psu?: PsuContext | null } = {},
  ): Promise<{ rows: TransactionPage["rows"]; quarantined: TransactionPage["quarantined"]; pages: readonly TransactionPage[] }> {
    const pages: TransactionPage[] = [];
    const { from = addDays(this.today(), -80), to = null, psu = PSU } = window;
    for (let cursor: string | null = null; pages.length < 50;) {
      const request = { account, from, to, cursor, entryReferenceFrom: null };
      const page: TransactionPage = await this.connector.transactions({ handle, psu }, request, this.signal);
      pages.push(page);
      cursor = page.next;
      if (cursor === null) break;
    }
    return { rows: pages.flatMap((page) => page.rows), quarantined: pages.flatMap((page) => page.quarantined), pages };
  }

  truth(user: string): ReturnType<BenchBank["admin"]["truth"]>["accounts"] {
    return this.bank.admin.truth(user).accounts;
  }
}

/** The BankError that a call ends in; anything else fails the clause. */
export async function bankErrorOf(call: Promise<unknown>): Promise<BankError> {
  const outcome: unknown = await call.then(
    () => null,
    (error: unknown) => error,
  );
  if (outcome instanceof BankError) return outcome;
  throw new Error(outcome === null ? "expected a BankError, but the call succeeded" : "expected a BankError", { cause: outcome });
}

/** A valid German IBAN of a bank code that nobody has. */
export function iban(): string {
  const bban = `10099900${String(Number.parseInt(randomBytes(4).toString("hex"), 16)).padStart(10, "0")}`;
  const check = 98n - (BigInt(`${bban}131400`) % 97n);
  return `DE${String(check).padStart(2, "0")}${bban}`;
}

function randomText(): string {
  return createHash("sha256").update(randomBytes(32)).digest("base64url");
}
