import type { GrantHandle } from "../../src/connectors/connector.ts";
import type { connectors } from "../../src/connectors/registry.ts";
import { startBerlinGroupBank } from "../../src/sandbox/berlin-group/bank.ts";
import type { SandboxBank } from "../../src/sandbox/kit/sandbox-bank.ts";

/** How the exam gets at one standard: a bank that speaks it, and the bank's id of a consent behind a handle. */
export interface BenchSetup {
  start(): Promise<SandboxBank>;
  consentIdOf(handle: GrantHandle): string;
}

export const benches = {
  BERLIN_GROUP: {
    start: () => startBerlinGroupBank({ businessCount: 1 }),
    consentIdOf: ({ data }) => String((JSON.parse(data.reveal()) as { consentId: unknown }).consentId),
  },
} satisfies Record<keyof typeof connectors, BenchSetup>;
