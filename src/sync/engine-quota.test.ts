import { describe, expect, it } from "vitest";
import { BankError } from "../domain/failure.ts";
import { DAY, HOUR, MINUTE } from "../domain/time.ts";
import { claim } from "./claim.ts";
import { named } from "./matcher/matcher.fixture.ts";
import { daysAgo, type World } from "./sync.fixture.ts";
import { onEveryDatabase } from "./worlds.fixture.ts";

const PSU = { ipAddress: "2001:db8::1", userAgent: null, acceptLanguage: null };

function days(count: number) {
  return Array.from({ length: count }, (_, i) => named(`t${i}`, { bookingDate: daysAgo(i) }));
}

async function ask(world: World, more: object = {}) {
  const request = { owner: world.owner, consentId: world.consent.id, callbackUrl: null, psuContext: null, idempotencyKey: null };
  return world.requests.create({ ...request, ...more });
}

async function used(world: World): Promise<Record<string, number>> {
  const [grant] = await world.store.grantsOfConsent(world.consent.id);
  if (!grant) throw new Error("no grant");
  const calls = await world.store.callsSince(grant.id, 0);
  return Object.fromEntries(calls.map((call) => [call.endpoint, call.used]));
}

onEveryDatabase((startWorld) => {
  describe("an update that waits for the allowance", () => {
    it("goes on at once, with the user's calls, when the user joins it", async () => {
      await using world = await startWorld({ bank: { unattendedCallsPerDay: 1 } });
      world.bank.rows = days(100);
      const waiting = await world.update();
      expect(waiting).toMatchObject({ status: "WAITING", waitReason: "BANK_QUOTA_SPENT" });
      const joined = await ask(world, { psuContext: PSU });
      expect(joined).toMatchObject({
        ok: true,
        value: { joined: true, update: { id: waiting.id, status: "QUEUED", nextAttemptAt: null } },
      });
      const [job] = await world.store.tx((tx) => tx.claimJobs("update", "test", world.now(), world.now() + 1, 10));
      expect(job).toMatchObject({ key: waiting.id });
      expect(await world.run(waiting)).toMatchObject({ status: "COMPLETED", added: 100 });
      expect(world.bank.psus.at(-1)).toEqual(null); // the account list was the unattended one
      expect(await used(world)).toEqual({ ACCOUNTS: 1, BALANCES: 1, TRANSACTIONS: 1 });
    });

    it("never waits where the user joined while it ran", async () => {
      await using world = await startWorld({ bank: { unattendedCallsPerDay: 1 } });
      world.bank.rows = days(100);
      const update = await world.ask();
      world.bank.serve = async (request) => {
        if (request.to === null) expect(await ask(world, { psuContext: PSU })).toMatchObject({ value: { joined: true } });
        return world.bank.window(request);
      };
      expect(await world.run(update)).toMatchObject({ status: "QUEUED", attempt: 0 });
      expect(await world.run(update)).toMatchObject({ status: "COMPLETED", added: 100 });
    });

    it("waits on where the bank itself had the user's own calls wait", async () => {
      await using world = await startWorld();
      world.bank.list = () => {
        throw new BankError("RATE_LIMITED", "QUOTA_EXCEEDED", "429", { retryAt: world.now() + HOUR });
      };
      const waiting = await world.update({ psuContext: PSU });
      expect(waiting).toMatchObject({ status: "WAITING", nextAttemptAt: world.now() + HOUR });
      expect(await ask(world, { psuContext: PSU })).toMatchObject({ value: { joined: true, update: { status: "WAITING" } } });
    });

    it("counts the user as present for 15 minutes, not for the life of the update", async () => {
      await using world = await startWorld();
      let until: number | null = world.now() + 10 * MINUTE;
      world.bank.list = () => {
        if (until === null) return { accounts: [], quarantined: [] };
        throw new BankError("RATE_LIMITED", "QUOTA_EXCEEDED", "429", { retryAt: until });
      };
      const update = await world.update({ psuContext: PSU });
      world.advance(10 * MINUTE);
      until = world.now() + HOUR;
      await world.run(update);
      world.advance(HOUR);
      until = null;
      await world.run(update);
      expect(world.bank.psus).toEqual([PSU, PSU, null]);
    });
  });

  describe("the ledger of calls", () => {
    it("refuses beforehand an update that could get nothing, and says when it could", async () => {
      await using world = await startWorld({ scopes: ["ACCOUNTS", "BALANCES"], bank: { unattendedCallsPerDay: 2 } });
      await world.update();
      world.advance(HOUR);
      await world.update();
      const [grant] = await world.store.grantsOfConsent(world.consent.id);
      const calls = await world.store.callsSince(grant?.id ?? "gra_", 0);
      expect(calls.map(({ endpoint, used: count }) => [endpoint, count])).toEqual([
        ["ACCOUNTS", 2],
        ["BALANCES", 2],
      ]);
      expect(await ask(world)).toMatchObject({
        refusals: [{ type: "QuotaSpent", retryAt: world.now() - HOUR + DAY, path: ["consentId"] }],
      });
      world.advance(23 * HOUR);
      expect(await ask(world)).toMatchObject({ ok: true });
    });

    it("refuses where only the list is left to ask", async () => {
      await using world = await startWorld({ bank: { unattendedCallsPerDay: 2 } });
      world.bank.rows = days(40);
      await world.update(); // two calls for transactions: recent days and history
      const [account] = await world.store.accountsOfConsent(world.consent.id);
      const [grant] = await world.store.grantsOfConsent(world.consent.id);
      if (!account || !grant) throw new Error("nothing there");
      const call = { userId: world.user.id, grantId: grant.id, consentId: world.consent.id, accountId: account.id, attended: false };
      await world.store.tx((tx) => tx.recordCall({ ...call, endpoint: "BALANCES", at: world.now() + MINUTE }));
      world.advance(HOUR);
      expect(await ask(world)).toMatchObject({ refusals: [{ type: "QuotaSpent", retryAt: world.now() - HOUR + DAY }] });
    });

    it("holds the call of a worker that died before its answer, and the repeated one", async () => {
      await using world = await startWorld({ scopes: ["ACCOUNTS"] });
      const update = await world.ask();
      const list = world.bank.list;
      world.bank.list = () => {
        world.advance(2 * MINUTE); // the process hangs past its lease
        throw new BankError("BANK_TEMPORARY", "BANK_TIMEOUT", "reset");
      };
      world.bank.accounts = async () => {
        world.advance(2 * MINUTE);
        expect((await claim(world.parts, update.id)).kind).toBe("mine");
        world.advance(2 * MINUTE);
        return list();
      };
      await world.run(update);
      expect(await used(world)).toEqual({ ACCOUNTS: 1 });
      world.bank.accounts = async () => list();
      expect(await world.run(update)).toMatchObject({ status: "COMPLETED" });
      expect(await used(world)).toEqual({ ACCOUNTS: 2 });
    });
  });

  describe("right after a renewal", () => {
    it("asks once for the long history that was not to be had before, and keeps every id", async () => {
      await using world = await startWorld({ bank: { unattendedCallsPerDay: 10 } });
      world.bank.rows = days(300);
      world.bank.serve = (request) => {
        if (request.from === null || request.from < daysAgo(90)) throw new BankError("SCA_REQUIRED", "PERIOD_NOT_AVAILABLE", "period");
        return world.bank.window(request);
      };
      world.advance(HOUR);
      expect(await world.update()).toMatchObject({ status: "COMPLETED", added: 91 });
      const before = new Map((await world.transactions()).map((row) => [row.bankTransactionId, row.id]));
      world.bank.serve = (request) => world.bank.window(request);
      world.advance(HOUR);
      expect(await world.update()).toMatchObject({ added: 0 }); // an old grant: nothing says that there is more
      await world.renew();
      expect(await world.update()).toMatchObject({ status: "COMPLETED", added: 209 });
      const after = new Map((await world.transactions()).map((row) => [row.bankTransactionId, row.id]));
      for (const [name, id] of before) expect(after.get(name)).toBe(id);
      world.bank.calls.length = 0;
      await world.update();
      expect(world.bank.calls.filter((call) => call.startsWith("transactions"))).toHaveLength(1);
    });
  });
});
