import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseBanks } from "../src/banks/load.ts";
import { connectors } from "../src/connectors/registry.ts";
import type { Clock } from "../src/domain/time.ts";
import type { SandboxBank } from "../src/sandbox/kit/sandbox-bank.ts";
import { benches, variants, type BenchSetup } from "./contracts/connector-benches.ts";
import { ASKED_WITHIN, Bench } from "./contracts/connector-bench.ts";
import { connectorContract } from "./contracts/connector.contract.ts";

it("gives every clause an id of its own", () => {
  expect(new Set(connectorContract.map(({ id }) => id)).size).toBe(connectorContract.length);
  expect(connectorContract.length).toBeGreaterThanOrEqual(40);
});

const exams: readonly (readonly [string, { readonly standard: keyof typeof connectors; readonly setup: BenchSetup }])[] = [
  ...(Object.keys(connectors) as (keyof typeof connectors)[]).map(
    (standard) => [standard, { standard, setup: benches[standard] }] as const,
  ),
  ...Object.entries(variants),
];

describe.each(exams)("%s", (_name, { standard, setup }) => {
  let bank: SandboxBank;
  beforeAll(async () => {
    bank = await setup.start();
  });
  afterEach(() => bank.admin.clearFaults());
  afterAll(() => bank[Symbol.asyncDispose]());

  it("lacks only what some clause needs, and says why", () => {
    const { lacks } = setup;
    for (const [ability, reason] of Object.entries(lacks)) {
      expect(reason.length).toBeGreaterThan(20);
      expect(ASKED_WITHIN.some((one) => one === ability) || connectorContract.some(({ needs }) => needs === ability)).toBe(true);
    }
  });

  it.for(connectorContract)("$id $name", async ({ check, needs }, { skip }) => {
    const reason = needs && setup.lacks[needs];
    skip(reason !== undefined, `${standard} has no ${needs ?? ""}: ${reason ?? ""}`);
    const clock: Clock = { now: () => bank.clock.nowMs() };
    const [entry] = parseBanks([bank.entry], "the sandbox bank", { environment: "SANDBOX", unattendedCallsPerDay: 4 });
    if (!entry) throw new Error("the sandbox bank's entry was not read");
    const connector = connectors[standard](entry, { clock });
    try {
      await check(new Bench({ bank, connector, clock, setup }));
    } finally {
      await connector.close();
    }
  });
});
