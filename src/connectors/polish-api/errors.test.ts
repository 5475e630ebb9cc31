import { describe, expect, it } from "vitest";
import { refusal, type RefusalContext } from "./errors.ts";

const NOW = Date.parse("2026-11-25T12:00:00Z");

function read(status: number, body: unknown, more: Partial<RefusalContext> & { headers?: Record<string, string> } = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const { headers = {}, ...rest } = more;
  const context: RefusalContext = { operation: "getTransactionsDone", requestId: "r-1", hadToken: true, now: NOW, patterns: [], ...rest };
  return refusal({ status, text, headers, bytes: Buffer.from(text) }, context);
}
const said = (code: string, message = "") => ({ responseHeader: { isCallback: false }, code, message });
const verdict = (...args: Parameters<typeof read>) => `${read(...args).failure} ${read(...args).code}`;
const AUTHORIZE = { operation: "authorize", hadToken: false } as const;
const TOKEN = { operation: "token", hadToken: false } as const;
const DELETE = { operation: "deleteConsent", hadToken: false } as const;

describe("a refusal whose code says nothing", () => {
  it.each<[number, string, Partial<RefusalContext>?]>([
    [400, "BAD_REQUEST UNKNOWN"],
    [401, "TOKEN_EXPIRED CONSENT_INVALID"],
    [401, "TPP_NOT_ACCEPTED UNKNOWN", AUTHORIZE],
    [401, "TPP_NOT_ACCEPTED UNKNOWN", DELETE],
    [403, "CONSENT_INVALID CONSENT_INVALID"],
    [403, "TPP_NOT_ACCEPTED UNKNOWN", AUTHORIZE],
    [403, "CONSENT_INVALID CONSENT_INVALID", DELETE],
    [404, "ACCOUNT_UNAVAILABLE ACCOUNT_NOT_ACCESSIBLE"],
    [404, "NOT_SUPPORTED UNKNOWN", { operation: "getAccounts" }],
    [405, "BAD_REQUEST UNKNOWN"],
    [406, "BAD_REQUEST UNKNOWN"],
    [415, "BAD_REQUEST UNKNOWN"],
    [422, "NOT_SUPPORTED UNKNOWN"],
    [422, "BAD_REQUEST UNKNOWN", AUTHORIZE],
    [422, "CONSENT_INVALID CONSENT_INVALID", DELETE],
    [429, "RATE_LIMITED QUOTA_EXCEEDED"],
    [500, "BANK_TEMPORARY BANK_UNAVAILABLE"],
    [501, "NOT_SUPPORTED UNKNOWN"],
    [503, "BANK_TEMPORARY BANK_UNAVAILABLE"],
    [504, "BANK_TEMPORARY BANK_TIMEOUT"],
    [302, "PROTOCOL BANK_BAD_RESPONSE"],
    [400, "CONSENT_INVALID CONSENT_INVALID", { ...TOKEN, refusedGrant: { as: "CODE", patterns: ["E-1"] } }],
    [401, "CONSENT_INVALID CONSENT_INVALID", { ...TOKEN, refusedGrant: { as: "CODE", patterns: [] } }],
    [401, "CONSENT_INVALID CONSENT_EXPIRED", { ...TOKEN, refusedGrant: { as: "REFRESH", patterns: [] } }],
    [500, "BANK_TEMPORARY BANK_UNAVAILABLE", { ...TOKEN, refusedGrant: { as: "REFRESH", patterns: ["E-1"] } }],
  ])("is read by its status: %i is %s (%j)", (status, expected, more) => {
    expect(verdict(status, said("E-1"), more)).toBe(expected);
  });
});

describe("a refusal whose code leaves no doubt", () => {
  it.each<[number, string, string, Partial<RefusalContext>?]>([
    [403, "CONSENT_EXPIRED", "CONSENT_INVALID CONSENT_EXPIRED"],
    [401, "consentExpired", "CONSENT_INVALID CONSENT_EXPIRED"],
    [401, "CONSENT_REVOKED", "CONSENT_INVALID CONSENT_REVOKED"],
    [400, "CONSENT_NOT_FOUND", "CONSENT_INVALID CONSENT_INVALID"],
    [403, "TOKEN_EXPIRED", "TOKEN_EXPIRED CONSENT_INVALID"],
    [403, "INVALID_TOKEN", "TOKEN_EXPIRED CONSENT_INVALID"],
    [401, "INVALID_SIGNATURE", "TPP_NOT_ACCEPTED UNKNOWN"],
    [401, "TPP_BLOCKED", "TPP_NOT_ACCEPTED UNKNOWN"],
    [403, "REQUEST_LIMIT_EXCEEDED", "RATE_LIMITED QUOTA_EXCEEDED"],
    [422, "ACCOUNT_BLOCKED", "ACCOUNT_UNAVAILABLE ACCOUNT_NOT_ACCESSIBLE"],
    [422, "ACCOUNT_BLOCKED", "BAD_REQUEST UNKNOWN", AUTHORIZE],
    [400, "HISTORY_TOO_LONG", "SCA_REQUIRED PERIOD_NOT_AVAILABLE"],
    [400, "HISTORY_TOO_LONG", "BAD_REQUEST UNKNOWN", AUTHORIZE],
    [400, "INTERNAL_ERROR", "BAD_REQUEST UNKNOWN"],
    [400, "INVALID_GRANT", "CONSENT_INVALID CONSENT_EXPIRED", { ...TOKEN, refusedGrant: { as: "REFRESH", patterns: [] } }],
    [400, "INVALID_CLIENT", "TPP_NOT_ACCEPTED UNKNOWN", TOKEN],
  ])("is read by it: %i %s is %s (%j)", (status, code, expected, more) => {
    expect(verdict(status, said(code), more)).toBe(expected);
  });

  it("is read by the bank's own patterns before all else", () => {
    const patterns = [{ match: "^E-77$", status: 403, failure: "RATE_LIMITED", code: "QUOTA_EXCEEDED" } as const];
    expect(verdict(403, said("E-77"), { patterns })).toBe("RATE_LIMITED QUOTA_EXCEEDED");
    expect(verdict(401, said("E-77"), { patterns })).toBe("TOKEN_EXPIRED CONSENT_INVALID");
  });
});

describe("a refusal of a window", () => {
  it("longer than granted names the days that are granted, or those that the bank names", () => {
    expect(read(422, said("E-1"), { grantedDays: 90 })).toMatchObject({ failure: "SCA_REQUIRED", servedDays: 90 });
    expect(read(422, said("E-1", "tylko ostatnie 30 dni"), { grantedDays: 90 }).servedDays).toBe(30);
  });
});

describe("what no JSON of the bank says", () => {
  it.each<[number, string, string]>([
    [403, "<html>Access denied</html>", "BANK_TEMPORARY BANK_UNAVAILABLE"],
    [404, "<html>Not found</html>", "PROTOCOL BANK_BAD_RESPONSE"],
    [401, "", "TOKEN_EXPIRED CONSENT_INVALID"],
    [502, "<html>Bad gateway</html>", "BANK_TEMPORARY BANK_UNAVAILABLE"],
  ])("%i %s is %s", (status, body, expected) => {
    expect(verdict(status, body)).toBe(expected);
  });

  it("is shown without numbers of accounts or tokens", () => {
    const shown = read(400, { message: "Rachunek PL61109010140000071219812874, token eyJhbGciOiJSUzI1NiJ9.abcdef" }).bankCode ?? "";
    expect(shown).toContain("Rachunek");
    expect(shown).not.toMatch(/6110901014|eyJhbGci/);
  });
});
