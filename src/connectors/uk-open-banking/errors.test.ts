import { describe, expect, it } from "vitest";
import { refusal } from "./errors.ts";
import type { Operation } from "./profile.ts";

const NOW = Date.parse("2026-11-25T12:00:00Z");

function read(
  status: number,
  body: unknown,
  operation: Operation = "transactions",
  more: { hadToken?: boolean; oldHistory?: boolean } = {},
) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const context = { operation, requestId: "id", hadToken: true, oldHistory: false, now: NOW, patterns: [], ...more };
  const error = refusal({ status, headers: {}, text, bytes: Buffer.from(text) }, context);
  return `${error.failure} ${error.code}`;
}
const v3 = (code: string, path?: string) => ({
  Code: "400 BadRequest",
  Message: "Wrong",
  Errors: [{ ErrorCode: code, Message: "Wrong", ...(path === undefined ? {} : { Path: path }) }],
});
const v4 = (code: string, message?: string) => ({ Errors: [{ ErrorCode: code, ...(message === undefined ? {} : { Message: message }) }] });

describe("a refusal of the API", () => {
  it.each<[string, Operation, number, unknown, string]>([
    ["a wrong field", "consent-create", 400, v3("UK.OBIE.Field.Missing", "Data.Permissions"), "BAD_REQUEST UNKNOWN"],
    ["the same in 4.0", "consent-create", 400, v4("U004"), "BAD_REQUEST UNKNOWN"],
    ["what is not offered", "consent-create", 400, v3("UK.OBIE.Unsupported.Scheme"), "NOT_SUPPORTED UNKNOWN"],
    ["the same in 4.0", "consent-create", 400, v4("U027"), "NOT_SUPPORTED UNKNOWN"],
    ["an unknown account", "balances", 400, v3("UK.OBIE.Resource.NotFound"), "ACCOUNT_UNAVAILABLE ACCOUNT_NOT_ACCESSIBLE"],
    ["the same in 4.0", "balances", 400, v4("U011"), "ACCOUNT_UNAVAILABLE ACCOUNT_NOT_ACCESSIBLE"],
    ["an unknown consent", "consent", 400, v3("UK.OBIE.Resource.NotFound"), "CONSENT_INVALID CONSENT_INVALID"],
    ["a consent that is over", "accounts", 400, v3("UK.OBIE.Resource.InvalidConsentStatus"), "CONSENT_INVALID CONSENT_INVALID"],
    ["the same in 4.0", "accounts", 403, v4("U009"), "CONSENT_INVALID CONSENT_INVALID"],
    ["old rows that need the person", "transactions", 403, v3("UK.OBIE.Reauthenticate"), "SCA_REQUIRED PERIOD_NOT_AVAILABLE"],
    ["the same in 4.0", "transactions", 403, v4("U028"), "SCA_REQUIRED PERIOD_NOT_AVAILABLE"],
    ["all data needs the person", "accounts", 403, v4("U028"), "SCA_REQUIRED CONSENT_INVALID"],
    [
      "a date that is too early",
      "transactions",
      400,
      v3("UK.OBIE.Field.InvalidDate", "fromBookingDateTime"),
      "SCA_REQUIRED PERIOD_NOT_AVAILABLE",
    ],
    ["the same by its number alone", "transactions", 400, v4("U003"), "SCA_REQUIRED PERIOD_NOT_AVAILABLE"],
    ["a signature that is not wanted", "accounts", 400, v3("UK.OBIE.Signature.Unexpected"), "TPP_NOT_ACCEPTED UNKNOWN"],
    ["an accident of the bank", "accounts", 500, v3("UK.OBIE.UnexpectedError"), "BANK_TEMPORARY BANK_UNAVAILABLE"],
    [
      "a code of the bank's own with the standard's word in the text",
      "balances",
      400,
      v4("ZZ99", "UK.OBIE.Resource.NotFound - gone"),
      "ACCOUNT_UNAVAILABLE ACCOUNT_NOT_ACCESSIBLE",
    ],
    ["a dead token without a word", "accounts", 401, "", "TOKEN_EXPIRED CONSENT_INVALID"],
    ["a dead token in 4.0", "accounts", 401, v4("TKXP"), "TOKEN_EXPIRED CONSENT_INVALID"],
    ["a token that was taken away", "accounts", 401, v4("TKSP"), "CONSENT_INVALID CONSENT_REVOKED"],
    ["a missing permission", "balances", 403, "", "NOT_SUPPORTED UNKNOWN"],
    ["a resource that is not there", "party", 404, "", "NOT_SUPPORTED UNKNOWN"],
    ["too many calls", "accounts", 429, "", "RATE_LIMITED QUOTA_EXCEEDED"],
    ["too many calls, in words that say otherwise", "accounts", 429, v3("UK.OBIE.Resource.NotFound"), "RATE_LIMITED QUOTA_EXCEEDED"],
    ["a version that ends", "accounts", 503, "", "BANK_TEMPORARY BANK_UNAVAILABLE"],
    ["a gateway that waited", "accounts", 504, "<html>", "BANK_TEMPORARY BANK_TIMEOUT"],
    ["a firewall before a bank that is down", "accounts", 403, "<html>banned your IP address</html>", "BANK_TEMPORARY BANK_UNAVAILABLE"],
    [
      "blocks on the account",
      "transactions",
      403,
      { Errors: [{ ErrorCode: "X.Y", Message: "Account, or Accounts have blocks which prevent it" }] },
      "ACCOUNT_UNAVAILABLE ACCOUNT_NOT_ACCESSIBLE",
    ],
    [
      "an account that is not eligible",
      "balances",
      400,
      v3("UK.HSBC.FailedEligibilityCheck"),
      "ACCOUNT_UNAVAILABLE ACCOUNT_NOT_ACCESSIBLE",
    ],
    [
      "a status in plain words",
      "accounts",
      400,
      { message: "Consent does not have a status of Authorised" },
      "CONSENT_INVALID CONSENT_INVALID",
    ],
    [
      "a status in plain words",
      "accounts",
      400,
      { Message: "has status Revoked. Expected 'Authorised'" },
      "CONSENT_INVALID CONSENT_INVALID",
    ],
  ])("%s (%s, %i) is read by its code", (_name, operation, status, body, expected) => {
    expect(read(status, body, operation)).toBe(expected);
  });

  it("to more than 90 days, in whatever words, means that the window has closed", () => {
    for (const [status, body] of [
      [403, ""],
      [400, { error: "nope" }],
    ] as const) {
      expect(read(status, body, "transactions", { oldHistory: true })).toBe("SCA_REQUIRED PERIOD_NOT_AVAILABLE");
      expect(read(status, body, "transactions", { oldHistory: false })).not.toContain("PERIOD");
    }
  });

  it("is read by the bank's own patterns first", () => {
    const patterns = [{ match: "303001", failure: "BANK_TEMPORARY" as const, code: "BANK_UNAVAILABLE" as const }];
    const text = JSON.stringify({ code: "X303001", message: "suspended 303001" });
    const context = { operation: "accounts" as const, requestId: "id", hadToken: true, oldHistory: false, now: NOW, patterns };
    expect(refusal({ status: 400, headers: {}, text, bytes: Buffer.from(text) }, context).failure).toBe("BANK_TEMPORARY");
  });
});
