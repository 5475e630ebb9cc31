import { describe, expect, it } from "vitest";
import type { HubClient } from "../../src/cli/hub-client.ts";
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

  it(
    "let a worker that slept beyond its lease store nothing of an update that another one has taken over",
    { timeout: 120_000 },
    async () => {
      await using bank = await startBerlinGroupBank({ businessCount: ROWS, bigPageSize: 100 });
      await using processes = hubProcesses(bank, await open());
      const gateway = await processes.start({ role: "gateway" });
      const sleeper = await processes.start({ role: "worker" });
      const update = await createUpdate(gateway.client, await giveConsent(gateway.client, bank, "business"));
      for await (const { progress } of statusOf(gateway.client, update)) if (progress.transactionsSeen >= KILL_AFTER) break;
      sleeper.pause();

      await processes.start({ role: "worker" });
      await advance(gateway, "PT2M");
      let last = "";
      for await (const { status } of statusOf(gateway.client, update)) last = status;
      expect(last).toBe("COMPLETED");
      const before = await everything(gateway.client, update);

      sleeper.resume();
      // An orderly end waits for what the sleeper had in hand: whatever it still wanted to store, it has tried by then.
      expect(await sleeper.end("SIGTERM")).toBe(0);
      expect(await everything(gateway.client, update)).toEqual(before);
      expect(await bookedReferences(gateway.client, "business")).toEqual(trueReferences(bank, "business"));
      await gateway.client.close();
    },
  );
});

/** All that a late writer could have changed: the update, and the end of the user's log. */
function everything(client: HubClient, update: string): Promise<unknown> {
  return client.run(
    `query ($id: ID!) { update(id: $id) { status sequence progress { transactionsSeen added } steps { status pages seen } consent { user { changeCursor } } } }`,
    { id: update },
  );
}
