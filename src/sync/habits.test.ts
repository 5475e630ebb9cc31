import { describe, expect, it } from "vitest";
import { DAY } from "../domain/time.ts";
import type { TransactionFacts } from "../domain/transaction.ts";
import { datesHold, learned, nameHabit, noHabits } from "./habits.ts";
import { amountOf, facts, named, pending } from "./matcher/matcher.fixture.ts";
import { page } from "./scripted-bank.fixture.ts";
import { daysAgo, type World } from "./sync.fixture.ts";
import { onEveryDatabase } from "./worlds.fixture.ts";

const NONE = noHabits("b").names.ID;

describe("what the hub says of a bank's names", () => {
  it.each([
    ["UNKNOWN", { same: 4 }],
    ["STABLE", { same: 5 }],
    ["MISSING", { missing: 5 }],
    ["ASSIGNED_LATE", { same: 50, late: 5 }],
    ["CHANGED_AT_BOOKING", { same: 50, changedAtBooking: 5 }],
    ["STABLE", { same: 50, changedAtBooking: 5, keptAtBooking: 6 }],
    ["VOLATILE", { same: 1, changed: 5 }],
    ["REUSED", { same: 30, lies: 6 }],
    ["POSITIONAL", { same: 30, lies: 6, positional: 5 }],
    ["STABLE", { same: 100, lies: 6 }],
  ] as const)("is %s for %j", (habit, seen) => {
    expect(nameHabit({ ...NONE, ...seen })).toBe(habit);
  });

  it("fades: what it does now outweighs what it did long ago", () => {
    let habits = learned(noHabits("b"), { ...noHabits("b"), names: { REFERENCE: NONE, ID: { ...NONE, changed: 4_000 } } });
    const stable = { ...noHabits("b"), names: { REFERENCE: NONE, ID: { ...NONE, same: 1_000 } } };
    for (let fetch = 0; fetch < 4; fetch++) habits = learned(habits, stable);
    expect(nameHabit(habits.names.ID)).toBe("STABLE");
  });

  it("forgets after a month that the dates were ignored, and tries them again", () => {
    const habits = { ...noHabits("b"), datesIgnoredAt: 0 };
    expect([datesHold(habits, DAY), datesHold(habits, 31 * DAY)]).toEqual([false, true]);
  });
});

function shops(count: number, name: (i: number) => string | null, more: Partial<TransactionFacts> = {}): TransactionFacts[] {
  return Array.from({ length: count }, (_, i) =>
    facts({
      bankTransactionId: name(i),
      amount: amountOf(-100 * (i + 1)),
      bookingDate: daysAgo(i % 5),
      counterpartyName: `Shop ${i}`,
      ...more,
    }),
  );
}

onEveryDatabase((startWorld) => {
  async function habits(world: World) {
    const known = await world.store.bankHabits(world.consent.bankId);
    if (!known) throw new Error("nothing learned");
    return known;
  }

  describe("overlapping fetches", () => {
    it.each([
      ["STABLE", (i: number) => `id-${i}`, (i: number) => `id-${i}`],
      ["VOLATILE", (i: number) => `x${i}`, (i: number) => `y${i}`],
      ["ASSIGNED_LATE", () => null, (i: number) => `id-${i}`],
      ["MISSING", () => null, () => null],
      ["REUSED", (i: number) => `id-${i}`, (i: number) => `id-${(i + 5) % 20}`],
      ["POSITIONAL", (i: number) => `2026-09-07.${i}`, (i: number) => `2026-09-07.${(i + 5) % 20}`],
    ] as const)("teach that ids are %s, and the store keeps it", async (habit, first, second) => {
      await using world = await startWorld();
      world.bank.rows = shops(20, first);
      await world.update();
      world.bank.rows = shops(20, second);
      world.advance(DAY);
      expect(await world.update()).toMatchObject({ added: 0, removed: 0 });
      expect(nameHabit((await habits(world)).names.ID)).toBe(habit);
    });

    it("teach that names change at booking, and how long a pending row lives", async () => {
      await using world = await startWorld();
      const held = (i: number) =>
        pending({ bankTransactionId: `p${i}`, entryReference: `r${i}`, amount: amountOf(-100 * (i + 1)), transactionDate: daysAgo(0) });
      world.bank.rows = Array.from({ length: 6 }, (_, i) => held(i));
      await world.update();
      world.advance(8 * DAY);
      world.bank.rows = world.bank.rows.map((row, i) =>
        facts({ amount: row.amount, bankTransactionId: `b${i}`, entryReference: `r${i}`, bookingDate: daysAgo(-8) }),
      );
      expect(await world.update()).toMatchObject({ added: 0, modified: 6 });
      const known = await habits(world);
      expect([nameHabit(known.names.ID), nameHabit(known.names.REFERENCE), known.pendingDays]).toEqual([
        "CHANGED_AT_BOOKING",
        "UNKNOWN",
        8,
      ]);
    });

    it("of a bank whose rows come late widen the window that later updates ask for", async () => {
      await using world = await startWorld();
      world.bank.rows = [named("a")];
      await world.update();
      world.bank.rows.push(named("late", { bookingDate: daysAgo(9), amount: "-9.00" }));
      world.advance(DAY);
      await world.update();
      expect((await habits(world)).lateDays).toBe(10);
      world.bank.calls.length = 0;
      world.advance(DAY);
      await world.update();
      expect(world.bank.calls.at(-1)).toBe(`transactions r1 ${daysAgo(14)}..- first`);
    });

    it("wait longer before a hold counts as never booked where the bank books that late", async () => {
      await using world = await startWorld();
      await world.store.tx((tx) => tx.putBankHabits({ ...noHabits(world.consent.bankId), pendingDays: 10 }));
      world.bank.rows = [pending(), named("a")];
      await world.update();
      world.bank.rows = [named("a")];
      for (let day = 1; day <= 10; day++) {
        world.advance(DAY);
        expect(await world.update()).toMatchObject({ removed: 0 });
      }
      world.advance(DAY);
      expect(await world.update()).toMatchObject({ removed: 1 });
    });
  });

  describe("a bank whose names have lied", () => {
    it("that numbers rows by their place does not move rows to other days", async () => {
      await using world = await startWorld();
      const coffee = (place: number, days: number) => named(String(place), { bookingDate: daysAgo(days) });
      world.bank.rows = [coffee(1, 0)];
      await world.update();
      const [first] = await world.transactions();
      world.advance(DAY);
      world.bank.rows = [coffee(1, -1), coffee(2, 0)];
      expect(await world.update()).toMatchObject({ added: 1 });
      expect(await world.transactions()).toMatchObject([{ date: daysAgo(-1) }, { id: first?.id, date: daysAgo(0) }]);
    });
  });

  describe("a bank that ignores the period", () => {
    it("is not believed to be complete, keeps what is new, and is asked for all it has from then on", async () => {
      await using world = await startWorld();
      world.bank.rows = Array.from({ length: 100 }, (_, i) => named(`t${i}`, { bookingDate: daysAgo(i) }));
      world.bank.pageSize = 25;
      world.bank.serve = (request) => world.bank.window({ ...request, from: null });
      const update = await world.update();
      expect(update).toMatchObject({ status: "PARTIALLY_COMPLETED", added: 100, error: { code: "BANK_BAD_RESPONSE" } });
      const steps = await world.store.steps(update.id);
      expect(steps.find((step) => step.kind === "RECENT")).toMatchObject({ status: "FAILED", pages: 3 }); // stopped past the period
      expect((await world.store.accountsOfConsent(world.consent.id))[0]?.coverage).toEqual([{ from: daysAgo(99), to: daysAgo(31) }]);
      world.advance(DAY);
      expect(await world.update()).toMatchObject({ status: "COMPLETED", added: 0 });
      expect(world.bank.requests.at(-1)).toMatchObject({ from: null, to: null });
      expect((await world.store.accountsOfConsent(world.consent.id))[0]?.coverage).toEqual([{ from: daysAgo(99), to: daysAgo(-1) }]);
    });

    it("is not accused for a row that its value date puts into the period, nor for pending ones", async () => {
      await using world = await startWorld();
      world.bank.serve = (request) =>
        request.to === null
          ? page([named("v", { bookingDate: daysAgo(40), valueDate: daysAgo(2) }), pending({ transactionDate: daysAgo(60) })])
          : page([]);
      expect(await world.update()).toMatchObject({ status: "COMPLETED" });
    });
  });
});
