import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SandboxBank } from "../kit/sandbox-bank.ts";
import { startBerlinGroupBank } from "./bank.ts";
import { codeOf, GLOBAL_CONSENT, schemaErrors, TestTpp, type Answer } from "./tpp.fixture.ts";

describe("what the bank refuses", () => {
  let bank: SandboxBank;
  let tpp: TestTpp;
  let consentId: string;
  let account: string;
  beforeAll(async () => {
    bank = await startBerlinGroupBank({ unsupportedBookingStatuses: ["information"] });
    tpp = new TestTpp(bank);
    consentId = await tpp.consentOf("demo");
    account = `/v1/accounts/${String((await tpp.accountsOf(consentId))[0]?.["resourceId"])}`;
  });
  afterAll(() => bank[Symbol.asyncDispose]());

  const consent = (changes: object, headers: Record<string, string | undefined> = {}) =>
    tpp.createConsent({ ...GLOBAL_CONSENT, ...changes }, headers);
  const read = (path: string, headers: Record<string, string | undefined> = {}) =>
    tpp.call(path, { headers: { "consent-id": consentId, ...headers } });
  const list = (query: string) => read(`${account}/transactions?${query}`);

  const table: readonly [string, () => Promise<Answer>, number, string][] = [
    ["no X-Request-ID", () => consent({}, { "x-request-id": undefined }), 400, "FORMAT_ERROR"],
    ["an X-Request-ID that is no UUID", () => read("/v1/accounts", { "x-request-id": "1" }), 400, "FORMAT_ERROR"],
    ["a consent without PSU-IP-Address", () => consent({}, { "psu-ip-address": undefined }), 400, "FORMAT_ERROR"],
    ["a malformed PSU-IP-Address", () => read("/v1/accounts", { "psu-ip-address": "localhost" }), 400, "FORMAT_ERROR"],
    ["an unknown PSU-Http-Method", () => read("/v1/accounts", { "psu-http-method": "HEAD" }), 400, "FORMAT_ERROR"],
    ["a relative TPP-Redirect-URI", () => consent({}, { "tpp-redirect-uri": "/cb" }), 400, "FORMAT_ERROR"],
    ["another Content-Type", () => consent({}, { "content-type": "text/plain" }), 415, "FORMAT_ERROR"],
    [
      "XML of an account that it lists as JSON only",
      () => read(`${account}/transactions?bookingStatus=both&dateFrom=2026-01-01`, { accept: "application/xml" }),
      406,
      "REQUESTED_FORMATS_INVALID",
    ],
    ["another Accept", () => read("/v1/accounts", { accept: "application/xml" }), 406, "REQUESTED_FORMATS_INVALID"],
    ["a body that is no JSON", () => tpp.createConsent("{"), 400, "FORMAT_ERROR"],
    ["a body that is a list", () => tpp.createConsent([]), 400, "FORMAT_ERROR"],
    ["a missing field", () => consent({ combinedServiceIndicator: undefined }), 400, "FORMAT_ERROR"],
    ["combined services", () => consent({ combinedServiceIndicator: true }), 400, "SESSIONS_NOT_SUPPORTED"],
    ["frequencyPerDay 0", () => consent({ frequencyPerDay: 0 }), 400, "FORMAT_ERROR"],
    ["frequencyPerDay 5", () => consent({ frequencyPerDay: 5 }), 400, "FORMAT_ERROR"],
    ["a one-off consent of 4 a day", () => consent({ recurringIndicator: false }), 400, "FORMAT_ERROR"],
    ["validUntil in the past", () => consent({ validUntil: "2020-01-01" }), 400, "PERIOD_INVALID"],
    ["validUntil that is no date", () => consent({ validUntil: "2026-02-30" }), 400, "FORMAT_ERROR"],
    ["two models of access", () => consent({ access: { allPsd2: "allAccounts", accounts: [] } }), 400, "FORMAT_ERROR"],
    ["empty access", () => consent({ access: {} }), 400, "FORMAT_ERROR"],
    [
      "a list empty and another not",
      () => consent({ access: { accounts: [], balances: [{ iban: "DE89370400440532013000" }] } }),
      400,
      "FORMAT_ERROR",
    ],
    ["an IBAN with wrong check digits", () => consent({ access: { accounts: [{ iban: "DE88370400440532013000" }] } }), 400, "FORMAT_ERROR"],
    ["no Consent-ID", () => read("/v1/accounts", { "consent-id": undefined }), 400, "FORMAT_ERROR"],
    ["an unknown consent", () => tpp.call(`/v1/consents/${randomUUID()}`), 403, "CONSENT_UNKNOWN"],
    ["another consent than the token's", () => read("/v1/accounts", { "consent-id": randomUUID() }), 401, "TOKEN_INVALID"],
    ["an unknown account", () => read(`/v1/accounts/${randomUUID()}`), 404, "RESOURCE_UNKNOWN"],
    ["no bookingStatus", () => list("dateFrom=2026-01-01"), 400, "FORMAT_ERROR"],
    ["an unknown bookingStatus", () => list("bookingStatus=done&dateFrom=2026-01-01"), 400, "FORMAT_ERROR"],
    ["a bookingStatus the bank lacks", () => list("bookingStatus=information"), 400, "PARAMETER_NOT_SUPPORTED"],
    ["no dateFrom", () => list("bookingStatus=booked"), 400, "FORMAT_ERROR"],
    ["a dateFrom that is no date", () => list("bookingStatus=booked&dateFrom=01.01.2026"), 400, "FORMAT_ERROR"],
    ["dateTo before dateFrom", () => list("bookingStatus=booked&dateFrom=2026-02-01&dateTo=2026-01-01"), 400, "PERIOD_INVALID"],
    ["a page it never gave", () => list("bookingStatus=booked&dateFrom=2026-02-01&page=x"), 400, "FORMAT_ERROR"],
    ["a method it lacks", () => tpp.call("/v1/accounts", { method: "POST", body: {} }), 405, "SERVICE_INVALID"],
    ["a path it lacks", () => tpp.call("/v1/nothing"), 404, "RESOURCE_UNKNOWN"],
  ];
  it.each(table)("%s", async (_case, send, status, code) => {
    const answer = await send();
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    const schema = {
      400: "Error400_NG_AIS",
      401: "Error401_NG_AIS",
      403: "Error403_NG_AIS",
      404: "Error404_NG_AIS",
      405: "Error405_NG_AIS",
      406: "Error406_NG_AIS",
    }[status];
    if (schema) expect(schemaErrors(schema, answer.json)).toEqual([]);
  });

  it("shortens a long validUntil to 180 days and says so", async () => {
    const created = await consent({ validUntil: "9999-12-31" });
    const { validUntil } = (await tpp.call(`/v1/consents/${created.json["consentId"]}`)).json;
    expect(Math.round((Date.parse(validUntil as string) - bank.clock.nowMs()) / 86_400_000)).toBeLessThanOrEqual(180);
  });

  it("answers a blocked account with RESOURCE_BLOCKED and keeps the others", async () => {
    bank.admin.setAccountStatus("demo-current", "blocked");
    const blocked = await list("bookingStatus=booked&dateFrom=2026-11-01");
    expect([blocked.status, codeOf(blocked)]).toEqual([400, "RESOURCE_BLOCKED"]);
    expect((await read("/v1/accounts")).json["accounts"][0].status).toBe("blocked");
  });
});
