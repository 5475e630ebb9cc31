import { describe, expect, it } from "vitest";
import { startBerlinGroupBank } from "../../src/sandbox/berlin-group/bank.ts";
import { databases } from "../databases.ts";
import { advance, bookedReferences, createUpdate, giveConsent, hubProcesses, statusOf, trueReferences } from "./processes.ts";

const ROWS = 4_000;
const KILL_AFTER = 1_000;

describe.each(databases.filter(({ name }) => name === "PostgreSQL"))("gateways and workers on one $name", ({ open }) => {
  it(
    "share the work: what one gateway takes a worker does and another gateway streams, and a second worker takes over from a dead one",
    { timeout: 120_000 },
    async () => {
      await using bank = await startBerlinGroupBank({ businessCount: ROWS, bigPageSize: 100 });
      await using processes = hubProcesses(bank, await open());
      const here = await processes.start({ role: "gateway" });
      const there = await processes.start({ role: "gateway" });
      const consent = await giveConsent(here.client, bank, "business");
      const update = await createUpdate(here.client, consent);
      const states: string[] = [];
      const worker = await processes.start({ role: "worker" });
      for await (const { status, progress } of statusOf(there.client, update)) {
        states.push(status);
        if (progress.transactionsSeen >= KILL_AFTER) break;
      }
      expect(states[0]).toBe("QUEUED"); // no worker was there: a gateway does no updates
      await worker.end("SIGKILL");

      await processes.start({ role: "worker" });
      await advance(here, "PT2M");
      for await (const { status } of statusOf(there.client, update)) states.push(status);
      expect(states.at(-1)).toBe("COMPLETED");
      expect(await bookedReferences(there.client, "business")).toEqual(trueReferences(bank, "business"));
      for (const hub of [here, there]) {
        await hub.client.close();
        expect(await hub.end("SIGTERM")).toBe(0);
      }
    },
  );
});
