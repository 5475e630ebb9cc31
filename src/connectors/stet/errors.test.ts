import { describe, expect, it } from "vitest";
import type { HttpResponse } from "../../http/bank-http.ts";
import { isEmptyList, refusal, type ErrorContext } from "./errors.ts";

const NOW = Date.parse("2026-11-25T10:00:00Z");
const answer = (status: number, body: unknown, headers: Record<string, string> = {}): HttpResponse => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { status, headers, text, bytes: new Uint8Array() };
};
const context: ErrorContext = {
  ...{ operation: "transactions", requestId: "r-1", hadToken: true, attended: true, now: NOW, patterns: [] },
  unattendedForbiddenIsQuota: false,
};
const read = (status: number, body: unknown, more: Partial<ErrorContext> = {}) => refusal(answer(status, body), { ...context, ...more });
const model = (status: number, message: string) => ({
  timestamp: "2026-11-22T10:00:00.000+01:00",
  status,
  error: "Error",
  message,
  path: "/accounts",
});

describe("refusal", () => {
  it.each<[number, unknown, string, string, Partial<ErrorContext>]>([
    [401, model(401, "Unauthorized"), "TOKEN_EXPIRED", "CONSENT_INVALID", {}],
    [401, model(401, "Unauthorized"), "CONSENT_INVALID", "CONSENT_INVALID", { hadToken: false }],
    [401, model(401, "The access token has expired"), "TOKEN_EXPIRED", "CONSENT_INVALID", {}],
    [403, model(403, "Jeton invalide"), "TOKEN_EXPIRED", "CONSENT_INVALID", {}],
    [401, "", "TOKEN_EXPIRED", "CONSENT_INVALID", {}],
    [403, model(403, "No consent for TPP X and scope [AISP]"), "CONSENT_INVALID", "CONSENT_INVALID", {}],
    [403, model(403, "NO_CONSENTS"), "CONSENT_INVALID", "CONSENT_INVALID", {}],
    [403, model(403, "Consent expired"), "CONSENT_INVALID", "CONSENT_EXPIRED", {}],
    [401, model(401, "Le consentement a été révoqué"), "CONSENT_INVALID", "CONSENT_REVOKED", {}],
    [403, model(403, "Forbidden"), "CONSENT_INVALID", "CONSENT_INVALID", { operation: "accounts" }],
    [403, model(403, "Forbidden"), "ACCOUNT_UNAVAILABLE", "ACCOUNT_NOT_ACCESSIBLE", {}],
    [403, model(403, "Forbidden"), "NOT_SUPPORTED", "UNKNOWN", { operation: "identity" }],
    [403, model(403, "Forbidden"), "SCA_REQUIRED", "PERIOD_NOT_AVAILABLE", { longHistory: true }],
    [400, model(400, "Bad Request"), "SCA_REQUIRED", "PERIOD_NOT_AVAILABLE", { longHistory: true }],
    [403, model(403, "Historique limité à 90 jours"), "SCA_REQUIRED", "PERIOD_NOT_AVAILABLE", {}],
    [403, model(403, "Account blocked"), "ACCOUNT_UNAVAILABLE", "ACCOUNT_NOT_ACCESSIBLE", { longHistory: true }],
    [403, model(403, "Forbidden"), "RATE_LIMITED", "QUOTA_EXCEEDED", { attended: false, unattendedForbiddenIsQuota: true }],
    [403, model(403, "Forbidden"), "ACCOUNT_UNAVAILABLE", "ACCOUNT_NOT_ACCESSIBLE", { attended: true, unattendedForbiddenIsQuota: true }],
    [404, model(404, "Not found"), "ACCOUNT_UNAVAILABLE", "ACCOUNT_NOT_ACCESSIBLE", { operation: "balances" }],
    [404, model(404, "Not found"), "NOT_SUPPORTED", "UNKNOWN", { operation: "accounts" }],
    [400, model(400, "Invalid status value"), "BAD_REQUEST", "UNKNOWN", {}],
    [405, model(405, "Method Not Allowed"), "NOT_SUPPORTED", "UNKNOWN", {}],
    [406, model(406, "Not Acceptable"), "NOT_SUPPORTED", "UNKNOWN", {}],
    [501, model(501, "Not Implemented"), "NOT_SUPPORTED", "UNKNOWN", { operation: "balances" }],
    [408, model(408, "Request Timeout"), "BANK_TEMPORARY", "BANK_TIMEOUT", {}],
    [429, model(429, "token not valid"), "RATE_LIMITED", "QUOTA_EXCEEDED", {}],
    [500, { message: null }, "BANK_TEMPORARY", "BANK_UNAVAILABLE", {}],
    [503, "<html>down</html>", "BANK_TEMPORARY", "BANK_UNAVAILABLE", {}],
    [403, "<html>banned your IP address</html>", "BANK_TEMPORARY", "BANK_UNAVAILABLE", {}],
    [404, "<html>x</html>", "PROTOCOL", "BANK_BAD_RESPONSE", {}],
    [401, model(401, "The Signature does not verify."), "TPP_NOT_ACCEPTED", "UNKNOWN", {}],
    [403, model(403, "Certificate QWAC revoked"), "TPP_NOT_ACCEPTED", "UNKNOWN", {}],
    [302, "", "PROTOCOL", "BANK_BAD_RESPONSE", {}],
  ])("reads %i %j as %s %s (%j)", (status, body, failure, code, more) => {
    const error = read(status, body, more);
    expect([error.failure, error.code]).toEqual([failure, code]);
    expect(error.supportReference).toBe("r-1");
  });

  it("comes back in three seconds where the bank is suspended for a moment, unless the bank says when", () => {
    expect(read(500, model(500, "303001")).retryAt).toBe(NOW + 3_000);
    const said = refusal(answer(500, model(500, "service suspended"), { "retry-after": "60" }), context);
    expect(said.retryAt).toBe(NOW + 60_000);
    expect(read(500, model(500, "other")).retryAt).toBeNull();
  });

  it("takes the days that the bank says it serves", () => {
    expect(read(403, model(403, "Only the last 90 days of history")).servedDays).toBe(90);
    expect(read(403, model(403, "dateFrom too old")).servedDays).toBeNull();
  });

  it("goes by the profile's patterns first", () => {
    const patterns = [{ match: "forbidden", status: 403, failure: "BANK_TEMPORARY" as const, code: "BANK_UNAVAILABLE" as const }];
    expect(read(403, model(403, "Forbidden"), { patterns }).failure).toBe("BANK_TEMPORARY");
    expect(read(404, model(404, "Forbidden"), { patterns }).failure).toBe("ACCOUNT_UNAVAILABLE");
  });

  it("shows support a code of one word, and of a sentence nothing that could be personal", () => {
    expect(read(404, model(404, "NAAC")).bankCode).toBe("NAAC");
    const shown = read(400, model(400, "Account FR7630006000011234567890189 of a.b@c.fr is odd")).bankCode ?? "";
    expect(shown).not.toMatch(/FR76|@/);
  });
});

describe("isEmptyList", () => {
  it.each([
    [404, model(404, "NAAC"), "accounts", true],
    [403, { accounts: [] }, "accounts", true],
    [404, { accounts: [], _links: {} }, "accounts", true],
    [403, model(403, "NAAC"), "accounts", false],
    [404, model(404, "Not found"), "accounts", false],
    [404, model(404, "NAAC"), "balances", false],
    [500, { accounts: [] }, "accounts", false],
  ] as const)("%i %j to %s: %s", (status, body, operation, expected) =>
    expect(isEmptyList(answer(status, body), operation)).toBe(expected),
  );
});
