import type { GrantHandle } from "../../src/connectors/connector.ts";
import type { connectors } from "../../src/connectors/registry.ts";
import { startBerlinGroupBank } from "../../src/sandbox/berlin-group/bank.ts";
import { startPolishApiBank } from "../../src/sandbox/polish-api/bank.ts";
import type { SandboxBank } from "../../src/sandbox/kit/sandbox-bank.ts";
import type { Ability } from "./connector-bench.ts";

/** How the exam gets at one standard: a bank that speaks it, and the bank's id of a consent behind a handle. */
export interface BenchSetup {
  start(): Promise<SandboxBank>;
  consentIdOf(handle: GrantHandle): string;
  /** Why the standard has no such thing. */
  readonly lacks: Readonly<Partial<Record<Ability, string>>>;
  /** Names of the operations, or the one, that list pending rows. */
  readonly pendingOperations: readonly string[];
}

export const benches = {
  BERLIN_GROUP: {
    start: () => startBerlinGroupBank({ businessCount: 1 }),
    consentIdOf,
    lacks: {},
    pendingOperations: ["transactions"],
  },
  POLISH_API: {
    start: () => startPolishApiBank({ businessCount: 1 }),
    consentIdOf,
    lacks: {
      "consent-status": "no operation tells the state of a consent: it follows from tokens and refusals",
      "pending-grant": "the person is sent back only when all have decided: until then nothing is told to the TPP",
      "value-dates": "rows have a trade date and a booking date, and no value date",
      "page-links": "pages are tokens (pageId) that go back in the body, not links to follow",
      "joint-list": "booked rows, pending ones and holds are lists of their own",
    },
    pendingOperations: ["transactions-pending", "holds"],
  },
} satisfies Record<keyof typeof connectors, BenchSetup>;

/** Connectors keep the bank's id under this name. */
function consentIdOf({ data }: GrantHandle): string {
  return String((JSON.parse(data.reveal()) as { consentId: unknown }).consentId);
}
