import { describe, expect, it } from "vitest";
import { startBerlinGroupBank } from "../../src/sandbox/berlin-group/bank.ts";
import { databases } from "../databases.ts";
import { advance, bookedReferences, createUpdate, giveConsent, hubProcesses, statusOf, trueReferences, type Status } from "./processes.ts";

const ROWS = 5_000;
const KILL_AFTER = 1_000;
/** Nobody gets there by waiting for the dead process's lease of a minute. */
const BEFORE_LEASE_ENDS = 50_000;

describe.each(databases)("on $name", ({ name, open }) => {
  it(
    "completes an update whose process was killed in the middle, with no row lost or doubled",
    { timeout: BEFORE_LEASE_ENDS },
    async () => {
      await using bank = await startBerlinGroupBank({ businessCount: ROWS, bigPageSize: 100 });
      await using processes = hubProcesses(bank, await open());
      const first = await processes.start();
      const update = await createUpdate(first.client, await giveConsent(first.client, bank, "business"));
      for await (const { status, progress } of statusOf(first.client, update)) {
        expect(status).not.toBe("COMPLETED"); // else it was killed too late to prove anything
        if (progress.transactionsSeen >= KILL_AFTER) break;
      }
      await first.end("SIGKILL");

      const second = await processes.start();
      // The file's lock tells at once that the first process is dead; on PostgreSQL only the end of its lease does.
      if (name !== "SQLite") await advance(second, "PT2M");
      let last: Status | undefined;
      for await (const state of statusOf(second.client, update)) last = state;
      expect(last?.status).toBe("COMPLETED");
      expect(await bookedReferences(second.client, "business")).toEqual(trueReferences(bank, "business"));
      await second.client.close();
    },
  );
});
