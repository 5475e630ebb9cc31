import { describe, expect, it } from "vitest";
import type { ConsentScope } from "../domain/bank.ts";
import type { Day } from "../domain/time.ts";
import { cover } from "./coverage.ts";
import { accountSteps, firstSteps, provenFrom, shorterPeriod, type AccountPlan } from "./planner.ts";

const NOW = Date.UTC(2026, 8, 7, 22, 30); // already the 8th in Warsaw
const update = { id: "upd_1", userId: "usr_1", consentId: "con_1" } as const;
const TODAY: Day = "2026-09-08";
const ALL: readonly ConsentScope[] = ["ACCOUNTS", "BALANCES", "TRANSACTIONS"];

function plan(more: Partial<AccountPlan> = {}, account: Partial<AccountPlan["account"]> = {}): AccountPlan {
  const blank = { id: "acc_1", coverage: [], createdAt: NOW } as const;
  return {
    account: { ...blank, ...account },
    oldestPending: null,
    mayReadBalances: true,
    mayReadTransactions: true,
    harvest: false,
    ...more,
  };
}

const ORDINARY = { lateDays: 0, datesHold: true };

function steps(plans: readonly AccountPlan[], scopes = ALL, maxHistoryDays: number | null = null, habits = ORDINARY) {
  return accountSteps(update, 2, plans, { scopes, bank: { maxHistoryDays, timeZone: "Europe/Warsaw" }, now: NOW, habits });
}

describe("the planner", () => {
  it("starts with the account list, and the identity only where the consent holds it", () => {
    expect(firstSteps(update, ALL).map((step) => step.kind)).toEqual(["ACCOUNTS"]);
    expect(firstSteps(update, [...ALL, "IDENTITY"]).map((step) => step.kind)).toEqual(["ACCOUNTS", "IDENTITY"]);
  });

  it("reads newest money first: all balances, all recent days, then all history", () => {
    const planned = steps([plan(), plan({}, { id: "acc_2" })]);
    expect(planned.map(({ position, kind, accountId }) => [position, kind, accountId])).toEqual([
      [2, "BALANCES", "acc_1"],
      [3, "BALANCES", "acc_2"],
      [4, "RECENT", "acc_1"],
      [5, "RECENT", "acc_2"],
      [6, "HISTORY", "acc_1"],
      [7, "HISTORY", "acc_2"],
    ]);
  });

  it("asks the last 30 days in the bank's own days, and everything before", () => {
    expect(steps([plan()])).toMatchObject([
      { kind: "BALANCES", windowFrom: null, windowTo: null },
      { kind: "RECENT", windowFrom: "2026-08-09", windowTo: "2026-09-08" },
      { kind: "HISTORY", windowFrom: null, windowTo: "2026-08-08" },
    ]);
  });

  it("asks no further back than the bank keeps, and no history of a bank that keeps less than 30 days", () => {
    expect(steps([plan()], ALL, 365)[2]).toMatchObject({
      kind: "HISTORY",
      windowFrom: "2025-09-08",
      windowTo: "2026-08-08",
      status: "PENDING",
    });
    expect(steps([plan()], ALL, 20)[2]).toMatchObject({ kind: "HISTORY", status: "SKIPPED" });
  });

  it("plans nothing the consent does not hold, and skips what the grant does not permit", () => {
    expect(steps([plan()], ["ACCOUNTS", "BALANCES"]).map((step) => step.kind)).toEqual(["BALANCES"]);
    expect(steps([plan({ mayReadBalances: false })]).map((step) => step.status)).toEqual(["SKIPPED", "PENDING", "PENDING"]);
    expect(steps([plan({ mayReadTransactions: false })]).map((step) => step.status)).toEqual(["PENDING", "SKIPPED", "SKIPPED"]);
  });

  it("goes on ten days before the last complete day, or before the oldest pending row", () => {
    const coverage = [{ from: "2024-01-01", to: "2026-09-06" }] as const;
    expect(steps([plan({}, { coverage })])[1]).toMatchObject({ windowFrom: "2026-08-27", windowTo: "2026-09-08" });
    expect(steps([plan({ oldestPending: "2026-09-01" }, { coverage })])[1]).toMatchObject({ windowFrom: "2026-08-22" });
    expect(steps([plan({ oldestPending: "2026-09-07" }, { coverage })])[1]).toMatchObject({ windowFrom: "2026-08-27" });
  });

  it("skips a history that is here, and repeats one that never ended complete", () => {
    const done = [{ from: "2026-06-09", to: "2026-09-06" }] as const;
    const recentOnly = [{ from: "2026-08-07", to: "2026-09-06" }] as const;
    expect(steps([plan({}, { coverage: done })])[2]).toMatchObject({ kind: "HISTORY", status: "SKIPPED" });
    expect(steps([plan({}, { coverage: recentOnly })])[2]).toMatchObject({ status: "PENDING", windowFrom: null, windowTo: "2026-08-06" });
  });

  it("takes a complete history to prove at least the 90 days that every bank serves", () => {
    const window = { windowFrom: null, windowTo: "2026-08-08" as Day };
    expect(provenFrom(window, "2024-02-03", TODAY)).toBe("2024-02-03");
    expect(provenFrom(window, "2026-08-01", TODAY)).toBe("2026-06-10");
    expect(provenFrom(window, null, TODAY)).toBe("2026-06-10");
    expect(provenFrom({ ...window, windowFrom: "2026-08-01" }, "2026-07-01", TODAY)).toBe("2026-08-01");
  });
});

describe("a refused period", () => {
  const today = "2026-09-08";
  const to = "2026-08-08";

  it("goes down 730, 365, 180, 90 days and then ends", () => {
    const tried: string[] = [];
    for (let from: Day | null = null; ;) {
      const shorter = shorterPeriod(from, to, today, null, true);
      if (shorter === null) break;
      tried.push((from = shorter.from));
    }
    expect(tried).toEqual(["2024-09-08", "2025-09-08", "2026-03-12", "2026-06-10"]);
  });

  it("takes the bank's word for what it serves, and the ladder where that is refused too", () => {
    expect(shorterPeriod(null, to, today, 400, true)).toEqual({ from: "2025-08-04", empty: false });
    expect(shorterPeriod("2025-08-04", to, today, 400, true)).toEqual({ from: "2025-09-08", empty: false });
  });

  it("does not spend counted calls on the ladder", () => {
    expect(shorterPeriod(null, to, today, null, false)).toEqual({ from: "2026-06-10", empty: false });
  });

  it("is empty where the bank serves only days that the recent step reads", () => {
    expect(shorterPeriod(null, to, today, 20, true)).toEqual({ from: "2026-08-19", empty: true });
  });
});

describe("coverage", () => {
  it("joins ranges that overlap or touch, and keeps gaps", () => {
    const first = cover([], { from: "2026-03-01", to: "2026-03-31" });
    expect(cover(first, { from: "2026-02-01", to: "2026-02-28" })).toEqual([{ from: "2026-02-01", to: "2026-03-31" }]);
    expect(cover(first, { from: "2026-03-10", to: "2026-04-02" })).toEqual([{ from: "2026-03-01", to: "2026-04-02" }]);
    expect(cover(first, { from: "2026-04-02", to: "2026-04-03" })).toHaveLength(2);
    expect(cover(first, { from: "2026-03-10", to: "2026-03-12" })).toEqual(first);
    expect(cover(first, { from: "2026-05-02", to: "2026-05-01" })).toEqual(first);
  });
});
