import { describe, expect, it } from "vitest";
import { BankError } from "../domain/failure.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../domain/time.ts";
import { claim } from "./claim.ts";
import { amountOf, facts, named, pending } from "./matcher/matcher.fixture.ts";
import { CALLBACK_URL, daysAgo, listed, page, startWorld, TODAY, type World } from "./sync.fixture.ts";

function days(count: number, first = 0) {
  return Array.from({ length: count }, (_, i) => named(`t${first + i}`, { bookingDate: daysAgo(first + i) }));
}

const down = () => new BankError("BANK_TEMPORARY", "BANK_UNAVAILABLE", "503");

async function steps(world: World, update: { readonly id: `upd_${string}` }) {
  return (await world.store.steps(update.id)).map(({ kind, status, error }) => [kind, status, ...(error ? [error.code] : [])].join(" "));
}

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
    world.advance(5 * DAY);
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
              if ((await inner.oldestPendingDate("acc_0")) === null && (await inner.update(update.id))?.added === 1_200 && inserts++ === 0)
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
