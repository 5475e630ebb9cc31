import { describe, expect, it } from "vitest";
import { BankError } from "../domain/failure.ts";
import { DAY, HOUR, SECOND } from "../domain/time.ts";
import { named } from "./matcher/matcher.fixture.ts";
import { listed, page, TODAY } from "./scripted-bank.fixture.ts";
import { daysAgo, type World } from "./sync.fixture.ts";
import { onEveryDatabase } from "./worlds.fixture.ts";

function days(count: number, first = 0) {
  return Array.from({ length: count }, (_, i) => named(`t${first + i}`, { bookingDate: daysAgo(first + i) }));
}

const down = () => new BankError("BANK_TEMPORARY", "BANK_UNAVAILABLE", "503");

async function steps(world: World, update: { readonly id: `upd_${string}` }) {
  return (await world.store.steps(update.id)).map(({ kind, status, error }) => [kind, status, ...(error ? [error.code] : [])].join(" "));
}

onEveryDatabase((startWorld) => {
  describe("a bank that fails", () => {
    it("on one account leaves the others, and the update says so", async () => {
      await using world = await startWorld();
      world.bank.list = () => ({ accounts: [listed(), listed({ iban: "DE02500105170137075030", resourceId: "r2" })], quarantined: [] });
      world.bank.serve = (request) => {
        if (request.account.resourceId === "r1") throw new BankError("ACCOUNT_UNAVAILABLE", "ACCOUNT_NOT_ACCESSIBLE", "403");
        return page([named("a")]);
      };
      const update = await world.update();
      expect(update).toMatchObject({
        status: "PARTIALLY_COMPLETED",
        error: { code: "ACCOUNT_NOT_ACCESSIBLE" },
        accountsDone: 2,
        progressPermille: 1000,
      });
      expect(await steps(world, update)).toEqual([
        "ACCOUNTS DONE",
        "BALANCES DONE",
        "BALANCES DONE",
        "RECENT FAILED ACCOUNT_NOT_ACCESSIBLE",
        "RECENT DONE",
        "HISTORY FAILED ACCOUNT_NOT_ACCESSIBLE",
        "HISTORY DONE",
      ]);
    });

    it("for a while is waited for with full jitter, and given up after five times", async () => {
      await using world = await startWorld();
      world.bank.list = () => {
        throw down();
      };
      let update = await world.update();
      const waits: number[] = [];
      while (update.status === "WAITING") {
        expect(update.waitReason).toBe("BANK_UNAVAILABLE");
        waits.push((update.nextAttemptAt ?? 0) - world.now());
        world.advance((update.nextAttemptAt ?? 0) - world.now());
        update = await world.run(update);
      }
      expect(waits).toEqual([1, 2, 4, 8, 16].map((seconds) => seconds * SECOND));
      expect(update).toMatchObject({ status: "FAILED", error: { code: "BANK_UNAVAILABLE", retryable: true } });
      expect(world.bank.calls).toHaveLength(6);
    });

    it("after its first pages ends the update in part, with what was stored", async () => {
      await using world = await startWorld();
      world.bank.rows = days(20);
      world.bank.pageSize = 10;
      world.bank.serve = (request) => {
        if (request.cursor !== null) throw down();
        return world.bank.window(request);
      };
      let update = await world.update();
      while (update.status === "WAITING") {
        world.advance(HOUR);
        update = await world.run(update);
      }
      expect(update).toMatchObject({ status: "PARTIALLY_COMPLETED", added: 10, error: { code: "BANK_UNAVAILABLE" } });
      expect(await world.store.accountsOfConsent(world.consent.id)).toMatchObject([{ coverage: [] }]);
    });

    it("with an answer nobody can read is asked once more, then the step fails", async () => {
      await using world = await startWorld();
      let asked = 0;
      world.bank.serve = () => {
        if (asked++ < 3) throw new BankError("PROTOCOL", "BANK_BAD_RESPONSE", "html");
        return page([]);
      };
      const update = await world.update();
      expect(await steps(world, update)).toEqual(["ACCOUNTS DONE", "BALANCES DONE", "RECENT FAILED BANK_BAD_RESPONSE", "HISTORY DONE"]);
      expect(update.status).toBe("PARTIALLY_COMPLETED");
    });

    it("because the consent ended fails what is open, and asks no more", async () => {
      await using world = await startWorld();
      world.bank.balance = () => {
        throw new BankError("CONSENT_INVALID", "CONSENT_REVOKED", "401");
      };
      const update = await world.update();
      expect(update).toMatchObject({ status: "FAILED", error: { code: "CONSENT_REVOKED", userActionRequired: true } });
      expect(world.bank.calls).toEqual(["accounts", "balances r1"]);
      world.bank.balance = () => [];
      world.bank.rows = days(3);
      world.bank.serve = (request) => {
        if (request.to !== null) throw new BankError("CONSENT_INVALID", "CONSENT_EXPIRED", "401");
        return world.bank.window(request);
      };
      world.advance(HOUR);
      expect(await world.update()).toMatchObject({ status: "PARTIALLY_COMPLETED", added: 3, error: { code: "CONSENT_EXPIRED" } });
    });

    it("by paging in a circle, repeating a page, or cutting the answer: the step is FAILED and what is new is kept", async () => {
      const circle = (cursor: string | null) =>
        page([named(`c${cursor ?? ""}`, { amount: cursor === null ? "-1.00" : "-2.00" })], { next: cursor === null ? "x" : "x" });
      let n = 0;
      const scripts = {
        circle: { serve: circle, rows: 2 },
        repeat: { serve: () => page([named("same")], { next: `next-${n++}` }), rows: 1 },
        "circle of new rows": { serve: (cursor: string | null) => page([named(`n${n++}`)], { next: cursor === "a" ? "b" : "a" }), rows: 3 },
        cut: { serve: () => page([named("a")], { complete: false }), rows: 1 },
      };
      for (const [name, script] of Object.entries(scripts)) {
        await using world = await startWorld();
        world.bank.serve = (request) => (request.to === null ? script.serve(request.cursor) : page([]));
        const update = await world.update();
        expect([name, ...(await steps(world, update))]).toContain("RECENT FAILED BANK_BAD_RESPONSE");
        expect(await world.transactions()).toHaveLength(script.rows);
        expect(world.bank.calls.length).toBeLessThan(8);
        const [account] = await world.store.accountsOfConsent(world.consent.id);
        expect(account?.coverage.some((range) => range.to === TODAY)).toBe(false);
      }
    });

    it("with an empty page and a next one is waited for, never taken as the end", async () => {
      await using world = await startWorld();
      world.bank.serve = (request) => (request.cursor === null && request.to === null ? page([], { next: "more" }) : page([named("late")]));
      const update = await world.update();
      expect(update).toMatchObject({ status: "WAITING", waitReason: "BANK_PREPARING_DATA", nextAttemptAt: world.now() + SECOND });
      world.advance(SECOND);
      expect(await world.run(update)).toMatchObject({ status: "COMPLETED", added: 1 });
    });

    it("by refusing long periods gets shorter ones, down to what it serves", async () => {
      await using world = await startWorld();
      world.bank.rows = days(300);
      const refuse = (limit: number) => {
        world.bank.serve = (request) => {
          if (request.from === null || request.from < daysAgo(limit)) throw new BankError("SCA_REQUIRED", "PERIOD_NOT_AVAILABLE", "period");
          return world.bank.window(request);
        };
      };
      refuse(180);
      const update = await world.update();
      expect(update).toMatchObject({ status: "COMPLETED", added: 181 });
      const asked = world.bank.requests.filter((request) => request.to !== null).map((request) => request.from);
      expect(asked).toEqual([null, daysAgo(730), daysAgo(365), daysAgo(180)]);
      await using other = await startWorld();
      other.bank.serve = (request) => {
        if (request.to !== null) throw new BankError("SCA_REQUIRED", "PERIOD_NOT_AVAILABLE", "period");
        return page([named("a")]);
      };
      expect(await steps(other, await other.update())).toContain("HISTORY FAILED PERIOD_NOT_AVAILABLE");
    });
  });

  describe("the allowance of calls without the user", () => {
    it("is spent by our own ledger before the bank says so, and over when the oldest call is a day old", async () => {
      await using world = await startWorld({ scopes: ["ACCOUNTS"], bank: { unattendedCallsPerDay: 2 } });
      await world.update();
      world.advance(HOUR);
      await world.update();
      world.advance(HOUR);
      const refused = await world.requests.create({
        owner: world.owner,
        consentId: world.consent.id,
        callbackUrl: null,
        psuContext: null,
        idempotencyKey: null,
      });
      expect(refused).toMatchObject({ ok: false, refusals: [{ type: "QuotaSpent", retryAt: world.now() - 2 * HOUR + DAY }] });
      const psuContext = { ipAddress: "2001:db8::1", userAgent: null, acceptLanguage: null };
      expect(await world.update({ psuContext })).toMatchObject({ status: "COMPLETED" });
      expect(world.bank.psus).toEqual([null, null, psuContext]);
      world.advance(22 * HOUR + 1);
      expect(await world.update()).toMatchObject({ status: "COMPLETED" });
    });

    it("that ends within an update makes it wait and go on by itself, and paging counts once", async () => {
      await using world = await startWorld({ bank: { unattendedCallsPerDay: 1 } });
      world.bank.rows = days(100);
      world.bank.pageSize = 10;
      const update = await world.update();
      expect(update).toMatchObject({ status: "WAITING", waitReason: "BANK_QUOTA_SPENT", nextAttemptAt: world.now() + DAY, added: 31 });
      expect(await world.run(update)).toMatchObject({ status: "WAITING" });
      world.advance(DAY + 1);
      expect(await world.run(update)).toMatchObject({ status: "COMPLETED", added: 100 });
    });

    it("that the bank calls spent is waited for until it says, within reason", async () => {
      await using world = await startWorld();
      let retryAt: number | null = world.now() + HOUR;
      world.bank.list = () => {
        throw new BankError("RATE_LIMITED", "QUOTA_EXCEEDED", "429", { retryAt });
      };
      const update = await world.update();
      expect(update).toMatchObject({ status: "WAITING", waitReason: "BANK_QUOTA_SPENT", nextAttemptAt: world.now() + HOUR });
      world.advance(HOUR);
      retryAt = world.now() + 3_650 * DAY;
      expect(await world.run(update)).toMatchObject({ nextAttemptAt: world.now() + DAY });
    });
  });
});
