import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MINUTE, SECOND } from "../../src/domain/time.ts";
import { Gate, job, OPTIONS, renewed, startBench } from "./jobs-bench.ts";
import { NOW, type OpenStore } from "./store-fixtures.ts";

type Database = Pick<OpenStore, "store" | "another"> & AsyncDisposable;

/** What each queue must do, whatever its database. */
export function jobsContract(name: string, open: () => Promise<Database>): void {
  describe(`jobs on ${name}`, () => {
    let opened: Database;
    beforeAll(async () => void (opened = await open()));
    afterAll(() => opened[Symbol.asyncDispose]());

    it("makes a job visible with its transaction's commit, and leaves nothing of one rolled back", async () => {
      await using bench = startBench(opened.store);
      const run = bench.work("update");
      const rollback = new Error("rolled back");
      const lost = bench.store.tx(async (tx) => {
        await bench.jobs.enqueue(tx, job({ payload: { n: 1 } }));
        throw rollback;
      });
      await expect(lost).rejects.toBe(rollback);
      await bench.store.tx(async (tx) => {
        await bench.jobs.enqueue(tx, job({ payload: { n: 2 } }));
        expect(run.payloads).toEqual([]);
      });
      bench.jobs.nudge();
      await run.times(1);
      await bench.idle();
      expect(run.payloads).toEqual([{ n: 2 }]);
    });

    it("keeps one waiting job per key and lets it be cancelled, but not a running one", async () => {
      await using bench = startBench(opened.store);
      const gate = new Gate();
      await bench.enqueue(job({ key: "a", payload: { n: 1 } }), job({ key: "a", payload: { n: 2 } }), job({ key: "b", runAt: NOW + 1 }));
      const run = bench.work("update", () => gate.opened());
      await run.times(1);
      await bench.store.tx((tx) => bench.jobs.cancel(tx, "update", "a"));
      await bench.store.tx((tx) => bench.jobs.cancel(tx, "update", "b"));
      gate.open();
      bench.clock.move(MINUTE);
      await bench.idle();
      expect(run.payloads).toEqual([{ n: 1 }]);
    });

    it("never runs two jobs of one group at the same time, and lets other groups pass", async () => {
      await using bench = startBench(opened.store);
      const gate = new Gate();
      await bench.enqueue(
        job({ groupKey: "bank-a", payload: { n: 1 } }),
        job({ groupKey: "bank-a", payload: { n: 2 }, runAt: NOW - 1 }),
        job({ groupKey: "bank-b", payload: { n: 3 } }),
      );
      const run = bench.work("update", ({ n }) => (n === 2 ? gate.opened() : Promise.resolve()));
      await run.times(2);
      expect(new Set(run.payloads)).toEqual(new Set([{ n: 2 }, { n: 3 }]));
      gate.open();
      await run.times(3);
      expect(run.payloads.at(-1)).toEqual({ n: 1 });
    });

    it("runs no more jobs at a time than asked, and the rest as places become free", async () => {
      await using bench = startBench(opened.store);
      let [running, most] = [0, 0];
      await bench.enqueue(...Array.from({ length: 7 }, (_, n) => job({ payload: { n } })));
      const run = bench.work(
        "update",
        async () => {
          most = Math.max(most, ++running);
          await new Promise((done) => setImmediate(done));
          running--;
        },
        { ...OPTIONS, concurrency: 2 },
      );
      await run.times(7);
      expect(most).toBe(2);
    });

    it("waits for a job's time, and looks again when the clock jumps", async () => {
      await using bench = startBench(opened.store);
      await bench.enqueue(job({ runAt: NOW + 60 * MINUTE }));
      const run = bench.work("update");
      await bench.idle();
      expect(run.payloads).toEqual([]);
      const jumpedAt = performance.now();
      bench.clock.move(60 * MINUTE);
      await run.times(1);
      expect(performance.now() - jumpedAt).toBeLessThan(900); // by the hint, not by the poll every second
    });

    it("repeats a failed job after its delay and gives it up with an error in the log", async () => {
      await using bench = startBench(opened.store);
      await bench.enqueue(job({}));
      const run = bench.work("update", () => Promise.reject(new Error("no luck")));
      await run.times(1);
      await bench.idle();
      expect(run.payloads).toHaveLength(1); // one second has not passed
      bench.clock.move(SECOND);
      await run.times(2);
      await bench.idle();
      bench.clock.move(2 * SECOND);
      await run.times(3);
      await bench.idle();
      bench.clock.move(60 * MINUTE);
      await bench.idle();
      expect(run.payloads).toHaveLength(3);
      expect(bench.logged.filter(({ level }) => level === "error")).toEqual([
        { level: "error", message: "a job was given up", fields: expect.objectContaining({ queue: "update", attempts: 3 }) },
      ]);
    });

    it("runs a job once more at the time that its handler answers, with attempts from zero", async () => {
      await using bench = startBench(opened.store);
      await bench.enqueue(job({ key: "again" }));
      let runs = 0;
      const run = bench.work("update", async () => (runs++ === 0 ? { runAgainAt: NOW + MINUTE } : undefined));
      await run.times(1);
      await bench.idle();
      expect(run.payloads).toHaveLength(1);
      bench.clock.move(MINUTE);
      await run.times(2);
      await bench.idle();
      bench.clock.move(60 * MINUTE);
      await bench.idle();
      expect(run.payloads).toHaveLength(2);
    });

    it("hands a dead worker's jobs to another when the lease has run out, not before", async () => {
      await using second = await opened.another();
      const grave = new Gate();
      await using dead = startBench(opened.store);
      await dead.enqueue(job({ payload: { n: 1 } }));
      const stuck = dead.work("update", () => grave.opened(), { ...OPTIONS, leaseMs: 90 * MINUTE });
      await stuck.times(1); // from here on that worker says nothing more: its heartbeat is half an hour of real time away
      await using heir = startBench(second);
      const run = heir.work("update");
      heir.clock.move(89 * MINUTE);
      await heir.idle();
      expect(run.payloads).toEqual([]);
      heir.clock.move(MINUTE);
      await run.times(1);
      await heir.idle();
      expect(await second.tx((tx) => tx.nextJobAt(["update"]))).toBeNull();
      grave.open();
    });

    it("keeps a lease alive for as long as the handler runs, and aborts the handler that has lost it", async () => {
      await using bench = startBench(opened.store);
      const aborted = new Gate();
      await bench.enqueue(job({}));
      const options = { ...OPTIONS, leaseMs: 30 }; // real time only says when the heartbeat beats; the lease is the clock's
      const run = bench.work("update", (_payload, signal) => aborted.openedBy(signal), options);
      await run.times(1);
      bench.clock.moveSilently(25);
      await renewed(bench.store, NOW + 55);
      // Tried again where Postgres skips the row because the heartbeat has it locked at that moment.
      const steal = () => bench.store.tx((tx) => tx.claimJobs("update", "thief", NOW + MINUTE, NOW + 2 * MINUTE, 1));
      let [thief] = await steal();
      while (!thief) [thief] = await steal();
      await aborted.opened();
      const { id } = thief;
      await bench.store.tx((tx) => tx.finishJob(id, "thief"));
    });

    it("does not start a job twice when the clock jumps over the lease of a running one", async () => {
      await using bench = startBench(opened.store);
      const gate = new Gate();
      await bench.enqueue(job({}));
      const run = bench.work("update", () => gate.opened());
      await run.times(1);
      bench.clock.move(24 * 60 * MINUTE);
      await bench.idle();
      expect(run.payloads).toHaveLength(1);
      gate.open();
    });

    it("aborts and awaits its handlers when it stops, takes no new job, and leaves the stopped one for the next process", async () => {
      const bench = startBench(opened.store);
      let ended = false;
      await bench.enqueue(job({ payload: { n: 1 } }));
      const run = bench.work("update", async (_payload, signal) => {
        await once(signal, "abort");
        await bench.store.ping(); // what it still has to do
        await new Promise((done) => setImmediate(done));
        ended = true;
        throw signal.reason;
      });
      await run.times(1);
      await bench.jobs.stop();
      expect(ended).toBe(true);
      await bench.enqueue(job({ payload: { n: 2 } }));
      bench.jobs.nudge();
      await using next = startBench(opened.store);
      const rest = next.work("update");
      await rest.times(2);
      expect(run.payloads).toEqual([{ n: 1 }]);
      expect(bench.logged).toEqual([]);
    });
  });
}
