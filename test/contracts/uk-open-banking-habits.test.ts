import { readFileSync } from "node:fs";
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Connector, GrantRequest } from "../../src/connectors/connector.ts";
import { createUkOpenBankingConnector } from "../../src/connectors/uk-open-banking/index.ts";
import type { BankConnection } from "../../src/domain/bank.ts";
import { Secret } from "../../src/domain/secret.ts";
import { bankErrorOf, PSU } from "./connector-bench.ts";
import { withScript, type Received, type Script, type Scripted } from "./connector-scripted-bank.ts";

const signal = new AbortController().signal;
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const sign = { cert: "", key: privateKey.export({ type: "pkcs8", format: "pem" }) as string, keyId: "k1" };
const ALL = [
  "ReadAccountsDetail",
  "ReadBalances",
  "ReadTransactionsCredits",
  "ReadTransactionsDebits",
  "ReadTransactionsDetail",
  "ReadParty",
  "ReadPartyPSU",
];

function handleOf(version: "3.1" | "4.0" = "3.1", permissions: readonly string[] = ALL) {
  const tokens = { accessToken: "person", refreshToken: null, tokenUrl: "https://unused.example/token", validUntil: "2027-01-01" };
  return { data: new Secret(JSON.stringify({ v: 1, version, consentId: "urn-1", permissions, ...tokens })), accessExpiresAt: null };
}
const call = (version?: "3.1" | "4.0", permissions?: readonly string[]) => ({ handle: handleOf(version, permissions), psu: PSU });
const account = { resourceId: "22289", connectorData: null, currency: "GBP" };
const list = { account, from: "2026-11-01", to: null, cursor: null, entryReferenceFrom: null } as const;
const request: GrantRequest = {
  ...{ scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS", "IDENTITY"], psuType: "PERSONAL", psu: PSU, renews: null },
  ...{
    state: "state",
    codeVerifier: "v".repeat(43),
    nonce: "nonce-1234567890",
    redirectUri: "https://hub.example/callback/b",
    validUntil: "2027-01-31",
  },
};

/** A bank whose OpenID provider and token endpoint are as they should be; the rest is the test's. */
const around =
  (api: Script, metadata: object = {}): Script =>
  (got, origin) => {
    const known = {
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      jwks_uri: `${origin}/jwks`,
    };
    if (got.path === "/.well-known/openid-configuration") return { body: { ...known, ...metadata } };
    if (got.path === "/token") return { body: { access_token: "app", token_type: "Bearer", expires_in: 300 } };
    return api(got, origin);
  };
const created = (got: Received): Scripted => ({
  status: 201,
  body: {
    Data: {
      ConsentId: "urn-1",
      Status: "AwaitingAuthorisation",
      Permissions: (JSON.parse(got.body) as { Data: { Permissions: string[] } }).Data.Permissions,
    },
    Risk: {},
  },
});

function withBank(
  script: Script,
  profile: BankConnection["profile"],
  run: (parts: { connector: Connector; received: readonly Received[] }) => Promise<void>,
  auth: Partial<BankConnection["auth"]> = {},
) {
  const secrets = { authorizationUrl: null, tokenUrl: null, method: "client_secret_basic", scope: null, ...auth } as const;
  return withScript(
    script,
    profile,
    ({ connector, received }) => run({ connector, received }),
    secrets,
    { sign },
    createUkOpenBankingConnector,
  );
}
/** Where the scripted bank's issuer is: its metadata is asked of the base URL's origin. */
const paths = (received: readonly Received[]) => received.map(({ method, path }) => `${method} ${path}`);

describe("the version of a bank", () => {
  it("is 3.1 where 4.0 is not there, learned once", () =>
    withBank(
      around((got) => (got.path.includes("/v4.0/") ? { status: 404, body: "" } : created(got))),
      {},
      async ({ connector, received }) => {
        await connector.openGrant(request, signal);
        await connector.openGrant(request, signal);
        expect(paths(received).filter((path) => path.includes("account-access-consents"))).toEqual([
          "POST /psd2/open-banking/v4.0/aisp/account-access-consents",
          "POST /psd2/open-banking/v3.1/aisp/account-access-consents",
          "POST /psd2/open-banking/v3.1/aisp/account-access-consents",
        ]);
      },
    ));

  it("is not guessed after any other refusal", () =>
    withBank(
      around(() => ({ status: 503, body: "" })),
      {},
      async ({ connector, received }) => {
        expect((await bankErrorOf(connector.openGrant(request, signal))).failure).toBe("BANK_TEMPORARY");
        expect(paths(received).filter((path) => path.includes("consents"))).toHaveLength(1);
      },
    ));
});

describe("the opening of a consent", () => {
  it("leaves ReadPartyPSU out where the bank refuses the list, and remembers that", () =>
    withBank(
      around((got) =>
        got.body.includes("ReadPartyPSU")
          ? { status: 400, body: { Errors: [{ ErrorCode: "UK.OBIE.Field.Invalid", Message: "x", Path: "Data.Permissions" }] } }
          : created(got),
      ),
      { version: "3.1" },
      async ({ connector, received }) => {
        await connector.openGrant(request, signal);
        await connector.openGrant(request, signal);
        const asked = received.filter(({ path }) => path.includes("consents")).map(({ body }) => body.includes("ReadPartyPSU"));
        expect(asked).toEqual([true, false, false]);
      },
    ));

  it("uses one application token for all, a new one where the bank calls it dead, and gives up where that is refused too", () => {
    let dead = 0;
    return withBank(
      around((got) => (dead-- > 0 ? { status: 401, body: "" } : created(got))),
      { version: "3.1" },
      async ({ connector, received }) => {
        const tokens = () => received.filter(({ path }) => path === "/token").length;
        await connector.openGrant(request, signal);
        await connector.openGrant(request, signal);
        expect(tokens()).toBe(1);
        dead = 1;
        await connector.openGrant(request, signal);
        expect(tokens()).toBe(2);
        dead = 2;
        expect((await bankErrorOf(connector.openGrant(request, signal))).failure).toBe("TPP_NOT_ACCEPTED");
      },
    );
  });

  it.each<[string, object, BankConnection["profile"], boolean]>([
    ["where the bank demands it", { require_pushed_authorization_requests: true }, {}, true],
    ["for a plain code where it is offered", {}, { responseType: "code" }, true],
    ["never in the hybrid flow by itself", {}, {}, false],
    ["never where the entry says so", {}, { responseType: "code", par: "never" }, false],
  ])("pushes the request %s", (_name, metadata, profile, pushed) =>
    withBank(
      (got, origin) => {
        const par = { pushed_authorization_request_endpoint: `${origin}/par`, ...metadata };
        const api: Script = (one) =>
          one.path === "/par" ? { status: 201, body: { request_uri: "urn:r:1", expires_in: 60 } } : created(one);
        return around(api, par)(got, origin);
      },
      { version: "3.1", ...profile },
      async ({ connector, received }) => {
        const url = new URL((await connector.openGrant(request, signal)).authorizationUrl);
        expect(url.searchParams.get("request_uri")).toBe(pushed ? "urn:r:1" : null);
        const form = new URLSearchParams(received.find(({ path }) => path === "/par")?.body);
        expect(form.has("request")).toBe(pushed);
        if (pushed) expect([...url.searchParams.keys()].sort()).toEqual(["client_id", "request_uri"]);
      },
    ),
  );

  it("obeys the options of a bank's request object", () =>
    withBank(
      around(created),
      {
        version: "3.1",
        requestObject: {
          issuer: "me",
          audience: "you",
          maxAge: 0,
          nonceMax: 8,
          acrValues: [],
          extraClaims: { brand: "x" },
          lifeSeconds: 60,
        },
        pkce: false,
        consent: { openEnded: true, extraPermissions: ["ReadProducts"], omitPermissions: ["ReadPartyPSU"] },
      },
      async ({ connector, received }) => {
        const url = new URL((await connector.openGrant(request, signal)).authorizationUrl);
        const claims = JSON.parse(Buffer.from(url.searchParams.get("request")?.split(".")[1] ?? "", "base64url").toString()) as Record<
          string,
          unknown
        >;
        expect(claims).toMatchObject({ iss: "me", aud: "you", max_age: 0, nonce: "nonce-12", brand: "x" });
        expect(Number(claims["exp"]) - Number(claims["nbf"])).toBe(60);
        expect([JSON.stringify(claims).includes("acr"), claims["code_challenge"]]).toEqual([false, undefined]);
        const { Data } = JSON.parse(received.find(({ path }) => path.includes("consents"))?.body ?? "") as {
          Data: Record<string, unknown>;
        };
        expect(Data["ExpirationDateTime"]).toBeUndefined();
        expect(Data["Permissions"]).toEqual([...ALL.slice(0, -1), "ReadProducts"]);
      },
    ));

  it("sends plain parameters where a bank wants no request object", () =>
    withBank(around(created), { version: "3.1", requestObject: { enabled: false } }, async ({ connector }) => {
      const query = new URL((await connector.openGrant(request, signal)).authorizationUrl).searchParams;
      expect([query.has("request"), query.get("claims")?.includes("urn-1")]).toEqual([false, true]);
    }));
});

describe("the way back", () => {
  const returned = {
    handle: handleOf(),
    state: "state",
    codeVerifier: "v",
    nonce: "n",
    redirectUri: "https://hub.example/callback/b",
    psu: null,
  };

  it.each<[string, BankConnection["profile"], Record<string, string>, string]>([
    ["a code that no id_token proves", {}, { code: "c", state: "state" }, "ID_TOKEN missing"],
    ["an id_token that is none", {}, { code: "c", state: "state", id_token: "x.y.z" }, "ID_TOKEN ERR_JWS_INVALID"],
    [
      "an answer of another issuer",
      { responseType: "code" },
      { code: "c", state: "state", iss: "https://evil.example" },
      "ISSUER_MISMATCH",
    ],
    ["tokens without an id_token in the code flow", { responseType: "code" }, { code: "c", state: "state" }, "ID_TOKEN missing"],
  ])("with %s gives nothing", (_name, profile, parameters, code) =>
    withBank(
      around((got) => (got.path === "/jwks" ? { body: { keys: [] } } : { status: 404 })),
      profile,
      async ({ connector, received }) => {
        expect((await bankErrorOf(connector.completeGrant({ ...returned, parameters }, signal))).bankCode).toBe(code);
        // In the hybrid flow the code is not even used.
        if (profile["responseType"] !== "code") expect(paths(received)).not.toContain("POST /token");
      },
    ),
  );

  it.each([
    ["access_denied", "USER_DENIED"],
    ["invalid_request", "BANK_REJECTED"],
  ])("with error %s is DENIED: %s", (error, reason) =>
    withBank(
      () => ({ status: 500 }),
      {},
      async ({ connector }) => {
        expect(await connector.completeGrant({ ...returned, parameters: { error } }, signal)).toEqual({ outcome: "DENIED", reason });
      },
    ),
  );
});

describe("a list of transactions", () => {
  const row = (id: string) => ({
    TransactionId: id,
    CreditDebitIndicator: "Debit",
    Status: "Booked",
    BookingDateTime: "2026-11-20T00:00:00Z",
    Amount: { Amount: "1.00", Currency: "GBP" },
  });

  it.each<[string, unknown, number | "refused"]>([
    ["with rows", { Data: { Transaction: [row("a")] } }, 1],
    ["without a list", { Data: {} }, 0],
    ["with a null for a list", { Data: { Transaction: null } }, 0],
    ["with one row for a list", { Data: { Transaction: row("a") } }, 1],
    ["without Data", { Meta: {} }, "refused"],
    ["with a text for a list", { Data: { Transaction: "none" } }, "refused"],
  ])("%s is read as %j", (_name, body, expected) =>
    withBank(
      () => ({ body }),
      {},
      async ({ connector }) => {
        const read = connector.transactions(call(), list, signal).then(
          ({ rows }) => rows.length,
          () => "refused",
        );
        expect(await read).toBe(expected);
      },
    ),
  );

  it.each<[string, BankConnection["profile"], Record<string, string>]>([
    ["without a zone", {}, { fromBookingDateTime: "2026-11-01T00:00:00", toBookingDateTime: "2026-11-05T23:59:59" }],
    [
      "with an offset",
      { transactions: { dateFormat: "offset" } },
      { fromBookingDateTime: "2026-11-01T00:00:00+00:00", toBookingDateTime: "2026-11-05T23:59:59+00:00" },
    ],
    ["without an end", { transactions: { omitTo: true, dateFormat: "millis" } }, { fromBookingDateTime: "2026-11-01T00:00:00.000" }],
  ])("is asked for %s", (_name, profile, query) =>
    withBank(
      () => ({ body: { Data: {} } }),
      profile,
      async ({ connector, received }) => {
        await connector.transactions(call(), { ...list, to: "2026-11-05" }, signal);
        expect(Object.fromEntries(received[0]?.query ?? [])).toEqual(query);
      },
    ),
  );

  it("is asked for in parts of the longest range a bank takes, and each part to its last page", () =>
    withBank(
      ({ query, path }) => ({
        body: {
          Data: { Transaction: [row(`${query.get("fromBookingDateTime") ?? ""}${query.get("pg") ?? ""}`)] },
          ...(query.get("pg") === null ? { Links: { Next: `${path}?${query.toString()}&pg=2` } } : {}),
        },
      }),
      { transactions: { maxRangeDays: 10 } },
      async ({ connector }) => {
        const ids: (string | null)[] = [];
        for (let cursor: string | null = null, pages = 0; pages < 10; pages += 1) {
          const page = await connector.transactions(call(), { ...list, to: "2026-11-15", cursor }, signal);
          ids.push(...page.rows.map(({ bankTransactionId }) => bankTransactionId));
          cursor = page.next;
          if (cursor === null) break;
        }
        expect(ids).toEqual(
          ["2026-11-06", "2026-11-06", "2026-11-01", "2026-11-01"].map((day, index) => `${day}T00:00:00${index % 2 === 0 ? "" : "2"}`),
        );
      },
    ));

  it("of the specification's examples gives the right records", () => {
    const messages = (version: string) =>
      JSON.parse(readFileSync(new URL(`../fixtures/uk-open-banking/${version}/messages.json`, import.meta.url), "utf8")) as Record<
        string,
        { body: { Links?: object } }
      >;
    return withBank(
      ({ path }) => {
        const { body } = messages(path.includes("/v4.0/") ? "4.0" : "3.1.11")[`${path.split("/").pop() ?? ""}-200`] ?? { body: {} };
        return { body: { ...body, Links: { ...body.Links, Next: "" } } };
      },
      {},
      async ({ connector }) => {
        const { accounts } = await connector.accounts(call(), signal);
        expect(accounts).toMatchObject([
          {
            resourceId: "22289",
            name: "Bills",
            ownerName: "Ms Sample",
            type: "CURRENT",
            currency: "GBP",
            sortCode: "802001",
            accountNumber: "10203345",
          },
        ]);
        expect(await connector.balances(call(), account, signal)).toEqual([
          { type: "INTERIM_AVAILABLE", amount: "1230.00", currency: "GBP", creditLimitIncluded: true, referenceDate: "2026-11-22" },
        ]);
        const old = await connector.transactions(call(), list, signal);
        expect(old.rows).toMatchObject([
          {
            status: "BOOKED",
            amount: "10.00",
            bookingDate: "2026-11-20",
            remittance: ["Cash from Aubrey"],
            balanceAfterAmount: "230.00",
            bankTransactionId: "123",
            entryReference: "Ref 123",
          },
          {
            status: "PENDING",
            amount: "-42.99",
            bookingDate: null,
            transactionDate: "2026-11-24",
            counterpartyName: "SHOP",
            exchangeAmount: "-54.10",
            exchangeRate: "1.2584",
          },
        ]);
        const fresh = await connector.transactions(call("4.0"), list, signal);
        expect(fresh.rows).toMatchObject([{ status: "BOOKED", amount: "10.00", bankTransactionCode: "PMNT-RCDT" }]);
        const [party] = (await connector.identity(call("3.1", ["ReadPartyPSU"]), [], signal)) ?? [];
        expect(party).toEqual({
          ...{ fullName: "Semiotec Limited", birthDate: null, emails: ["contact@semiotec.example"], phones: [], resourceIds: [] },
          addresses: ["15 Street, NW1 1AB London, GB"],
        });
      },
    );
  });
});

describe("the persons of a consent", () => {
  const people = (...names: readonly string[]) => names.map((Name, index) => ({ PartyId: `P${String(index)}`, Name }));
  const accounts = ["1", "2"].map((resourceId) => ({ ...account, resourceId }));

  it("are asked for one by one where a bank has no list of them, and are nobody where it has neither", () =>
    withBank(
      ({ path }) =>
        path.endsWith("/parties") || path.endsWith("aisp/party") ? { status: 404 } : { body: { Data: { Party: people("Ann")[0] } } },
      {},
      async ({ connector, received }) => {
        const found = await connector.identity(call(), accounts as never, signal);
        expect(found).toMatchObject([{ fullName: "Ann", resourceIds: ["1", "2"] }]);
        expect(paths(received).filter((path) => path.endsWith("/parties"))).toHaveLength(1);
        expect(await connector.identity(call("3.1", ["ReadAccountsDetail"]), accounts as never, signal)).toBeNull();
      },
    ));
});
