import type { GrantHandle } from "../../src/connectors/connector.ts";
import type { connectors } from "../../src/connectors/registry.ts";
import { startBerlinGroupBank } from "../../src/sandbox/berlin-group/bank.ts";
import { startPolishApiBank } from "../../src/sandbox/polish-api/bank.ts";
import { startUkOpenBankingBank } from "../../src/sandbox/uk-open-banking/bank.ts";
import type { SandboxBank } from "../../src/sandbox/kit/sandbox-bank.ts";
import { startStetBank } from "../../src/sandbox/stet/bank.ts";
import type { BankErrorCode } from "../../src/domain/failure.ts";
import type { FaultKind } from "../../src/sandbox/kit/faults/fault.ts";
import type { Ability } from "./connector-bench.ts";

/** How the exam gets at one standard: a bank that speaks it, and the bank's id of a consent behind a handle. */
export interface BenchSetup {
  start(): Promise<SandboxBank>;
  consentIdOf(handle: GrantHandle): string;
  /** Why the standard has no such thing. */
  readonly lacks: Readonly<Partial<Record<Ability, string>>>;
  /** Names of the operations, or the one, that list pending rows. */
  readonly pendingOperations: readonly string[];
  /** What the bank calls the call that proves a grant after the exchange, and the one that ends it. */
  readonly operations: { readonly proof: string; readonly revoke: string };
  /** How the bank can say, on a list of transactions, that the consent has ended, and what that is read as. @default {@link ENDINGS} */
  readonly endings?: readonly (readonly [FaultKind, BankErrorCode])[];
  /** Headers in which a request is named, and in which the person's presence is claimed. @default those of Berlin Group */
  readonly headers?: { readonly requestId: string; readonly presence: RegExp };
}

export const ENDINGS: NonNullable<BenchSetup["endings"]> = [
  ["consent-expired", "CONSENT_EXPIRED"],
  ["consent-expired-403", "CONSENT_EXPIRED"],
  ["consent-invalid", "CONSENT_INVALID"],
  ["consent-unknown", "CONSENT_INVALID"],
];
export const HEADERS: NonNullable<BenchSetup["headers"]> = { requestId: "x-request-id", presence: /^psu-/ };

const NO_CONTENT = "a list without rows is an empty list: 204 is no answer to a question for one";

const UK = {
  lacks: {
    "pending-grant": "the standard knows no second signatory for account information",
    "consent-status":
      "the token that a code is exchanged for is the proof; the status tells only how long it holds, and may lag or be missing",
    "joint-list": "every list has booked and pending rows, and no parameter asks for one kind: there is no other way to ask",
    "status-filter": "every list has booked and pending rows: a bank cannot refuse the one and give the other",
    "proof-call": "the token that a code is exchanged for is the proof; what is asked after it may fail without harm",
    "no-content": NO_CONTENT,
  },
  pendingOperations: ["transactions"],
  operations: { proof: "token", revoke: "consent-delete" },
  // 401 is a dead token first, with whatever reason; and an unknown consent cannot be told from an unknown account.
  endings: [
    ["consent-expired-403", "CONSENT_INVALID"],
    ["consent-invalid", "CONSENT_INVALID"],
  ],
  headers: { requestId: "x-fapi-interaction-id", presence: /^x-(fapi-customer-ip-address|customer-user-agent)$/ },
} as const satisfies Partial<BenchSetup>;

const POLISH = {
  consentIdOf: (handle: GrantHandle) => inHandle(handle, "consentId"),
  lacks: {
    "no-content": NO_CONTENT,
    "proof-call": "the answer of the token endpoint, with its scope_details, is the whole proof",
    "consent-status": "no operation tells the state of a consent: it follows from tokens and refusals",
    "pending-grant": "the person is sent back only when all have decided: until then nothing is told to the TPP",
    "value-dates": "rows have a trade date and a booking date, and no value date",
    "page-links": "pages are tokens (pageId) that go back in the body, not links to follow",
    "joint-list": "booked rows, pending ones and holds are lists of their own",
  },
  pendingOperations: ["transactions-pending", "holds"],
  operations: { proof: "token", revoke: "consent-delete" },
} as const satisfies Partial<BenchSetup>;

export const benches = {
  BERLIN_GROUP: {
    start: () => startBerlinGroupBank({ businessCount: 1 }),
    consentIdOf: (handle) => inHandle(handle, "consentId"),
    lacks: { "no-content": NO_CONTENT },
    pendingOperations: ["transactions"],
    operations: { proof: "consent-status", revoke: "consent-delete" },
  },
  POLISH_API: { start: () => startPolishApiBank({ businessCount: 1 }), ...POLISH },
  STET: {
    start: () => startStetBank({ businessCount: 1, dateForms: ["date-time", "date"] }),
    // The token is the consent: the bank has no other name for it.
    consentIdOf: (handle) => inHandle(handle, "accessToken"),
    lacks: {
      "consent-status": "the token is the consent: there is no resource whose status could lag behind it",
      "pending-grant": "nothing in the standard waits for a second signatory: the person comes back with a code or not at all",
      "opening-call": "opening sends nothing to the bank: the person goes straight to its authorisation page",
      "status-filter": "rows of every status come in one answer, and no parameter asks for some of them",
      "account-status": "accounts have no status: that one is blocked shows where its data is asked for",
      "savings-type": "cashAccountType knows CACC and CARD only",
    },
    pendingOperations: ["transactions"],
    operations: { proof: "accounts", revoke: "token-revocation" },
  },
  UK_OPEN_BANKING: {
    start: () => startUkOpenBankingBank({ businessCount: 1 }),
    consentIdOf: (handle) => inHandle(handle, "consentId"),
    ...UK,
  },
} satisfies Record<keyof typeof connectors, BenchSetup>;

/** Other versions and flows of a standard, put to the same exam. */
export const variants = {
  "POLISH_API 2.1.2, numbers without country, exchanged token": {
    standard: "POLISH_API",
    setup: { start: () => startPolishApiBank({ version: "2.1.2", numbers: "nrb", flow: "exchange", businessCount: 1 }), ...POLISH },
  },
  "UK_OPEN_BANKING 3.1.11, pushed requests, client secret": {
    standard: "UK_OPEN_BANKING",
    setup: {
      start: () => startUkOpenBankingBank({ version: "3.1", flow: "par", businessCount: 1, auth: { method: "client_secret_basic" } }),
      consentIdOf: (handle) => inHandle(handle, "consentId"),
      ...UK,
    },
  },
} satisfies Record<string, { standard: keyof typeof connectors; setup: BenchSetup }>;

function inHandle({ data }: GrantHandle, name: string): string {
  return String((JSON.parse(data.reveal()) as Record<string, unknown>)[name]);
}
