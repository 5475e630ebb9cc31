import { describe, expect, it } from "vitest";
import { SandboxClock } from "./clock.ts";
import { isIban } from "./iban.ts";
import { divideByRate, formatMinor, parseMinor } from "./money.ts";
import { seededLedger } from "./seed.ts";
import { truthOf } from "./truth.ts";

const seed = { country: "DE", bic: "SBNKDEBBXXX", bankCode: "10099900" };

describe("ledger", () => {
  it("gives demo 24 months of entries with consistent running balances", () => {
    const ledger = seededLedger(new SandboxClock(), seed);
    for (const account of truthOf(ledger, "demo").accounts) {
      const booked = account.transactions.filter((row) => row.status === "booked");
      expect(booked.length).toBeGreaterThan(20);
      const opening = ledger.book(account.id)?.account.opening ?? 0n;
      const sum = booked.reduce((total, row) => total + parseMinor(row.amount, row.currency), opening);
      expect(formatMinor(sum, account.currency)).toBe(account.bookedBalance);
      expect(booked.at(-1)?.balanceAfter).toBe(account.bookedBalance);
      expect(new Set(account.transactions.map((row) => row.id)).size).toBe(account.transactions.length);
      if (account.iban) expect(isIban(account.iban)).toBe(true);
    }
  });

  it("books pending entries and enters new ones as the clock moves, with the same ids", () => {
    const clock = new SandboxClock();
    clock.set("2026-11-25T12:30:00Z");
    const ledger = seededLedger(clock, seed);
    const before = truthOf(ledger, "demo").accounts[0]?.transactions ?? [];
    const pending = before.filter((row) => row.status === "pending");
    expect(pending.length).toBeGreaterThan(0);
    clock.advance("P1D");
    const after = truthOf(ledger, "demo").accounts[0]?.transactions ?? [];
    expect(after.length).toBeGreaterThan(before.length);
    clock.advance("P4D");
    const later = new Map(truthOf(ledger, "demo").accounts[0]?.transactions.map((row) => [row.id, row.status]));
    for (const row of pending) expect(later.get(row.id)).toBe("booked");
  });

  it("makes exactly 20,000 business entries, fast, in the same order on every run", () => {
    const clock = new SandboxClock();
    const started = performance.now();
    const rows = truthOf(seededLedger(clock, seed), "business").accounts[0]?.transactions ?? [];
    expect(performance.now() - started).toBeLessThan(1500);
    expect(rows.length).toBe(20_000);
    const dates = rows.map((row) => row.bookingDate ?? "");
    expect(dates).toEqual([...dates].sort());
  });

  it("pays the card off with the sum of last month's purchases on both accounts", () => {
    const [current, , card] = truthOf(seededLedger(new SandboxClock(), seed), "demo").accounts;
    const bills = card?.transactions.filter((row) => row.remittance[0]?.startsWith("Kreditkartenabrechnung")) ?? [];
    expect(bills.length).toBeGreaterThan(10);
    for (const bill of bills) expect(current?.transactions.some((row) => row.amount === `-${bill.amount}`)).toBe(true);
  });

  it("keeps money exact", () => {
    expect(formatMinor(-5n, "EUR")).toBe("-0.05");
    expect(formatMinor(123n, "JPY")).toBe("123");
    expect(parseMinor("-12.3", "EUR")).toBe(-1230n);
    expect(() => parseMinor("1.234", "EUR")).toThrow(RangeError);
    expect(divideByRate(10_000n, "1.0829")).toBe(9234n);
  });

  it("refuses durations and instants it cannot read", () => {
    expect(() => new SandboxClock().advance("1 day")).toThrow(RangeError);
    expect(() => new SandboxClock().set("soon")).toThrow(RangeError);
  });
});
