import { describe, expect, it } from "vitest";
import { ExactNumber } from "../../http/json.ts";
import { endOfDay, readDay, readDecimal, readMoney } from "./values.ts";
import { BadRow, meaningOf } from "./wire.ts";

describe("readDecimal", () => {
  it.each([
    ["12.30", "12.30"],
    ["+12.3", "12.30"],
    ["-12,30", "-12.30"],
    ["1 234,56", "1234.56"],
    ["1\u00a0234\u202f567.8", "1234567.80"],
    ["1.234,56", "1234.56"],
    ["1,234.56", "1234.56"],
    ["−12", "-12.00"],
    ["0.1234", "0.1234"],
    ["1.234", "1.234"],
    ["1.0E+2", "100.00"],
    ["12e-1", "1.20"],
    ["-0", "0.00"],
    ["00012", "12.00"],
    [new ExactNumber("123456789012345.67"), "123456789012345.67"],
  ])("reads %s as %s", (text, amount) => expect(readDecimal(text, "EUR")).toBe(amount));

  it.each(["1,234", "1,2,3", "", " ", "abc", "12.3.4", "--1", "1e999", null, true, {}, "9".repeat(61)])("refuses %s", (text) =>
    expect(readDecimal(text, "EUR")).toBeNull(),
  );
});

describe("readMoney", () => {
  it.each([
    [undefined, "transactionAmount", "missing"],
    ["garbage", "transactionAmount", "a text"],
    [{ amount: "1.00" }, "transactionAmount.currency", "missing"],
    [{ amount: "1.00", currency: "XXX" }, "transactionAmount.currency", "ISO 4217"],
    [{ amount: null, currency: "EUR" }, "transactionAmount.amount", "null"],
    [{ amount: "12 EUR", currency: "EUR" }, "transactionAmount.amount", "decimal"],
  ])("names the path of what is wrong in %j, and shows no content", (value, path, problem) => {
    const read = () => readMoney(value, "transactionAmount");
    expect(read).toThrow(BadRow);
    expect(read).toThrow(`${path}: `);
    expect(read).toThrow(problem);
    expect(read).not.toThrow("garbage");
  });
});

describe("readDay", () => {
  it.each([
    ["2026-11-20", "2026-11-20"],
    ["20-11-2026", "2026-11-20"],
    ["20/11/2026", "2026-11-20"],
    ["20261120", "2026-11-20"],
    ["2026-11-20T23:30:00Z", "2026-11-21"],
    ["2026-11-20T23:30:00.1234567+0100", "2026-11-20"],
    ["2026-11-20T10:00+00:00", "2026-11-20"],
    ["2026-11-20T23:59:00", "2026-11-20"],
    ["2026-11-20 23:59:00.1234567", "2026-11-20"],
  ])("reads %s in Berlin as %s", (text, day) => expect(readDay(text, "Europe/Berlin")).toBe(day));

  it.each(["2026-02-30", "yesterday", "", null, "2026-13-01", "0000-00-00"])("refuses %s", (text) =>
    expect(readDay(text, "Europe/Berlin")).toBeNull(),
  );
});

describe("endOfDay", () => {
  it.each([
    ["Europe/Berlin", "2026-11-20", "2026-11-20T23:00:00Z"],
    ["Europe/Berlin", "2026-03-29", "2026-03-29T22:00:00Z"],
    ["Europe/Berlin", "2026-10-25", "2026-10-25T23:00:00Z"],
    ["Europe/London", "2026-07-01", "2026-07-01T23:00:00Z"],
    ["Pacific/Kiritimati", "2026-07-01", "2026-07-01T10:00:00Z"],
    ["Pacific/Pago_Pago", "2026-07-01", "2026-07-02T11:00:00Z"],
    ["Asia/Kathmandu", "2026-07-01", "2026-07-01T18:15:00Z"],
  ] as const)("of %s on %s is %s", (zone, day, end) => expect(new Date(endOfDay(zone, day)).toISOString()).toBe(end.replace("Z", ".000Z")));
});

describe("meaningOf", () => {
  it.each(["NOTPROVIDED", "not provided", "NONREF", "N/A", "-", "0000", " ", "null", "XXX", null, undefined])(
    "takes %s for nothing",
    (text) => expect(meaningOf(text)).toBeNull(),
  );
  it.each(["E-77", "0001", "9998", "Xavier"])("keeps %s", (text) => expect(meaningOf(text)).toBe(text));
});
