import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Connector, GrantHandle, GrantRequest } from "../../src/connectors/connector.ts";
import { createPolishApiConnector } from "../../src/connectors/polish-api/index.ts";
import type { BankConnection } from "../../src/domain/bank.ts";
import { Secret } from "../../src/domain/secret.ts";
import { bankErrorOf, PSU } from "./connector-bench.ts";
import { NOW, withScript, type Received, type Script } from "./connector-scripted-bank.ts";

const signal = new AbortController().signal;
const IBAN = "PL61109010140000071219812874";
const lists = { done: 365, pending: 90, holds: 90 };
const privilege = (accountNumber: string | null = IBAN) => ({ accountNumber, getAccount: true, lists });
const right = { scopeUsageLimit: "multiple", maxAllowedHistoryLong: 365 };

/** A grant as the connector would have written it. */
function handleOf(changes: Readonly<Record<string, unknown>> = {}): GrantHandle {
  const request = { scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS", "IDENTITY"], psuType: "PERSONAL", validUntil: "2027-02-20" };
  const tokens = { accessToken: "at-1", refreshToken: "rt-1" };
  const memory = {
    v: 1,
    stage: "AIS",
    consentId: "c-1",
    listingConsentId: null,
    ...tokens,
    privileges: [privilege()],
    scopeTimeLimit: null,
    request,
  };
  return { data: new Secret(JSON.stringify({ ...memory, ...changes })), accessExpiresAt: null };
}
const memoryOf = ({ data }: GrantHandle) => JSON.parse(data.reveal()) as Record<string, unknown>;
const connectorData = JSON.stringify({ v: 1, iban: IBAN, number: IBAN, lists, debt: false, owners: [], address: [] });
const account = { resourceId: IBAN, connectorData, currency: "PLN" };
const window = { account, from: null, to: null, cursor: null, entryReferenceFrom: null } as const;
const request: GrantRequest = {
  ...{ scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS"], psuType: "PERSONAL", state: "s-1", codeVerifier: "v", nonce: "n" },
  ...{ redirectUri: "https://hub.example/callback/x", validUntil: "2027-12-31", psu: PSU, renews: null },
};
const row = (itemId: string, more: object = {}) => ({ itemId, amount: "1.00", currency: "PLN", transactionCategory: "DEBIT", bookingDate: "2026-11-20T00:00:00Z", ...more }); // prettier-ignore
const info = {
  nameAddress: { value: ["JAN"] },
  accountType: { code: "CACC" },
  currency: "PLN",
  availableBalance: "1.00",
  bookingBalance: "2.00",
};

const operation = ({ path }: Pick<Received, "path">) => path.split("/").pop() ?? "";
const bodyOf = ({ body }: Pick<Received, "body">) =>
  JSON.parse(body) as Record<string, unknown> & { requestHeader: Record<string, unknown> };

type Answers = Readonly<Record<string, (request: Received, origin: string) => ReturnType<Script>>>;
function at(
  answers: Answers,
  run: (connector: Connector, received: readonly Received[]) => Promise<void>,
  profile: BankConnection["profile"] = {},
  auth: Partial<BankConnection["auth"]> = {},
): Promise<void> {
  const script: Script = (got, origin) => answers[operation(got)]?.(got, origin) ?? { status: 404, body: { code: "NOT_FOUND" } };
  return withScript(script, profile, ({ connector, received }) => run(connector, received), auth, {}, createPolishApiConnector);
}

const authorize = () => ({ body: { aspspRedirectUri: "http://bank.example/go" } });
const tokens = (more: object = {}) => ({ body: { access_token: "at-2", expires_in: "600", refresh_token: "rt-2", ...more } });
const rows = (...items: object[]) => ({ body: { transactions: items } });

describe("paths", () => {
  it.each<[BankConnection["profile"], Partial<BankConnection["auth"]>, string, string]>([
    [{}, {}, "/psd2/v3_0.1/auth/v3_0.1/authorize", "/psd2/v3_0.1/accounts/v3_0.1/getAccount"],
    [{ version: "2.1.2" }, {}, "/psd2/v2_1_2.1/auth/v2_1_2.1/authorize", "/psd2/v2_1_2.1/accounts/v2_1_2.1/getAccount"],
    [{ version: "3.0.1", implementation: 4 }, {}, "/psd2/v3_0_1.4/auth/v3_0_1.4/authorize", "/psd2/v3_0_1.4/accounts/v3_0_1.4/getAccount"],
    [{ authBase: "/a", accountsBase: "/b/c" }, {}, "/psd2/a/authorize", "/psd2/b/c/getAccount"],
    [{}, { authorizationUrl: "/elsewhere/authorize" }, "/elsewhere/authorize", "/psd2/v3_0.1/accounts/v3_0.1/getAccount"],
  ])("follow the version and the bank: %j %j", (profile, auth, asked, read) =>
    at(
      { authorize, getAccount: () => ({ body: { account: info } }) },
      async (connector, received) => {
        await connector.openGrant(request, signal);
        await connector.balances({ handle: handleOf(), psu: PSU }, account, signal);
        expect(received.map(({ method, path }) => `${method} ${path}`)).toEqual([`POST ${asked}`, `POST ${read}`]);
      },
      profile,
      auth,
    ),
  );

  it("of an unknown version or with a query are a mistake that is named", async () => {
    for (const [profile, text] of [
      [{ version: "4.0" }, /version/],
      [{ authBase: "a?b" }, /authBase/],
      [{ flavour: 1 }, /flavour/],
    ] as const)
      // prettier-ignore
      await expect(at({}, () => Promise.resolve(), profile)).rejects.toThrow(text);
  });
});

describe("scope_details", () => {
  const asked = async (profile: BankConnection["profile"], scopes: GrantRequest["scopes"] = request.scopes) => {
    let details: Record<string, unknown> = {};
    await at(
      { authorize: (got) => ((details = bodyOf(got)["scope_details"] as Record<string, unknown>), authorize()) },
      async (connector) => void (await connector.openGrant({ ...request, scopes }, signal)),
      profile,
    );
    return details as { privilegeList: Record<string, unknown>[]; scopeTimeLimit: string; consentId: string };
  };

  it("ask for the operations behind the scopes, on accounts that the person picks, until the last second that the bank takes", async () => {
    const multiple = { scopeUsageLimit: "multiple" };
    expect(await asked({})).toEqual({
      privilegeList: [
        {
          "ais:getAccount": multiple,
          "ais:getTransactionsDone": { ...multiple, maxAllowedHistoryLong: 1460 },
          "ais:getTransactionsPending": { ...multiple, maxAllowedHistoryLong: 90 },
          "ais:getHolds": { ...multiple, maxAllowedHistoryLong: 90 },
        },
      ],
      scopeGroupType: "ais",
      consentId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      scopeTimeLimit: "2027-05-23T21:59:59.000Z", // today + 179, in the bank's zone
      throttlingPolicy: "psd2Regulatory",
    });
    expect((await asked({}, ["ACCOUNTS", "BALANCES"])).privilegeList).toEqual([{ "ais:getAccount": multiple }]);
  });

  it("name the accounts, the days and the use that the profile gives", async () => {
    const consent = { accounts: ["1", "2"], maxValidDays: 30, recurring: false, otherHistoryDays: 10 };
    const { privilegeList, scopeTimeLimit } = await asked({ consent, transactions: { lists: ["done", "cancelled"] } });
    const single = { scopeUsageLimit: "single" };
    expect(privilegeList).toEqual(
      ["1", "2"].map((accountNumber) => ({
        accountNumber,
        "ais:getAccount": single,
        "ais:getTransactionsDone": { ...single, maxAllowedHistoryLong: 1460 },
        "ais:getTransactionsCancelled": { ...single, maxAllowedHistoryLong: 10 },
      })),
    );
    expect(scopeTimeLimit).toBe("2026-12-24T22:59:59.000Z");
  });
});

describe("requests", () => {
  it("put a constant in the place of an absent person only where a bank demands it", () =>
    at(
      { getAccount: () => ({ body: { account: info } }) },
      async (connector, received) => {
        await connector.balances({ handle: handleOf(), psu: null }, account, signal);
        await connector.balances({ handle: handleOf(), psu: { ...PSU, ipAddress: "2001:db8::1" } }, account, signal);
        const headers = received.map((got) => bodyOf(got).requestHeader);
        expect(headers.map(({ ipAddress, isDirectPsu }) => [ipAddress, isDirectPsu])).toEqual([["192.0.2.1", true], ["192.0.2.1", true]]); // prettier-ignore
      },
      { psuIp: { constant: "192.0.2.1", always: true, ipv4Only: true } },
    ));

  it("name language, TPP and further headers as the bank wants them", () =>
    at(
      { getAccount: () => ({ body: { account: info } }) },
      async (connector, received) => {
        await connector.balances({ handle: handleOf(), psu: PSU }, account, signal);
        const [got] = received;
        expect(got?.headers).toMatchObject({
          "accept-language": "en",
          "x-jws-tpp-id": "hub",
          "accept-encoding": "gzip",
          "accept-charset": "utf-8",
        });
        expect(got?.headers["accept"]).toBeUndefined();
        expect(got?.headers["x-jws-signature"]).toBeUndefined(); // the entry has no seal
        expect(bodyOf(got ?? { body: "{}" }).requestHeader["tppId"]).toBe("PSDPL-KNF-1");
      },
      { language: "en", tppId: "PSDPL-KNF-1", extraHeaders: { "X-JWS-TPP-ID": "hub" }, omitHeaders: { getAccount: ["Accept"] } },
    ));
});

describe("tokens", () => {
  const back = { handle: handleOf({ accessToken: null, refreshToken: null, privileges: [] }), parameters: { code: "c0de" }, state: "s", codeVerifier: "v", nonce: "n", redirectUri: request.redirectUri, psu: PSU }; // prettier-ignore

  it("are asked for with the person, in the field and with the secret that the bank knows", () =>
    at(
      { token: () => tokens({ scope_details: { scopeTimeLimit: "2027-01-20T12:00:00", privilegeList: [{ accountNumber: "1", "ais:getTransactionsDone": right }] } }) },
      async (connector, received) => {
        const done = await connector.completeGrant(back, signal);
        expect(done).toMatchObject({ outcome: "GIVEN", validUntil: Date.parse("2027-01-20T11:00:00Z"), handle: { accessExpiresAt: NOW + 300_000 } });
        const [got] = received;
        const { requestHeader, ...body } = bodyOf(got ?? { body: "{}" });
        const session = { is_user_session: true, user_ip: PSU.ipAddress, user_agent: PSU.userAgent };
        expect(body).toEqual({ grant_type: "authorization_code", code: "c0de", redirect_uri: request.redirectUri, client_id: "hub", ...session });
        expect(requestHeader["ipAddress"]).toBeUndefined(); // 3.0 names the person in the body only
        expect(got?.headers.authorization).toBe(`Basic ${Buffer.from("hub:s3cret").toString("base64")}`);
        if (done.outcome === "GIVEN") expect(memoryOf(done.handle)["privileges"]).toEqual([{ accountNumber: "1", getAccount: false, lists: { done: 365 } }]);
      },
      { codeField: "code", tokenRules: { lifeFactor: 0.5 } },
    )); // prettier-ignore

  it("are refreshed without the person, keeping what the bank does not repeat", () =>
    at(
      { token: () => ({ body: { access_token: "at-2", expires_in: 600 } }) },
      async (connector, received) => {
        const fresh = await connector.refresh(handleOf(), signal);
        expect(fresh && memoryOf(fresh)).toMatchObject({ accessToken: "at-2", refreshToken: "rt-1", privileges: [privilege()] });
        expect(bodyOf(received[0] ?? { body: "{}" })).toMatchObject({ grant_type: "refresh_token", refresh_token: "rt-1", is_user_session: false, region: "1" });
      },
      { tokenRules: { refreshExtraParams: { region: "1" } } },
    )); // prettier-ignore

  it("are asked for again after a 5xx only where a lost answer costs nothing", async () => {
    for (const [refreshRotates, tries] of [
      [true, 1],
      [false, 3],
    ] as const)
      // prettier-ignore
      await at(
        { token: () => ({ status: 503, body: "" }) },
        async (connector, received) => {
          expect((await bankErrorOf(connector.refresh(handleOf(), signal))).failure).toBe("BANK_TEMPORARY");
          expect(received).toHaveLength(tries);
        },
        { tokenRules: { refreshRotates } },
      );
  });

  it("refused for good before their time are remembered as a revocation, after it as an end", () =>
    at(
      { token: () => ({ status: 400, body: { code: "E-99", message: "nie ma" } }) },
      async (connector, received) => {
        const handle = handleOf({ scopeTimeLimit: NOW + 1 });
        expect(await bankErrorOf(connector.refresh(handle, signal))).toMatchObject({ failure: "CONSENT_INVALID" });
        expect(await connector.grantState({ handle, psu: null }, signal)).toEqual({ status: "REVOKED" });
        expect(await connector.grantState({ handle: handleOf({ scopeTimeLimit: NOW }), psu: null }, signal)).toEqual({ status: "EXPIRED" });
        expect(received).toHaveLength(1);
      },
      { tokenRules: { invalidGrantPatterns: ["^E-99$"] } },
    ));
});

describe("the state of a grant", () => {
  it.each<[string, readonly number[], object]>([
    ["GIVEN where one account can be read", [403, 200], { status: "GIVEN", validUntil: null }],
    ["REVOKED where none can", [403, 403], { status: "REVOKED" }],
    ["GIVEN where an account is only blocked", [404], { status: "GIVEN", validUntil: null }],
  ])("is %s", (_name, statuses, expected) => {
    const left = [...statuses];
    const privileges = [privilege("1"), privilege("2")];
    return at({ getAccount: () => ({ status: left.shift() ?? 500, body: { code: "X-1", account: info } }) }, async (connector) => {
      expect(await connector.grantState({ handle: handleOf({ privileges }), psu: null }, signal)).toEqual(expected);
    });
  });

  it("is not told by a dead token or a bank that is down", async () => {
    for (const [status, failure] of [
      [401, "TOKEN_EXPIRED"],
      [503, "BANK_TEMPORARY"],
      [429, "RATE_LIMITED"],
    ] as const)
      // prettier-ignore
      await at({ getAccount: () => ({ status, body: { code: "X-1" } }) }, async (connector) => {
        expect((await bankErrorOf(connector.grantState({ handle: handleOf(), psu: null }, signal))).failure).toBe(failure);
      });
  });

  it("ends at the bank also where it knows the consent no more, but not where the request was refused", async () => {
    for (const [answer, expected] of [
      [{ status: 204 }, "DONE"],
      [{ status: 404, body: { code: "X-1" } }, "ALREADY_ENDED"],
      [{ status: 400, body: { code: "X-1", message: "Zgoda nie istnieje" } }, "ALREADY_ENDED"],
      [{ status: 400, body: { code: "X-1", message: "tppId" } }, "BAD_REQUEST"],
    ] as const)
      await at({ deleteConsent: () => answer }, async (connector, received) => {
        const outcome = await connector
          .revoke({ handle: handleOf(), psu: null }, signal)
          .catch((error: { failure: string }) => error.failure);
        expect(outcome).toBe(expected);
        expect(bodyOf(received[0] ?? { body: "{}" })).toMatchObject({ consentId: "c-1" });
      });
  });
});

describe("accounts", () => {
  const named = ({ body }: Received) => (JSON.parse(body) as { accountNumber: string }).accountNumber;
  const read = (
    answers: Answers,
    changes: object,
    run: (list: Awaited<ReturnType<Connector["accounts"]>>, received: readonly Received[]) => void,
  ) =>
    at(answers, async (connector, received) =>
      run(await connector.accounts({ handle: handleOf({ ...changes }), psu: PSU }, signal), received),
    );

  it("are those that the bank lists, on all pages, where it granted none by number", () => {
    const pages = [
      { accounts: [{ accountNumber: "1" }], pageInfo: { nextPage: "p2" } },
      { accounts: [{ accountNumber: "2" }], pageInfo: { nextPage: "p2" } }, // repeats itself
    ];
    return read({ getAccounts: () => ({ body: pages.shift() }), getAccount: () => ({ body: { account: info } }) }, { privileges: [privilege(null)] }, ({ accounts }) =>
      expect(accounts.map(({ resourceId, mayReadTransactions }) => [resourceId, mayReadTransactions])).toEqual([["1", true], ["2", true]]),
    ); // prettier-ignore
  });

  it("keep one that is blocked, leave out one that was taken back, set aside one that cannot be read", () => {
    const by: Record<string, ReturnType<Script>> = {
      "1": { body: { account: { ...info, accountNumber: "1" } } },
      "2": { status: 422, body: { code: "ACCOUNT_BLOCKED" } },
      "3": { status: 403, body: { code: "X-1" } },
      "4": { body: { account: "none" } },
    };
    const privileges = Object.keys(by).map((number) => privilege(number));
    return read({ getAccount: (got) => by[named(got)] ?? { status: 500 } }, { privileges }, ({ accounts, quarantined }) => {
      expect(accounts.map(({ resourceId, status }) => [resourceId, status])).toEqual([["1", "ACTIVE"], ["2", "BLOCKED"]]); // prettier-ignore
      expect(quarantined.map(({ reason }) => reason)).toEqual(["account: expected an object, got a text"]);
    });
  });

  it("all refused are a refusal, never an empty list", () =>
    at({ getAccount: () => ({ status: 403, body: { code: "X-1" } }) }, async (connector) => {
      expect((await bankErrorOf(connector.accounts({ handle: handleOf(), psu: PSU }, signal))).failure).toBe("CONSENT_INVALID");
    }));
});

describe("transactions", () => {
  const all = async (connector: Connector, more: object = {}) => {
    const pages = [];
    for (let cursor: string | null = null; pages.length < 20; ) {
      const page: Awaited<ReturnType<Connector["transactions"]>> = await connector.transactions({ handle: handleOf(), psu: PSU }, { ...window, ...more, cursor }, signal);
      pages.push(page);
      cursor = page.next;
      if (cursor === null) break;
    }
    return { pages, ids: pages.flatMap((page) => page.rows.map(({ bankTransactionId, status }) => `${status} ${String(bankTransactionId)}`)) };
  }; // prettier-ignore
  const none = { getTransactionsDone: () => rows(), getTransactionsPending: () => rows(), getHolds: () => ({ body: { holds: [] } }) };

  it("are read from every list once, what is pending and held not twice, what was cancelled not at all", () =>
    at(
      {
        getTransactionsDone: () => rows(row("d")),
        getTransactionsRejected: () => rows(row("r")),
        getTransactionsCancelled: () => rows(row("c")),
        getTransactionsPending: () => rows(row("p"), row("c"), row("r")),
        getHolds: () => ({ body: { holds: [row("p"), row("h")] } }),
        getTransactionsScheduled: () => rows(row("s"), row("h")),
      },
      async (connector) => {
        const granted = Object.fromEntries(["done", "pending", "holds", "scheduled", "rejected", "cancelled"].map((name) => [name, 90]));
        const opened = { ...account, connectorData: JSON.stringify({ ...(JSON.parse(connectorData) as object), lists: granted }) };
        const { ids, pages } = await all(connector, { account: opened });
        expect(ids).toEqual(["BOOKED d", "PENDING p", "PENDING h", "PENDING s"]);
        expect(pages.every((page) => page.rows.length > 0 && !page.pendingUnknown)).toBe(true);
      },
      { transactions: { lists: ["done", "pending", "holds", "scheduled", "rejected", "cancelled"] } },
    ));

  it("are asked for by the granted days, in windows and pages as the bank wants them", () =>
    at(
      { ...none, getTransactionsDone: () => rows() },
      async (connector, received) => {
        await all(connector);
        const asked = received.filter((got) => operation(got) === "getTransactionsDone").map(bodyOf);
        expect(asked.map((body) => [body["transactionDateFrom"], body["transactionDateTo"], body["perPage"]])).toEqual([
          ["2026-11-16", undefined, 50],
          ["2026-11-06", "2026-11-15", 50],
          ["2026-11-05", "2026-11-05", 50],
        ]);
      },
      { transactions: { defaultDays: 20, maxRangeDays: 10, dateFilter: "transaction", perPage: 50 } },
    ));

  it("of the whole history go as far back as was granted", () =>
    at(none, async (connector, received) => {
      await all(connector);
      expect(bodyOf(received[0] ?? { body: "{}" })["bookingDateFrom"]).toBe("2025-11-25");
    }));

  it("of a closed window say nothing of what is pending, and do not ask", () =>
    at({ ...none, getTransactionsDone: () => rows(row("d")) }, async (connector, received) => {
      const { pages } = await all(connector, { from: "2026-10-01", to: "2026-10-31" });
      expect([pages.length, pages[0]?.pendingUnknown, received.map(operation)]).toEqual([1, true, ["getTransactionsDone"]]);
    }));

  it("before all that was granted are none, without a call", () =>
    at(none, async (connector, received) => {
      const { pages } = await all(connector, { from: null, to: "2025-01-01" });
      expect([pages, received]).toEqual([[{ rows: [], quarantined: [], next: null, pendingUnknown: true, complete: true }], []]);
    }));

  it("longer than granted are refused as a window to shrink, with the days", () =>
    at({ ...none, getTransactionsDone: () => ({ status: 422, body: { code: "X-1" } }) }, async (connector) => {
      const error = await bankErrorOf(connector.transactions({ handle: handleOf(), psu: PSU }, { ...window, from: "2020-01-01" }, signal));
      expect([error.failure, error.code, error.servedDays]).toEqual(["SCA_REQUIRED", "PERIOD_NOT_AVAILABLE", 365]);
    }));

  it("whose pending list is barred this once do not prove anything pending gone", () =>
    at({ ...none, getTransactionsDone: () => rows(row("d")), getTransactionsPending: () => ({ status: 403, body: { code: "X-1" } }) }, async (connector) => {
      expect((await all(connector)).pages.some((page) => page.pendingUnknown)).toBe(true);
    })); // prettier-ignore

  it("without a list at all are an error, never none", () =>
    at({ ...none, getTransactionsDone: () => ({ body: { pageInfo: {} } }) }, async (connector) => {
      expect((await bankErrorOf(all(connector))).code).toBe("BANK_BAD_RESPONSE");
    }));

  it("have no id where the bank's are not to be trusted", () =>
    at(
      { ...none, getTransactionsDone: () => rows(row("d")) },
      async (connector) => expect((await all(connector)).ids).toEqual(["BOOKED null"]),
      { ids: { trustItemId: false } },
    ));

  it("end where nextPage is a filler", () =>
    at(
      { ...none, getTransactionsDone: () => ({ body: { transactions: [row("d")], pageInfo: { nextPage: "string" } } }) },
      async (connector) => {
        expect((await all(connector)).ids).toEqual(["BOOKED d"]);
      },
    ));
});

describe("a signed bank", () => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = publicKey.export({ format: "jwk" });

  it("is not believed where its answer is not signed, and where checks are off is", async () => {
    for (const [verify, expected] of [
      [null, "BANK_BAD_RESPONSE"],
      [false, "ok"],
    ] as const)
      // prettier-ignore
      await at(
        { getAccount: () => ({ body: { account: info } }) },
        async (connector) => {
          const outcome = await connector.balances({ handle: handleOf(), psu: PSU }, account, signal).then(() => "ok", (error: { code: string }) => error.code); // prettier-ignore
          expect(outcome).toBe(expected);
        },
        { answers: { jwks: [jwk], verify } },
      );
  });

  it("may refuse without a signature: a refusal is no data", () =>
    at(
      { getAccount: () => ({ status: 429, body: { code: "X-1" } }) },
      async (connector) => {
        expect((await bankErrorOf(connector.balances({ handle: handleOf(), psu: PSU }, account, signal))).failure).toBe("RATE_LIMITED");
      },
      { answers: { jwks: [jwk] } },
    ));
});
