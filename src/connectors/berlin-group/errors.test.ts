import { describe, expect, it } from "vitest";
import { refusal, type ErrorContext } from "./errors.ts";
import type { Operation } from "./profile.ts";

const NOW = Date.parse("2026-11-25T12:00:00Z");

function read(status: number, body: unknown, more: Partial<ErrorContext> & { headers?: Record<string, string> } = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const { headers = {}, ...rest } = more;
  const context: ErrorContext = {
    operation: "transactions",
    requestId: "r-1",
    hadToken: true,
    now: NOW,
    patterns: [],
    authUrlFromError: null,
    ...rest,
  };
  return refusal({ status, text, headers, bytes: Buffer.from(text) }, context);
}
const tpp = (code: string, text = "") => ({ tppMessages: [{ category: "ERROR", code, text }] });
const verdict = (...args: Parameters<typeof read>) => `${read(...args).failure} ${read(...args).code}`;

describe("a refusal of the standard", () => {
  it.each<[number, string, string, Operation?]>([
    [400, "FORMAT_ERROR", "BAD_REQUEST UNKNOWN"],
    [400, "PARAMETER_NOT_CONSISTENT", "BAD_REQUEST UNKNOWN"],
    [400, "TIMESTAMP_INVALID", "BAD_REQUEST UNKNOWN"],
    [400, "SCA_METHOD_UNKNOWN", "BAD_REQUEST UNKNOWN"],
    [400, "PARAMETER_NOT_SUPPORTED", "NOT_SUPPORTED UNKNOWN"],
    [405, "SERVICE_INVALID", "NOT_SUPPORTED UNKNOWN"],
    [400, "SESSIONS_NOT_SUPPORTED", "NOT_SUPPORTED UNKNOWN"],
    [406, "REQUESTED_FORMATS_INVALID", "NOT_SUPPORTED UNKNOWN"],
    [400, "PERIOD_INVALID", "SCA_REQUIRED PERIOD_NOT_AVAILABLE"],
    [400, "PERIOD_INVALID", "BAD_REQUEST UNKNOWN", "consent-create"],
    [400, "CONSENT_UNKNOWN", "CONSENT_INVALID CONSENT_INVALID"],
    [403, "CONSENT_UNKNOWN", "CONSENT_INVALID CONSENT_INVALID"],
    [404, "RESOURCE_UNKNOWN", "ACCOUNT_UNAVAILABLE ACCOUNT_NOT_ACCESSIBLE"],
    [404, "RESOURCE_UNKNOWN", "CONSENT_INVALID CONSENT_INVALID", "consent"],
    [404, "RESOURCE_UNKNOWN", "NOT_SUPPORTED UNKNOWN", "accounts"],
    [403, "RESOURCE_EXPIRED", "CONSENT_INVALID CONSENT_EXPIRED"],
    [400, "RESOURCE_BLOCKED", "ACCOUNT_UNAVAILABLE ACCOUNT_NOT_ACCESSIBLE"],
    [401, "CONSENT_INVALID", "CONSENT_INVALID CONSENT_INVALID"],
    [401, "CONSENT_EXPIRED", "CONSENT_INVALID CONSENT_EXPIRED"],
    [401, "TOKEN_EXPIRED", "TOKEN_EXPIRED CONSENT_INVALID"],
    [401, "TOKEN_INVALID", "TOKEN_EXPIRED CONSENT_INVALID"],
    [401, "TOKEN_UNKNOWN", "TOKEN_EXPIRED CONSENT_INVALID"],
    [401, "CERTIFICATE_REVOKE", "TPP_NOT_ACCEPTED UNKNOWN"],
    [401, "CERTIFICATE_MISSING", "TPP_NOT_ACCEPTED UNKNOWN"],
    [401, "SIGNATURE_INVALID", "TPP_NOT_ACCEPTED UNKNOWN"],
    [401, "ROLE_INVALID", "TPP_NOT_ACCEPTED UNKNOWN"],
    [401, "PSU_CREDENTIALS_INVALID", "BAD_REQUEST UNKNOWN"],
    [403, "SERVICE_BLOCKED", "ACCOUNT_UNAVAILABLE ACCOUNT_NOT_ACCESSIBLE"],
    [403, "SERVICE_BLOCKED", "TPP_NOT_ACCEPTED UNKNOWN", "consent-create"],
    [409, "STATUS_INVALID", "CONSENT_INVALID CONSENT_INVALID"],
    [429, "ACCESS_EXCEEDED", "RATE_LIMITED QUOTA_EXCEEDED"],
  ])("%i %s is %s", (status, code, expected, operation = "transactions") => {
    expect(verdict(status, tpp(code), { operation })).toBe(expected);
    expect(verdict(status, { type: "https://x.example", title: "t", code, detail: "d" }, { operation })).toBe(expected);
  });

  it.each([
    [408, "BANK_TEMPORARY BANK_TIMEOUT"],
    [500, "BANK_TEMPORARY BANK_UNAVAILABLE"],
    [503, "BANK_TEMPORARY BANK_UNAVAILABLE"],
    [504, "BANK_TEMPORARY BANK_TIMEOUT"],
  ])("%i of any kind is %s", (status, expected) => {
    expect(verdict(status, "")).toBe(expected);
    expect(verdict(status, "<html>")).toBe(expected);
    expect(verdict(status, { message: null })).toBe(expected);
  });
});

describe("a refusal in the bank's own form", () => {
  it.each<[string, number, unknown, string]>([
    ["tppMessages as text", 401, { tppMessages: "Unauthorized", code: "401" }, "TOKEN_EXPIRED CONSENT_INVALID"],
    ["tppMessages as object, code in lower case", 400, { tppMessages: { code: "consent_expired" } }, "CONSENT_INVALID CONSENT_EXPIRED"],
    ["a bare message", 400, { category: "ERROR", code: "CONSENT_FAILED" }, "CONSENT_INVALID CONSENT_INVALID"],
    ["type instead of code", 429, { tppMessages: [{ type: "ACCESS_EXCEEDED" }] }, "RATE_LIMITED QUOTA_EXCEEDED"],
    [
      "a known code among others",
      400,
      { additionalErrors: [{ code: "ODD" }, { code: "PERIOD_INVALID" }] },
      "SCA_REQUIRED PERIOD_NOT_AVAILABLE",
    ],
    [
      "an error before a warning",
      401,
      {
        tppMessages: [
          { category: "WARNING", code: "FORMAT_ERROR" },
          { category: "ERROR", code: "CONSENT_EXPIRED" },
        ],
      },
      "CONSENT_INVALID CONSENT_EXPIRED",
    ],
    ["code before status", 403, tpp("CONSENT_EXPIRED"), "CONSENT_INVALID CONSENT_EXPIRED"],
    ["status before text", 429, { message: "token not valid" }, "RATE_LIMITED QUOTA_EXCEEDED"],
    ["quota in its own code", 400, tpp("HUB046"), "RATE_LIMITED QUOTA_EXCEEDED"],
    ["quota in an error object", 400, { error: { code: "HUB046", message: "quota" } }, "RATE_LIMITED QUOTA_EXCEEDED"],
    ["quota in its own words", 400, tpp("ODD", "Consented multiplicity exceeded"), "RATE_LIMITED QUOTA_EXCEEDED"],
    ["TOO_MANY_REQUESTS", 400, tpp("TOO_MANY_REQUESTS"), "RATE_LIMITED QUOTA_EXCEEDED"],
    ["a firewall's page", 403, "<html>banned your IP address</html>", "BANK_TEMPORARY BANK_UNAVAILABLE"],
    ["a plain word", 401, "unauthorized", "TOKEN_EXPIRED CONSENT_INVALID"],
    ["a redirect", 302, "", "PROTOCOL BANK_BAD_RESPONSE"],
    ["403 about one account", 403, {}, "ACCOUNT_UNAVAILABLE ACCOUNT_NOT_ACCESSIBLE"],
  ])("reads %s", (_name, status, body, expected) => expect(verdict(status, body)).toBe(expected));

  it("asks the profile first", () => {
    const patterns = [{ match: "suspended|303001", failure: "BANK_TEMPORARY", code: "BANK_UNAVAILABLE" } as const];
    expect(verdict(400, tpp("FORMAT_ERROR", "service SUSPENDED"), { patterns })).toBe("BANK_TEMPORARY BANK_UNAVAILABLE");
    expect(verdict(400, tpp("FORMAT_ERROR"), { patterns })).toBe("BAD_REQUEST UNKNOWN");
  });
});

describe("what an error carries", () => {
  it("has the bank's code and our request id", () => {
    expect(read(400, tpp("ODD_CODE", "secret words"))).toMatchObject({ bankCode: "ODD_CODE", supportReference: "r-1" });
    expect(read(400, {}).bankCode).toBe("400");
  });

  it("takes tokens, numbers and addresses out of the bank's words", () => {
    const text = "Token eyJhbGciOiJSUzI1NiIsInR5cCI6 of DE89370400440532013000, anna@example.org, refused";
    const shown = read(400, { message: text }).bankCode ?? "";
    expect(shown).toMatch(/^Token … of …/);
    expect(shown).not.toMatch(/eyJ|DE89|anna/);
  });

  it("has the time of Retry-After, and only where waiting helps", () => {
    expect(read(429, tpp("ACCESS_EXCEEDED"), { headers: { "retry-after": "60" } }).retryAt).toBe(NOW + 60_000);
    expect(read(503, "", { headers: { "retry-after": "60" } }).retryAt).toBe(NOW + 60_000);
    expect(read(401, tpp("CONSENT_EXPIRED"), { headers: { "retry-after": "60" } }).retryAt).toBeNull();
  });

  it.each([
    ["Only the last 90 days are available", 90],
    ["Maximal 180 Tage", 180],
    ["ostatnie 89 dni", 89],
    ["dateFrom is too early", null],
  ])("has the days that the bank says it serves: %s", (text, days) => expect(read(400, tpp("PERIOD_INVALID", text)).servedDays).toBe(days));
});
