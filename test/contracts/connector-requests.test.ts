import { describe, expect, it } from "vitest";
import type { GrantRequest } from "../../src/connectors/connector.ts";
import { departures } from "./berlin-group-openapi.ts";
import { PSU } from "./connector-bench.ts";
import { handleOf, withScript, type Received, type Script } from "./connector-scripted-bank.ts";

const request: GrantRequest = {
  ...{
    scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS"],
    psuType: "PERSONAL",
    state: "s".repeat(43),
    codeVerifier: "v".repeat(43),
    nonce: "n",
  },
  ...{ redirectUri: "https://hub.example/callback/x", validUntil: "2027-12-31", psu: PSU, renews: null },
};
const signal = new AbortController().signal;
const account = { resourceId: "a/1", connectorData: null, currency: "EUR" };
const list = { account, from: null, to: null, cursor: null, entryReferenceFrom: null } as const;

/** What a bank of the floor version does not know yet. */
const older = { omitHeaders: { "consent-create": ["TPP-Decoupled-Preferred"] } };

const answers: Script = ({ method, path }) => {
  if (method === "POST" && path.endsWith("/consents"))
    return {
      status: 201,
      body: {
        consentId: "c-1",
        consentStatus: "received",
        _links: { startAuthorisation: { href: "/psd2/v1/consents/c-1/authorisations" } },
      },
    };
  if (method === "POST")
    return { status: 201, body: { scaStatus: "received", _links: { scaRedirect: { href: "http://bank.example/sca" } } } };
  if (method === "DELETE") return { status: 204 };
  if (path.endsWith("/status")) return { body: { consentStatus: "valid" } };
  if (path.includes("/consents/")) return { body: { validUntil: "2027-05-20", consentStatus: "valid" } };
  if (path.endsWith("/balances")) return { body: { balances: [] } };
  if (path.endsWith("/transactions")) return { body: { transactions: { booked: [], pending: [] } } };
  return { body: { accounts: [], cardAccounts: [] } };
};

describe.each(["1.3.6", "1.3.12"] as const)("requests (%s)", (version) => {
  it.each<[string, Record<string, unknown>, GrantRequest["scopes"], typeof PSU | null]>([
    ["with the person there", {}, request.scopes, PSU],
    ["without the person", {}, [...request.scopes, "IDENTITY"], null],
    ["for a few scopes", {}, ["ACCOUNTS", "IDENTITY"], PSU],
    ["of a detailed consent", { consent: { model: "detailed", accounts: [{ iban: "DE89370400440532013000" }] } }, request.scopes, PSU],
    [
      "with every optional header",
      { scaApproach: "decoupled", explicitAuthorisation: true, brand: "ACME", accounts: { withBalance: true } },
      request.scopes,
      PSU,
    ],
  ])("keep to the official OpenAPI file (%s)", (_name, profile, scopes, psu) =>
    withScript(answers, version === "1.3.12" ? profile : { ...profile, ...older }, async ({ connector, received }) => {
      const { handle } = await connector.openGrant({ ...request, scopes, psu }, signal);
      const call = { handle, psu };
      await connector.grantState(call, signal);
      await connector.accounts(call, signal);
      await connector.balances(call, account, signal);
      await connector.transactions(call, list, signal);
      await connector.transactions(call, { ...list, from: "2026-11-01", to: "2026-11-20" }, signal);
      await connector.revoke(call, signal);
      expect(received.length).toBeGreaterThanOrEqual(9);
      expect(received.flatMap((one) => departures(one, version).map((fault) => `${one.method} ${one.path}: ${fault}`))).toEqual([]);
      expect(new Set(received.map(({ headers }) => headers["x-request-id"])).size).toBe(received.length);
    }),
  );

  it("are really checked: a departure is found", () => {
    const headers = { "x-request-id": "no uuid", "x-own": "1" };
    const bad = { method: "GET", path: "/psd2/v1/accounts", query: new URLSearchParams({ pages: "1" }), headers, body: "" };
    expect(departures(bad, "1.3.12").map((fault) => fault.replace(/ must.*/, ""))).toEqual([
      "header X-Request-ID",
      "header Consent-ID is missing",
      "query pages is not in the standard",
      "header x-own is not in the standard",
    ]);
    const body = { ...bad, method: "POST", path: "/psd2/v1/consents", body: '{"access":{}}' };
    expect(departures(body, "1.3.12")).toContain("body must have required property 'validUntil'");
  });
});

describe("the consent that is asked for", () => {
  const asked = async (profile: Record<string, unknown>, scopes: GrantRequest["scopes"], psu: typeof PSU | null = PSU) => {
    let first: Received | undefined;
    await withScript(answers, profile, async ({ connector, received }) => {
      await connector.openGrant({ ...request, scopes, psu }, signal);
      first = received[0];
    });
    return { body: JSON.parse(first?.body ?? "{}") as Record<string, unknown>, headers: first?.headers ?? {} };
  };

  it.each<[Record<string, unknown>, GrantRequest["scopes"], object]>([
    [{}, ["ACCOUNTS", "BALANCES", "TRANSACTIONS"], { allPsd2: "allAccounts" }],
    [{}, ["ACCOUNTS", "BALANCES", "TRANSACTIONS", "IDENTITY"], { allPsd2: "allAccountsWithOwnerName" }],
    [{}, ["ACCOUNTS", "BALANCES"], { accounts: [], balances: [] }],
    [{}, ["ACCOUNTS", "IDENTITY"], { accounts: [], additionalInformation: { ownerName: [] } }],
    [{ consent: { model: "bank-offered" } }, ["ACCOUNTS", "BALANCES", "TRANSACTIONS"], { accounts: [], balances: [], transactions: [] }],
    [{ consent: { model: "global" } }, ["ACCOUNTS"], { allPsd2: "allAccounts" }],
  ])("by %j for %j has access %j", async (profile, scopes, access) =>
    expect((await asked(profile, scopes)).body["access"]).toEqual(access),
  );

  it("ends a day before the round number, and no later than the caller wants", async () => {
    expect((await asked({}, ["ACCOUNTS"])).body).toMatchObject({ validUntil: "2027-05-23", frequencyPerDay: 4, recurringIndicator: true });
    expect((await asked({ consent: { maxValidDays: 90 } }, ["ACCOUNTS"])).body["validUntil"]).toBe("2027-02-22");
    expect((await asked({ consent: { recurring: false } }, ["ACCOUNTS"])).body).toMatchObject({
      recurringIndicator: false,
      frequencyPerDay: 1,
    });
  });

  it("carries our state in both redirect addresses, and an IP address in every case", async () => {
    const { headers } = await asked({}, ["ACCOUNTS"]);
    expect(headers["tpp-redirect-uri"]).toBe(`${request.redirectUri}?state=${request.state}`);
    expect(headers["tpp-nok-redirect-uri"]).toBe(`${request.redirectUri}?state=${request.state}&nok=1`);
    expect(headers).toMatchObject({ "psu-ip-address": PSU.ipAddress, "psu-user-agent": PSU.userAgent, "psu-accept-language": "de" });
    expect((await asked({}, ["ACCOUNTS"], null)).headers["psu-ip-address"]).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    const constant = { psuIp: { constant: "198.51.100.7" } };
    expect((await asked(constant, ["ACCOUNTS"], null)).headers["psu-ip-address"]).toBe("198.51.100.7");
    expect((await asked(constant, ["ACCOUNTS"], null)).headers["psu-user-agent"]).toBeUndefined();
  });
});

describe("requests of a bank with habits of its own", () => {
  it.each<[string, object, typeof PSU | null, string | undefined]>([
    ["nobody is there, though an address stands by for consents", { constant: "198.51.100.7" }, null, undefined],
    ["the person's own cannot be sent and none stands by", { ipv4Only: true }, { ...PSU, ipAddress: "2001:db8::1" }, undefined],
    ["the person's own cannot be sent", { ipv4Only: true, constant: "198.51.100.7" }, { ...PSU, ipAddress: "2001:db8::1" }, "198.51.100.7"],
    ["the person is there", { constant: "198.51.100.7" }, PSU, PSU.ipAddress],
  ])("claim a presence with an address, or do not: %s", (_name, psuIp, psu, address) =>
    withScript(answers, { psuIp }, async ({ connector, received }) => {
      await connector.accounts({ handle: handleOf(), psu }, signal);
      expect(received.map(({ headers }) => headers["psu-ip-address"])).toEqual([address, address]);
    }),
  );

  it("follow its profile", () =>
    withScript(
      answers,
      {
        ...{ acceptHeader: "application/json;v=1", contentTypeOnGet: true, extraHeaders: { "X-Api-Key": "k" } },
        ...{ omitHeaders: { consent: ["Accept"] }, psuIp: { constant: "198.51.100.7", always: true, ipv4Only: true } },
      },
      async ({ connector, received }) => {
        const handle = handleOf();
        await connector.accounts({ handle, psu: { ...PSU, ipAddress: "2001:db8::1" } }, signal);
        await connector.revoke({ handle, psu: null }, signal);
        expect(received[0]?.headers).toMatchObject({
          ...{ accept: "application/json;v=1", "content-type": "application/json", "x-api-key": "k", "psu-ip-address": "198.51.100.7" },
        });
        expect(received.at(-1)?.headers["accept"]).toBeUndefined();
      },
    ));
});
