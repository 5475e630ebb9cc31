import { describe, expect, it } from "vitest";
import { DAY, HOUR } from "../domain/time.ts";
import { amountOf, facts, named, pending } from "./matcher/matcher.fixture.ts";
import { listed, page, TODAY } from "./scripted-bank.fixture.ts";
import { CALLBACK_URL, daysAgo } from "./sync.fixture.ts";
import { onEveryDatabase } from "./worlds.fixture.ts";

function days(count: number, first = 0) {
  return Array.from({ length: count }, (_, i) => named(`t${first + i}`, { bookingDate: daysAgo(first + i) }));
}

onEveryDatabase((startWorld) => {
  describe("a first update", () => {
    it("stores all the bank has, newest money first, and says COMPLETED only then", async () => {
      await using world = await startWorld();
      world.bank.rows = days(100);
      world.bank.pageSize = 40;
      const update = await world.update({ callbackUrl: CALLBACK_URL });
      expect(update).toMatchObject({
        status: "COMPLETED",
        accountsTotal: 1,
        accountsDone: 1,
        transactionsSeen: 100,
        added: 100,
        progressPermille: 1000,
      });
      expect(await world.transactions()).toHaveLength(100);
      expect(world.bank.calls).toEqual([
        "accounts",
        "balances r1",
        `transactions r1 ${daysAgo(30)}..- first`,
        `transactions r1 -..${daysAgo(31)} first`,
        `transactions r1 -..${daysAgo(31)} 40`,
      ]);
      const [account] = await world.store.accountsOfConsent(world.consent.id);
      expect(account?.coverage).toEqual([{ from: daysAgo(99), to: TODAY }]);
      expect((await world.callbacks()).map(({ status }) => status)).toEqual(["QUEUED", "RUNNING", "COMPLETED"]);
    });

    it("logs every change once, and says where in the log they are", async () => {
      await using world = await startWorld();
      world.bank.rows = days(3);
      const update = await world.update();
      const types = await world.changes();
      expect(types.filter((type) => type === "TransactionAdded")).toHaveLength(3);
      expect(types.filter((type) => type === "BalanceChanged")).toHaveLength(1);
      expect(types.filter((type) => type === "UpdateChanged")).toHaveLength(update.sequence);
      expect([update.firstChangeSeq, update.lastChangeSeq]).toEqual([1, types.length]);
      expect(world.hints).toContainEqual({ topic: "update", id: update.id });
      expect(world.hints).toContainEqual({ topic: "user", id: world.user.id });
    });

    it("takes twenty thousand rows in commits of at most 600, with pages of several thousand", async () => {
      await using world = await startWorld({ bank: { maxHistoryDays: 800 } });
      world.bank.rows = Array.from({ length: 20_000 }, (_, i) =>
        named(`t${i}`, { bookingDate: daysAgo(i % 700), amount: amountOf(-100 * (i + 1)) }),
      );
      world.bank.pageSize = 5_000;
      let most = 0;
      const store = world.store;
      const counting = {
        ...world.parts,
        store: new Proxy(store, {
          get(target, name) {
            if (name !== "tx") return Reflect.get(target, name, target) as unknown;
            const tx: typeof store.tx = (fn) => store.tx((inner) => fn(new Proxy(inner, { get: (all, key) => watched(all, key) })));
            return tx;
          },
        }),
      };
      function watched(all: object, key: string | symbol): unknown {
        const value = Reflect.get(all, key) as unknown;
        if (key !== "insertTransactions" || typeof value !== "function") return value;
        return (rows: readonly unknown[]) => {
          most = Math.max(most, rows.length);
          return Reflect.apply(value, all, [rows]) as unknown;
        };
      }
      Object.assign(world.parts, counting);
      const update = await world.update();
      expect(update).toMatchObject({ status: "COMPLETED", added: 20_000, transactionsSeen: 20_000 });
      expect(most).toBe(600);
    });

    it("keeps a row that nobody can read aside, sealed, and takes the rest", async () => {
      await using world = await startWorld();
      world.bank.serve = () =>
        page([named("a")], { quarantined: [{ reason: "transactions.booked[1].amount: number expected", raw: "{secret}" }] });
      const update = await world.update();
      expect(update.status).toBe("COMPLETED");
      expect((await world.store.steps(update.id)).find((step) => step.kind === "RECENT")).toMatchObject({
        status: "DONE",
        seen: 1,
        quarantined: 1,
      });
    });

    it("heals an account whose currency the bank calls XXX, and keeps it healed", async () => {
      await using world = await startWorld();
      world.bank.list = () => ({ accounts: [listed({ currency: null })], quarantined: [] });
      await world.update();
      world.advance(HOUR);
      await world.update();
      expect(await world.store.accountsOfConsent(world.consent.id)).toMatchObject([{ currency: "EUR" }]);
    });

    it("reads the identity once the accounts are known", async () => {
      await using world = await startWorld({ scopes: ["ACCOUNTS", "IDENTITY"] });
      world.bank.people = () => [{ fullName: "Ann Example", birthDate: null, addresses: [], emails: [], phones: [], resourceIds: ["r1"] }];
      const update = await world.update();
      const [account] = await world.store.accountsOfConsent(world.consent.id);
      const people = (await world.store.identitiesOfConsents(world.owner, [world.consent.id])).get(world.consent.id);
      expect(people).toMatchObject([{ fullName: "Ann Example", accountIds: [account?.id] }]);
      expect(update.status).toBe("COMPLETED");
      expect(await world.changes()).toContain("IdentityChanged");
    });
  });

  describe("a later update", () => {
    it("asks ten days before what is complete, no history, and changes nothing that did not change", async () => {
      await using world = await startWorld();
      world.bank.rows = days(100);
      await world.update();
      const before = await world.transactions();
      const changes = (await world.changes()).length;
      world.advance(DAY);
      world.bank.calls.length = 0;
      world.bank.rows.push(named("new", { bookingDate: "2026-09-08" }));
      const update = await world.update();
      expect(world.bank.calls.filter((call) => call.startsWith("transactions"))).toEqual([`transactions r1 ${daysAgo(10)}..- first`]);
      expect(update).toMatchObject({ status: "COMPLETED", added: 1, modified: 0, removed: 0 });
      expect((await world.transactions()).slice(1)).toEqual(before);
      const later = (await world.changes()).slice(changes).filter((type) => type !== "UpdateChanged");
      expect(later.sort()).toEqual(["AccountChanged", "TransactionAdded"]);
    });

    it("keeps the id from pending to booked", async () => {
      await using world = await startWorld();
      world.bank.rows = [pending()];
      await world.update();
      const [before] = await world.transactions();
      world.advance(DAY);
      world.bank.rows = [facts({ bookingDate: "2026-09-08" })];
      const update = await world.update();
      expect(update).toMatchObject({ added: 0, modified: 1 });
      expect(await world.transactions()).toMatchObject([{ id: before?.id, status: "BOOKED", revision: 2, date: "2026-09-08" }]);
    });

    it("voids a hold that is never booked after two complete fetches without it, seven days on", async () => {
      await using world = await startWorld();
      world.bank.rows = [pending(), named("a")];
      await world.update();
      world.bank.rows = [named("a")];
      world.advance(3 * DAY);
      expect(await world.update()).toMatchObject({ removed: 0 });
      world.advance(DAY);
      expect(await world.update()).toMatchObject({ removed: 0 }); // lacking twice, but a hold may take a week
      world.advance(4 * DAY);
      expect(await world.update()).toMatchObject({ removed: 1 });
      expect((await world.transactions()).find((row) => row.status === "VOIDED")).toMatchObject({ voidReason: "NEVER_BOOKED" });
      expect(await world.changes()).toContain("TransactionRemoved");
    });

    it("voids a booked row only after two complete fetches on different days, and revives it under its id", async () => {
      await using world = await startWorld();
      const rows = [named("old", { bookingDate: daysAgo(5) }), named("a"), named("b", { amount: "-7.00" })];
      world.bank.rows = rows;
      await world.update();
      const id = (await world.transactions()).find((row) => row.bankTransactionId === "a")?.id;
      world.bank.rows = rows.filter((row) => row.bankTransactionId !== "a");
      world.advance(DAY);
      expect(await world.update()).toMatchObject({ removed: 0 });
      world.advance(HOUR);
      expect(await world.update()).toMatchObject({ removed: 0 });
      world.advance(DAY);
      expect(await world.update()).toMatchObject({ removed: 1 });
      world.bank.rows = rows;
      world.advance(DAY);
      expect(await world.update()).toMatchObject({ added: 0, modified: 1 });
      expect((await world.transactions()).find((row) => row.bankTransactionId === "a")).toMatchObject({
        id,
        status: "BOOKED",
        voidReason: null,
      });
    });

    it("voids nothing where the bank delivers no pending rows, or shows a shorter history", async () => {
      await using world = await startWorld();
      world.bank.rows = [pending({ transactionDate: daysAgo(8) }), named("old", { bookingDate: daysAgo(9) }), named("a")];
      await world.update();
      world.bank.serve = () => page([named("a")], { pendingUnknown: true });
      for (let day = 0; day < 3; day++) {
        world.advance(DAY);
        expect(await world.update()).toMatchObject({ status: "COMPLETED", removed: 0 });
      }
    });

    it("takes no account for gone while one of the list cannot be read", async () => {
      await using world = await startWorld();
      await world.update();
      world.bank.list = () => ({ accounts: [], quarantined: [{ reason: "accounts[0].iban: expected text", raw: "{}" }] });
      world.advance(HOUR);
      await world.update();
      expect(await world.store.accountsOfConsent(world.consent.id)).toMatchObject([{ status: "ACTIVE" }]);
    });

    it("marks an account that is gone from the list, keeps its rows, and takes it back", async () => {
      await using world = await startWorld();
      world.bank.rows = days(2);
      await world.update();
      const [account] = await world.store.accountsOfConsent(world.consent.id);
      world.bank.list = () => ({ accounts: [listed({ iban: "DE02500105170137075030", resourceId: "r2" })], quarantined: [] });
      world.bank.rows = [];
      world.advance(HOUR);
      await world.update();
      const gone = await world.store.accountsOfConsent(world.consent.id);
      expect(gone.find((one) => one.id === account?.id)?.status).toBe("NO_LONGER_SHARED");
      expect(await world.transactions()).toHaveLength(2);
      world.bank.list = () => ({ accounts: [listed({ resourceId: "renewed" })], quarantined: [] });
      world.advance(HOUR);
      await world.update();
      expect((await world.store.accountsOfConsent(world.consent.id)).find((one) => one.id === account?.id)).toMatchObject({
        status: "ACTIVE",
        resourceId: "renewed",
      });
    });
  });
});
