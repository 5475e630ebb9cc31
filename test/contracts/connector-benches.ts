import type { GrantHandle } from "../../src/connectors/connector.ts";
import type { connectors } from "../../src/connectors/registry.ts";
import { startBerlinGroupBank } from "../../src/sandbox/berlin-group/bank.ts";
import { startPolishApiBank } from "../../src/sandbox/polish-api/bank.ts";
import type { SandboxBank } from "../../src/sandbox/kit/sandbox-bank.ts";
import { startStetBank } from "../../src/sandbox/stet/bank.ts";
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
}

const NO_CONTENT = "a list without rows is an empty list: 204 is no answer to a question for one";

export const benches = {
  BERLIN_GROUP: {
    start: () => startBerlinGroupBank({ businessCount: 1 }),
    consentIdOf: (handle) => inHandle(handle, "consentId"),
    lacks: { "no-content": NO_CONTENT },
    pendingOperations: ["transactions"],
    operations: { proof: "consent-status", revoke: "consent-delete" },
  },
  POLISH_API: {
    start: () => startPolishApiBank({ businessCount: 1 }),
    consentIdOf: (handle) => inHandle(handle, "consentId"),
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
  },
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
} satisfies Record<keyof typeof connectors, BenchSetup>;

function inHandle({ data }: GrantHandle, name: string): string {
  return String((JSON.parse(data.reveal()) as Record<string, unknown>)[name]);
}
