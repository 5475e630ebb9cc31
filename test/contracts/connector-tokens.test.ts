import { describe, expect, it } from "vitest";
import { bankErrorOf, PSU } from "./connector-bench.ts";
import { handleOf, NOW, withScript, type Script } from "./connector-scripted-bank.ts";

const signal = new AbortController().signal;
const tpp = (code: string) => ({ tppMessages: [{ category: "ERROR", code }] });
const returned = { state: "s", codeVerifier: "v", nonce: "n", redirectUri: "https://hub.example/cb", psu: PSU };

describe("the end of an authorisation", () => {
  it.each<[string, Record<string, unknown>]>([
    ["the consent's own link", { confirmation: "/psd2/v1/consents/c-1/authorisations/x" }],
    ["the unconfirmed authorisation", { scaStatus: "/psd2/v1/consents/c-1/authorisations/x" }],
  ])("sends the confirmation code to %s", (_name, memory) => {
    let confirmed = "";
    const script: Script = ({ method, path, body }) => {
      if (method === "PUT") confirmed = body;
      if (path.endsWith("/status")) return { body: { consentStatus: confirmed === "" ? "received" : "valid" } };
      return { body: path.endsWith("/x") ? { scaStatus: confirmed === "" ? "unconfirmed" : "finalised" } : { validUntil: "2027-02-20" } };
    };
    return withScript(script, {}, async ({ connector }) => {
      const parameters = { state: "s", confirmationCode: "1234" };
      const done = await connector.completeGrant({ ...returned, handle: handleOf(memory), parameters }, signal);
      expect(done).toMatchObject({ outcome: "GIVEN", validUntil: Date.parse("2027-02-20T23:00:00Z") });
      expect(JSON.parse(confirmed)).toEqual({ confirmationCode: "1234" });
    });
  });

  it.each([
    ["rejected", "DENIED"],
    ["expired", "DENIED"],
    ["REVOKED_BY_PSU", "DENIED"],
    ["partiallyAuthorised", "PENDING"],
    ["somethingNew", "PENDING"],
    ["valid", "GIVEN"],
  ])("goes by the status %s: %s", (consentStatus, outcome) =>
    withScript(
      () => ({ body: { consentStatus, validUntil: "9999-12-31" } }),
      {},
      async ({ connector }) => {
        const done = await connector.completeGrant({ ...returned, handle: handleOf(), parameters: {} }, signal);
        expect(done.outcome).toBe(outcome);
        if (done.outcome === "GIVEN") expect(done.validUntil).toBeNull();
      },
    ),
  );

  it.each([
    ["access_denied", "USER_DENIED"],
    ["invalid_scope", "BANK_REJECTED"],
    ["login_required", "BANK_REJECTED"],
  ])("reads the error %s of a redirect as %s", (error, reason) =>
    withScript(
      () => ({}),
      {},
      async ({ connector, received }) => {
        const done = await connector.completeGrant({ ...returned, handle: handleOf(), parameters: { error } }, signal);
        expect(done).toEqual({ outcome: "DENIED", reason });
        expect(received).toEqual([]);
      },
    ),
  );

  it("keeps the asked date where the granted one cannot be read", () =>
    withScript(
      ({ path }) => (path.endsWith("/status") ? { body: { consentStatus: "valid" } } : { status: 500 }),
      {},
      async ({ connector }) => {
        const state = await connector.grantState({ handle: handleOf(), psu: null }, signal);
        expect(state).toEqual({ status: "GIVEN", validUntil: Date.parse("2027-02-20T23:00:00Z") });
      },
    ));

  it.each<[number, unknown, string]>([
    [204, "", "DONE"],
    [200, "", "DONE"],
    [404, tpp("RESOURCE_UNKNOWN"), "ALREADY_ENDED"],
    [403, tpp("CONSENT_UNKNOWN"), "ALREADY_ENDED"],
    [400, tpp("CONSENT_UNKNOWN"), "ALREADY_ENDED"],
    [404, "", "ALREADY_ENDED"],
    [400, {}, "ALREADY_ENDED"],
    [401, tpp("CONSENT_EXPIRED"), "ALREADY_ENDED"],
  ])("at the bank: DELETE answered with %i %j is %s", (status, body, outcome) =>
    withScript(
      () => ({ status, body }),
      {},
      async ({ connector }) => expect(await connector.revoke({ handle: handleOf(), psu: null }, signal)).toBe(outcome),
    ),
  );

  it("at the bank is not believed to be done where the bank is down or refuses us", () =>
    withScript(
      () => ({ status: 401, body: tpp("CERTIFICATE_INVALID") }),
      {},
      async ({ connector }) =>
        expect((await bankErrorOf(connector.revoke({ handle: handleOf(), psu: null }, signal))).failure).toBe("TPP_NOT_ACCEPTED"),
    ));
});

describe("the token endpoint", () => {
  const tokens = (origin: string) => handleOf({ sca: "oauth", accessToken: "old", refreshToken: "r-1", tokenUrl: `${origin}/token` });

  it.each<[number, unknown, string]>([
    [400, { error: "invalid_grant" }, "CONSENT_INVALID CONSENT_EXPIRED"],
    [400, { error: "invalid_request", error_description: "Refresh token has expired" }, "CONSENT_INVALID CONSENT_EXPIRED"],
    [400, { fault: { faultstring: "x", message: "Invalid Refresh Token" } }, "CONSENT_INVALID CONSENT_EXPIRED"],
    [400, { error: "OAGA" }, "CONSENT_INVALID CONSENT_EXPIRED"],
    [401, { error: "invalid_client" }, "TPP_NOT_ACCEPTED UNKNOWN"],
    [503, "", "BANK_TEMPORARY BANK_UNAVAILABLE"],
    [200, "<html>", "PROTOCOL BANK_BAD_RESPONSE"],
    [200, { token_type: "Bearer" }, "PROTOCOL BANK_BAD_RESPONSE"],
  ])("that answers a refresh with %i %j means %s", (status, body, expected) =>
    withScript(
      () => ({ status, body }),
      { tokenRules: { invalidGrantPatterns: ["OAGA"] } },
      async ({ connector, origin, received }) => {
        const error = await bankErrorOf(connector.refresh(tokens(origin), signal));
        expect(`${error.failure} ${error.code}`).toBe(expected);
        expect(received).toHaveLength(1);
      },
    ),
  );

  it("is believed about a life in text, as far as the profile goes, and repeated where tokens do not rotate", () => {
    let calls = 0;
    return withScript(
      () => ((calls += 1) === 1 ? { status: 503 } : { body: { access_token: "new", expires_in: "600" } }),
      { tokenRules: { refreshRotates: false, lifeFactor: 0.5, refreshExtraParams: { scope: "AISP" } } },
      async ({ connector, origin, received }) => {
        const fresh = await connector.refresh(tokens(origin), signal);
        expect(fresh?.accessExpiresAt).toBe(NOW + 300_000);
        expect(Object.fromEntries(new URLSearchParams(received[1]?.body))).toEqual({
          grant_type: "refresh_token",
          refresh_token: "r-1",
          scope: "AISP",
        });
        expect(received[0]?.headers["authorization"]).toBe(`Basic ${Buffer.from("hub:s3cret").toString("base64")}`);
      },
    );
  });

  it.each([
    ["the document", "/oauth/.well-known/oauth-authorization-server"],
    ["an issuer with a path (RFC 8414)", "/oauth", "/.well-known/oauth-authorization-server/oauth"],
    ["an issuer, document appended", "/oauth", "/oauth/.well-known/openid-configuration"],
  ])("is found where scaOAuth links to %s", (_name, link, place = link) =>
    withScript(
      ({ method, path }, origin) => {
        if (method === "POST") return { status: 201, body: { consentId: "c-9", _links: { scaOAuth: { href: origin + link } } } };
        if (path !== place) return { status: 404 };
        return { body: { issuer: `${origin}/oauth`, authorization_endpoint: `${origin}/authorize`, token_endpoint: `${origin}/token` } };
      },
      { oauthScope: "openid AIS:{consentId}" },
      async ({ connector, origin }) => {
        const request = { scopes: ["ACCOUNTS" as const], psuType: "PERSONAL" as const, validUntil: "2027-02-20" as const, renews: null };
        const { authorizationUrl } = await connector.openGrant({ ...request, ...returned }, signal);
        expect(authorizationUrl.startsWith(`${origin}/authorize?`)).toBe(true);
        expect(new URL(authorizationUrl).searchParams.get("scope")).toBe("openid AIS:c-9");
      },
    ),
  );
});
