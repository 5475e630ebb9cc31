import { describe, expect, it } from "vitest";
import { retryAfter } from "./retry-after.ts";

const NOW = Date.parse("2026-11-25T12:00:00Z");
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toUTCString();

describe("retryAfter", () => {
  it.each([
    ["seconds", { "retry-after": "90" }, 90],
    ["zero", { "retry-after": "0" }, 0],
    ["a day and a half", { "retry-after": "129600" }, 129_600],
    ["an HTTP date", { "retry-after": at(5) }, 300],
    ["a date that only the server's own wrong clock explains", { "retry-after": at(-55), date: at(-60) }, 300],
  ])("reads %s", (_name, headers, seconds) => expect(retryAfter(headers, NOW)).toBe(NOW + seconds * 1_000));

  it.each([
    ["absent", {}],
    ["blank", { "retry-after": " " }],
    ["beyond two days", { "retry-after": "99999999999" }],
    ["a date next year", { "retry-after": at(600_000) }],
    ["negative", { "retry-after": "-5" }],
    ["in the past", { "retry-after": at(-5) }],
    ["words", { "retry-after": "tomorrow" }],
    ["a number with a unit", { "retry-after": "5 minutes" }],
  ])("answers null where it is %s", (_name, headers) => expect(retryAfter(headers, NOW)).toBeNull());
});
