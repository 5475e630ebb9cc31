import { describe, expect, it } from "vitest";
import { BankError } from "../domain/failure.ts";
import { HOUR, MINUTE } from "../domain/time.ts";
import { claim } from "./claim.ts";
import { amountOf, facts, named } from "./matcher/matcher.fixture.ts";
import { daysAgo } from "./sync.fixture.ts";
import { onEveryDatabase } from "./worlds.fixture.ts";

function days(count: number, first = 0) {
  return Array.from({ length: count }, (_, i) => named(`t${first + i}`, { bookingDate: daysAgo(first + i) }));
}

const down = () => new BankError("BANK_TEMPORARY", "BANK_UNAVAILABLE", "503");

onEveryDatabase((startWorld) => {
  describe("fencing", () => {
    it("lets a worker that was taken over write nothing", async () => {
      await using world = await startWorld();
      world.bank.rows = days(30);
      world.bank.pageSize = 10;
      const update = await world.ask();
      let taken = false;
      world.bank.serve = async (request) => {
        if (request.cursor === "10" && !taken) {
          taken = true;
          world.advance(2 * MINUTE); // the lease runs out while the bank thinks
          expect(await claim(world.parts, update.id)).toMatchObject({ kind: "mine", update: { epoch: 2, attempt: 1 } });
        }
        return world.bank.window(request);
      };
      await world.run(update);
      expect(await world.read(update)).toMatchObject({ status: "RUNNING", epoch: 2, added: 10 });
      expect(await world.transactions()).toHaveLength(10);
      world.advance(2 * MINUTE);
      expect(await world.run(update)).toMatchObject({ status: "COMPLETED", epoch: 3, attempt: 2, added: 30 });
      expect(await world.transactions()).toHaveLength(30);
    });

    it("stops without a word when the update is canceled in mid-page, and keeps what was stored", async () => {
      await using world = await startWorld();
      world.bank.rows = days(30);
      world.bank.pageSize = 10;
      const update = await world.ask();
      world.bank.serve = async (request) => {
        if (request.cursor === "10") expect(await world.requests.cancel(world.owner, update.id)).toMatchObject({ ok: true });
        return world.bank.window(request);
      };
      expect(await world.run(update)).toMatchObject({ status: "CANCELED", added: 10 });
      expect(await world.transactions()).toHaveLength(10);
      expect(await world.requests.cancel(world.owner, update.id)).toMatchObject({ ok: true });
    });

    it("fails an update whose worker died five times", async () => {
      await using world = await startWorld();
      const update = await world.ask();
      for (let attempt = 0; attempt < 5; attempt++) {
        expect((await claim(world.parts, update.id)).kind).toBe("mine");
        expect((await claim(world.parts, update.id)).kind).toBe("later");
        world.advance(2 * MINUTE);
      }
      expect((await claim(world.parts, update.id)).kind).toBe("none");
      expect(await world.read(update)).toMatchObject({ status: "FAILED", attempt: 5, error: { code: "UNKNOWN" } });
    });
  });

  describe("resuming", () => {
    it("goes on at the stored page after a stop, repeats none, and doubles nothing", async () => {
      await using world = await startWorld();
      // Equal rows on every page: only what earlier pages consumed tells them apart.
      world.bank.rows = Array.from({ length: 25 }, () => facts());
      world.bank.pageSize = 10;
      const update = await world.ask();
      const stop = new AbortController();
      world.bank.serve = (request) => {
        stop.abort();
        return world.bank.window(request);
      };
      expect(await world.run(update, stop.signal)).toMatchObject({ status: "QUEUED", attempt: 0, added: 10 });
      world.bank.serve = (request) => world.bank.window(request);
      expect(await world.run(update)).toMatchObject({ status: "COMPLETED", added: 25 });
      expect(world.bank.requests.map((request) => request.cursor)).toEqual([null, "10", "20", null]);
      world.advance(HOUR);
      world.bank.rows.push(facts(), facts());
      world.bank.serve = (request) => {
        if (request.cursor === "10") throw down();
        return world.bank.window(request);
      };
      const second = await world.update();
      expect(second).toMatchObject({ status: "WAITING", waitReason: "BANK_UNAVAILABLE" });
      world.bank.serve = (request) => world.bank.window(request);
      world.advance(MINUTE);
      expect(await world.run(second)).toMatchObject({ status: "COMPLETED", added: 2, modified: 0, removed: 0 });
      const rows = await world.transactions();
      expect(rows).toHaveLength(27);
      expect(rows.filter((row) => row.missedFetches > 0)).toEqual([]);
    });

    it("finds the rows of a page of which a dead worker stored a part", async () => {
      await using world = await startWorld();
      world.bank.rows = Array.from({ length: 1_500 }, (_, i) =>
        facts({ bookingDate: daysAgo(i % 20), amount: amountOf(-100 * ((i % 7) + 1)) }),
      );
      world.bank.pageSize = 5_000;
      const update = await world.ask();
      let inserts = 0;
      const tx = world.store.tx.bind(world.store);
      Object.assign(world.parts, {
        store: new Proxy(world.store, {
          get(target, name) {
            if (name !== "tx") return Reflect.get(target, name, target) as unknown;
            const failing: typeof tx = (fn) =>
              tx(async (inner) => {
                const result = await fn(inner);
                if (
                  (await inner.oldestPendingDate("acc_0")) === null &&
                  (await inner.update(update.id))?.added === 1_200 &&
                  inserts++ === 0
                )
                  throw new Error("power cut");
                return result;
              });
            return failing;
          },
        }),
      });
      await expect(world.run(update)).rejects.toThrow("power cut");
      expect(await world.transactions()).toHaveLength(600);
      world.advance(2 * MINUTE);
      expect(await world.run(update)).toMatchObject({ status: "COMPLETED", added: 1_500 });
      expect(await world.transactions()).toHaveLength(1_500);
    });
  });
});
