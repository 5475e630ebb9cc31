import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseBanks } from "../src/banks/load.ts";
import { connectors } from "../src/connectors/registry.ts";
import type { Clock } from "../src/domain/time.ts";
import type { SandboxBank } from "../src/sandbox/kit/sandbox-bank.ts";
import { benches, type BenchSetup } from "./contracts/connector-benches.ts";
import { ASKED_WITHIN, Bench } from "./contracts/connector-bench.ts";
import { connectorContract } from "./contracts/connector.contract.ts";

it("gives every clause an id of its own", () => {
  expect(new Set(connectorContract.map(({ id }) => id)).size).toBe(connectorContract.length);
  expect(connectorContract.length).toBeGreaterThanOrEqual(40);
});

describe.each(Object.keys(connectors) as (keyof typeof connectors)[])("%s", (standard) => {
  let bank: SandboxBank;
  beforeAll(async () => {
    bank = await benches[standard].start();
  });
  afterEach(() => bank.admin.clearFaults());
  afterAll(() => bank[Symbol.asyncDispose]());

  it("lacks only what some clause needs, and says why", () => {
    const { lacks }: BenchSetup = benches[standard];
    for (const [ability, reason] of Object.entries(lacks)) {
      expect(reason.length).toBeGreaterThan(20);
      expect(ASKED_WITHIN.some((one) => one === ability) || connectorContract.some(({ needs }) => needs === ability)).toBe(true);
    }
  });

  it.for(connectorContract)("$id $name", async ({ check, needs }, { skip }) => {
    const setup: BenchSetup = benches[standard];
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
