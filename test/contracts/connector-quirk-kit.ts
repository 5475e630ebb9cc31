import { createVerify } from "node:crypto";
import type { Connector, GrantRequest } from "../../src/connectors/connector.ts";
import type { BankConnection } from "../../src/domain/bank.ts";
import { BankError } from "../../src/domain/failure.ts";
import { SandboxCa } from "../../src/sandbox/pki/sandbox-ca.ts";
import { PSU } from "./connector-bench.ts";
import { handleOf, type Received, type Script, type Scripted } from "./connector-scripted-bank.ts";

/** One row of what banks do otherwise (standards.md section 8): what the bank answers, the options that meet it, and what must come of it. */
export interface Quirk {
  /** The section of the row. */
  readonly row: `8.${number}`;
  readonly bank: string;
  /** Options of the profile; none = recognised without any. */
  readonly profile?: BankConnection["profile"];
  readonly auth?: Partial<BankConnection["auth"]>;
  readonly sign?: boolean;
  readonly script: Script;
  act(parts: { readonly connector: Connector; readonly received: readonly Received[]; readonly origin: string }): Promise<unknown>;
  /** As `toMatchObject` takes it. */
  readonly expected: object;
}

const signal = new AbortController().signal;
export const OWN_IBAN = "DE89370400440532013000";
const memory = { v: 1, card: false, balances: null, transactions: null, debitAccounting: null, onlyCurrency: null, iban: OWN_IBAN };
export const ACCOUNT = {
  resourceId: "a-1",
  connectorData: JSON.stringify({ ...memory, owners: ["Anna Muster"], person: null }),
  currency: "EUR",
};
export const CARD = { ...ACCOUNT, connectorData: JSON.stringify({ ...memory, iban: null, card: true, owners: [], person: null }) };
export const call = { handle: handleOf(), psu: PSU };

export const request: GrantRequest = {
  ...{ scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS"], psuType: "PERSONAL", psu: PSU, renews: null, validUntil: "2027-12-31" },
  ...{ state: "s".repeat(43), codeVerifier: "v".repeat(43), nonce: "n", redirectUri: "https://hub.example/callback/x" },
};
export const returned = {
  ...{ state: request.state, codeVerifier: request.codeVerifier, nonce: "n", redirectUri: request.redirectUri, psu: PSU },
};

type About = Pick<Quirk, "row" | "bank"> & Partial<Pick<Quirk, "profile" | "auth" | "sign">>;

/** Every page of one list. */
export async function listed(connector: Connector, account = ACCOUNT, psu: typeof PSU | null = PSU) {
  const pages = [];
  for (let cursor: string | null = null; pages.length < 20;) {
    const list = { account, from: "2026-11-01", to: "2026-11-20", cursor, entryReferenceFrom: "E-1" } as const;
    const page = await connector.transactions({ handle: handleOf(), psu }, list, signal);
    pages.push(page);
    cursor = page.next;
    if (cursor === null) break;
  }
  return { pages, rows: pages.flatMap(({ rows }) => rows), quarantined: pages.flatMap(({ quarantined }) => quarantined) };
}

/** A booked row as the bank prints it, in a whole answer; what the row is read to. */
export function row(about: About, wire: object, expected: object): Quirk {
  return list(about, { transactions: { booked: [{ ...PLAIN, ...wire }] } }, { rows: [expected], quarantined: [] });
}

export const PLAIN = { transactionId: "t-1", bookingDate: "2026-11-19", transactionAmount: { amount: "-1.00", currency: "EUR" } };

/** A whole answer of transactions, and what it is read to. */
export function list(about: About, body: unknown, expected: object, account = ACCOUNT): Quirk {
  return { ...about, script: () => ({ body }), expected, act: ({ connector }) => listed(connector, account) };
}

/** An answer to one operation, and the failure that it is. */
export function refusal(
  about: About,
  answer: Scripted,
  failure: string,
  operation: "transactions" | "accounts" | "consent" | "open" = "transactions",
): Quirk {
  return {
    ...about,
    script: () => answer,
    expected: { failed: failure },
    act: async ({ connector }) => {
      const calls = {
        transactions: () => listed(connector),
        accounts: () => connector.accounts(call, signal),
        consent: () => connector.grantState(call, signal),
        open: () => connector.openGrant(request, signal),
      };
      return outcomeOf(calls[operation]());
    },
  };
}

/** Account lists, and what they are read to. */
export function accounts(about: About, wire: readonly object[], expected: readonly object[], cards: readonly object[] = []): Quirk {
  const script: Script = ({ path }) => ({ body: path.endsWith("/card-accounts") ? { cardAccounts: cards } : { accounts: wire } });
  return {
    ...about,
    script,
    expected,
    act: async ({ connector }) => (await connector.accounts(call, signal)).accounts,
  };
}

/** What the hub sends, at a bank that answers everything; `pick` says what of it matters. */
export function sent(
  about: About,
  pick: (received: readonly Received[]) => unknown,
  expected: object,
  psu: typeof PSU | null = PSU,
): Quirk {
  return {
    ...about,
    script: willing,
    expected,
    act: async ({ connector, received }) => {
      const { handle } = await connector.openGrant({ ...request, psu }, signal);
      await connector.grantState({ handle, psu }, signal);
      await connector.accounts({ handle, psu }, signal);
      await connector.balances({ handle, psu }, ACCOUNT, signal);
      await listed(connector, ACCOUNT, psu);
      await connector.revoke({ handle, psu }, signal);
      return pick(received);
    },
  };
}

/** A bank that answers every call of the standard, with two pages of transactions. */
export const willing: Script = ({ method, path, query }) => {
  if (method === "POST" && path.endsWith("/consents"))
    return { status: 201, body: { consentId: "c-1", _links: { scaRedirect: { href: "http://bank.example/sca" } } } };
  if (method === "DELETE") return { status: 204 };
  if (path.endsWith("/status")) return { body: { consentStatus: "valid" } };
  if (path.includes("/consents/")) return { body: { validUntil: "2027-05-20" } };
  if (path.endsWith("/balances")) return { body: { balances: [] } };
  if (!path.endsWith("/transactions")) return { body: { accounts: [], cardAccounts: [] } };
  const more = query.has("page") ? {} : { _links: { next: { href: `${path}?page=2` } } };
  return { body: { transactions: { booked: [{ ...PLAIN, transactionId: query.get("page") ?? "1" }], ...more } } };
};

export async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => {
    if (!(error instanceof BankError)) throw error;
    return { failed: `${error.failure} ${error.code}`, bankCode: error.bankCode, servedDays: error.servedDays };
  });
}

export const SEAL = new SandboxCa("Seal CA").issue({ subject: { CN: "hub", O: "Hub" }, use: "client" });

/** The parts of the Signature header of the consent request, and whether it is right over what was received, at `path` where that differs. */
export function signed(received: readonly Received[], path = "/psd2/v1/consents"): object {
  const one = received.find(({ method }) => method === "POST");
  const text = String(one?.headers["signature"] ?? "");
  const parts = Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]));
  const lines = (parts["headers"] ?? "").split(" ").map((name) => {
    const value = /request-target/.test(name) ? `post ${path}` : String(one?.headers[name] ?? "");
    return `${name}: ${value}`;
  });
  const valid = createVerify("SHA256")
    .update(lines.join("\n"))
    .verify(SEAL.cert, parts["signature"] ?? "", "base64");
  return { ...parts, valid };
}
