import { describe, expect, it } from "vitest";
import { newId } from "../domain/ids.ts";
import { DAY, HOUR } from "../domain/time.ts";
import type { JobHandler } from "../jobs/jobs.ts";
import { createScheduler, nextRun } from "./schedule.ts";
import { CALLBACK_URL, NOW, type World } from "./sync.fixture.ts";
import { recoverUpdates, registerUpdateWorker } from "./worker.ts";
import { onEveryDatabase } from "./worlds.fixture.ts";

function request(world: World, more: object = {}) {
  const { owner, consent } = world;
  return world.requests.create({ owner, consentId: consent.id, callbackUrl: null, psuContext: null, idempotencyKey: null, ...more });
}

onEveryDatabase((startWorld) => {
  describe("asking for an update", () => {
    it("stores it QUEUED with its steps, its change row and its job", async () => {
      await using world = await startWorld({ scopes: ["ACCOUNTS", "IDENTITY"] });
      const made = await request(world, { callbackUrl: CALLBACK_URL });
      if (!made.ok) throw new Error("refused");
      const { update, joined } = made.value;
      expect(joined).toBe(false);
      expect(await world.read(update)).toEqual(update);
      expect(update).toMatchObject({ status: "QUEUED", sequence: 1, trigger: "API", firstChangeSeq: 1, lastChangeSeq: 1 });
      expect((await world.store.steps(update.id)).map((step) => step.kind)).toEqual(["ACCOUNTS", "IDENTITY"]);
      const [job] = await world.store.tx((tx) => tx.claimJobs("update", "test", NOW, NOW + 1, 10));
      expect(job).toMatchObject({ key: update.id, groupKey: world.consent.id, payload: JSON.stringify({ updateId: update.id }) });
      expect(await world.callbacks()).toMatchObject([
        { kind: "update", updateId: update.id, status: "QUEUED", sequence: 1, url: CALLBACK_URL },
      ]);
      expect(world.hints).toContainEqual({ topic: "jobs" });
    });

    it("joins the one that is active, and answers the same one for the same key for ever", async () => {
      await using world = await startWorld();
      const first = await request(world, { idempotencyKey: "k" });
      const second = await request(world);
      if (!first.ok || !second.ok) throw new Error("refused");
      expect(second.value).toMatchObject({ joined: true, update: { id: first.value.update.id } });
      await world.run(first.value.update);
      expect(await request(world, { idempotencyKey: "k" })).toMatchObject({
        value: { joined: false, update: { id: first.value.update.id } },
      });
      const third = await request(world);
      expect(third.ok && third.value.update.id !== first.value.update.id).toBe(true);
    });

    it("of two at once makes one update", async () => {
      await using world = await startWorld();
      const made = await Promise.all([request(world), request(world), request(world)]);
      const updates = made.map((one) => (one.ok ? one.value : null));
      expect(new Set(updates.map((one) => one?.update.id)).size).toBe(1);
      expect(updates.filter((one) => one?.joined === false)).toHaveLength(1);
    });

    it("is refused with the reason that the caller can act on", async () => {
      await using world = await startWorld();
      const foreign = { tenantId: newId("ten"), userId: null };
      expect(await request(world, { owner: foreign })).toMatchObject({ refusals: [{ type: "NotFound" }] });
      expect(await request(world, { consentId: newId("con") })).toMatchObject({ refusals: [{ type: "NotFound" }] });
      expect(await request(world, { callbackUrl: "https://elsewhere.example" })).toMatchObject({
        refusals: [{ type: "CallbackUrlNotRegistered", registered: [CALLBACK_URL], path: ["callbackUrl"] }],
      });
      for (const ipAddress of ["localhost", "1.2.3", "::g", ""]) {
        const psuContext = { ipAddress, userAgent: null, acceptLanguage: null };
        expect(await request(world, { psuContext })).toMatchObject({
          refusals: [{ type: "InvalidInput", path: ["psuContext", "ipAddress"] }],
        });
      }
      await world.store.tx((tx) => tx.patchConsent(world.consent.id, { status: "EXPIRED" }, null));
      expect(await request(world)).toMatchObject({ refusals: [{ type: "ConsentNotUsable", consent: { status: "EXPIRED" } }] });
    });
  });

  describe("canceling an update", () => {
    it("ends it, takes its job away, and is a conflict once it is over otherwise", async () => {
      await using world = await startWorld();
      const update = await world.ask({ callbackUrl: CALLBACK_URL });
      expect(await world.requests.cancel(world.owner, update.id)).toMatchObject({
        ok: true,
        value: { status: "CANCELED", sequence: 2, finishedAt: NOW },
      });
      expect(await world.store.tx((tx) => tx.claimJobs("update", "test", NOW, NOW + 1, 10))).toEqual([]);
      expect((await world.callbacks()).map(({ status }) => status)).toEqual(["QUEUED", "CANCELED"]);
      expect(await world.run(update)).toMatchObject({ status: "CANCELED", sequence: 2 });
      const done = await world.update();
      expect(await world.requests.cancel(world.owner, done.id)).toMatchObject({
        ok: false,
        refusals: [{ type: "Conflict" }],
        value: { status: "COMPLETED" },
      });
      const foreign = { tenantId: newId("ten"), userId: null };
      expect(await world.requests.cancel(foreign, done.id)).toMatchObject({ refusals: [{ type: "NotFound" }] });
    });
  });

  describe("the schedule", () => {
    it("starts what is due once, and moves the next run on even over missed ones", async () => {
      await using world = await startWorld();
      await world.store.tx((tx) => tx.patchConsent(world.consent.id, { timesPerDay: 4, nextRunAt: NOW + HOUR }, null));
      const startDue = createScheduler({ ...world.parts, requests: world.requests });
      expect(await startDue()).toBe(0);
      world.advance(HOUR);
      expect(await Promise.all([startDue(), startDue()])).toEqual(expect.arrayContaining([1, 0]));
      expect(await world.store.consent(world.consent.id)).toMatchObject({ nextRunAt: NOW + 7 * HOUR });
      expect(await world.store.activeUpdate(world.consent.id)).toMatchObject({ trigger: "SCHEDULE" });
      expect(nextRun({ timesPerDay: 4, nextRunAt: NOW }, NOW + 3 * DAY + HOUR)).toBe(NOW + 3 * DAY + 6 * HOUR);
    });

    it("starts nothing where an update is active, or the consent is not given", async () => {
      await using world = await startWorld();
      await world.ask();
      await world.store.tx((tx) => tx.patchConsent(world.consent.id, { timesPerDay: 1, nextRunAt: NOW }, null));
      expect(await createScheduler({ ...world.parts, requests: world.requests })()).toBe(0);
    });
  });

  describe("the worker", () => {
    function hooked(world: World): JobHandler {
      let handler: JobHandler | null = null;
      const jobs = { ...world.parts.jobs, work: (_queue: string, _options: object, given: JobHandler) => void (handler = given) };
      registerUpdateWorker({ ...world.parts, jobs, banks: { byId: () => null }, concurrency: 2 });
      if (handler === null) throw new Error("no handler");
      return handler;
    }

    it("puts updates back into the queue that lost their worker or their job", async () => {
      await using world = await startWorld();
      const update = await world.ask();
      await world.store.tx((tx) => tx.cancelJobs("update", update.id));
      expect(await recoverUpdates(world.parts)).toBe(1);
      expect(await recoverUpdates(world.parts)).toBe(1);
      expect(await world.store.tx((tx) => tx.claimJobs("update", "test", NOW, NOW + 1, 10))).toHaveLength(1);
    });

    it("lets one bank have half of the places, and comes back for the rest", async () => {
      await using world = await startWorld();
      const handler = hooked(world);
      const update = await world.ask();
      let hang: () => void = () => undefined;
      const asked = new Promise<void>((resolve) => {
        world.bank.list = () => {
          resolve();
          return { accounts: [], quarantined: [] };
        };
      });
      const slow = new Promise<void>((resolve) => (hang = resolve));
      const accounts = world.bank.accounts.bind(world.bank);
      world.bank.accounts = async (call) => {
        const list = await accounts(call);
        await slow;
        return list;
      };
      const signal = new AbortController().signal;
      const running = handler({ updateId: update.id }, signal);
      await asked;
      expect(await handler({ updateId: update.id }, signal)).toEqual({ runAgainAt: NOW + 2_000 });
      hang();
      await running;
      expect(await world.read(update)).toMatchObject({ status: "COMPLETED", epoch: 1 });
      expect(await handler({ updateId: update.id }, signal)).toBeUndefined();
      expect(await handler({ updateId: "nonsense" }, signal)).toBeUndefined();
    });
  });
});
