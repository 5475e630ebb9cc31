import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { GrantRequest } from "../../src/connectors/connector.ts";
import type { StetVersion } from "../../src/sandbox/stet/options.ts";
import { PSU } from "../contracts/connector-bench.ts";
import { faultsOf, partsOf } from "./cavage.ts";
import { openStet } from "./openapi.ts";
import { handleOf, SEAL, withScript, type Received, type Script } from "./scripted-bank.ts";

const signal = new AbortController().signal;
const sign = { cert: SEAL.cert, key: SEAL.key, keyId: "https://tpp.example/qseal.pem" };
const account = { resourceId: "038 CPT:1/2", connectorData: null, currency: "EUR" };
const list = { account, from: "2026-11-01", to: "2026-11-20", cursor: null, entryReferenceFrom: "E-7" } as const;
const request: GrantRequest = {
  ...{
    scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS", "IDENTITY"],
    psuType: "PERSONAL",
    state: "s".repeat(43),
    codeVerifier: "v".repeat(43),
  },
  ...{ nonce: "n", redirectUri: "https://hub.example/callback/x", validUntil: "2027-12-31", psu: PSU, renews: null },
};
const returned = { ...request, parameters: { state: request.state, code: "code-1" } };

/** Every call of the standard: no account has links until PUT /consents. */
const bank: Script = ({ method, path }) => {
  if (path === "/token") return { body: { access_token: "a", token_type: "Bearer", expires_in: 600, refresh_token: "r" } };
  if (method === "PUT") return { status: 201 };
  if (path.endsWith("/balances") || path.endsWith("/transactions")) return { status: 204 };
  if (path.endsWith("/end-user-identity")) return { body: { connectedPsu: "Lucie Exemple", _links: { self: { href: "v1/x" } } } };
  const accounts = [
    { resourceId: "1", accountId: { iban: "FR7630006000011234567890189" }, name: "C", cashAccountType: "CACC", _links: {} },
  ];
  return { body: { accounts, _links: { self: { href: "v1/accounts" }, endUserIdentity: { href: "v1/end-user-identity" } } } };
};

const api = (received: readonly Received[]) =>
  received.filter(({ path }) => path.startsWith("/psd2/v1/")).map((one) => ({ ...one, path: one.path.slice("/psd2/v1".length) }));

describe("requests", () => {
  it.each<[StetVersion, typeof PSU | null, Record<string, unknown>]>([
    ["1.4.0", PSU, { consent: { owners: "never" }, transactions: { entryReference: "afterEntryReference" } }],
    ["1.4.2", PSU, { consent: { owners: "never" } }],
    ["1.4.2", null, { consent: { owners: "never" }, transactions: { entryReference: "entryReferenceFrom" } }],
    ["1.5", PSU, { transactions: { dateType: "bookingDate" }, workspace: "pro" }],
    ["1.5", null, {}],
  ])("keep to the official file of %s (person %j, profile %j)", (version, psu, profile) =>
    withScript(
      bank,
      profile,
      async ({ connector, received }) => {
        const { handle } = await connector.openGrant({ ...request, psu }, signal);
        const done = await connector.completeGrant({ ...returned, handle, psu }, signal);
        if (done.outcome !== "GIVEN") throw new Error(done.outcome);
        const call = { handle: done.handle, psu };
        const { accounts } = await connector.accounts(call, signal);
        await connector.balances(call, account, signal);
        await connector.transactions(call, list, signal);
        await connector.transactions(call, { ...list, from: null, to: null, entryReferenceFrom: null }, signal);
        // 1.4.0 knows no such call, and then no bank links to it.
        if (version !== "1.4.0") await connector.identity(call, accounts, signal);
        await connector.revoke(call, signal);
        const sent = api(received);
        expect(sent.map(({ method }) => method)).toContain("PUT");
        expect(sent.length).toBeGreaterThanOrEqual(7);
        const { requestFaults } = openStet(version);
        // `workspace` is for some calls only by the file; the profile asks for it everywhere.
        const faults = sent.flatMap((one) => requestFaults(one).map((fault) => `${one.method} ${one.path}: ${fault}`));
        expect(faults.filter((fault) => !/(consents|end-user-identity): query workspace/.test(fault))).toEqual([]);
        expect(new Set(sent.map(({ headers }) => headers["x-request-id"])).size).toBe(sent.length);
      },
      { sign },
    ),
  );

  it("are really checked: a departure is found", () => {
    const bad = { method: "GET", path: "/accounts", query: new URLSearchParams({ pages: "1" }), headers: { "x-own": "1" }, body: "" };
    expect(openStet("1.5").requestFaults(bad)).toEqual([
      "header Authorization is missing",
      "header Signature is missing",
      "header X-Request-ID is missing",
      "query pages is not in the standard",
      "header x-own is not in the standard",
    ]);
    const body = { ...bad, method: "PUT", path: "/consents", body: '{"balances":[],"owner":[]}' };
    const faults = openStet("1.5").requestFaults(body).join("\n");
    expect(faults).toContain("must have required property 'transactions'");
    expect(faults).toContain('must NOT have additional properties {"additionalProperty":"owner"}');
  });

  it("say that the person is there only where they are, and ask for HAL", () =>
    withScript(bank, {}, async ({ connector, received }) => {
      await connector.balances({ handle: handleOf(), psu: PSU }, account, signal);
      await connector.balances({ handle: handleOf(), psu: null }, account, signal);
      const [there, away] = received.map(({ headers }) => headers);
      expect(there).toMatchObject({
        "psu-ip-address": PSU.ipAddress,
        "psu-user-agent": PSU.userAgent,
        accept: "application/hal+json; charset=utf-8",
      });
      expect(Object.keys(away ?? {}).filter((name) => name.startsWith("psu-"))).toEqual([]);
      expect(received[0]?.target).toBe("/psd2/v1/accounts/038%20CPT%3A1%2F2/balances");
    }));

  it.each<[string, string, string]>([
    ["auto", "2026-11-01T00:00:00+01:00", "2026-11-21T00:00:00+01:00"],
    ["date", "2026-11-01", "2026-11-21"],
    ["local", "2026-11-01T00:00:00", "2026-11-21T00:00:00"],
    ["local-ms", "2026-11-01T00:00:00.000", "2026-11-21T00:00:00.000"],
  ])("name days in the form %s, the end as the first day that is not wanted", (dateFormat, from, to) =>
    withScript(bank, { transactions: { dateFormat } }, async ({ connector, received }) => {
      await connector.transactions({ handle: handleOf(), psu: PSU }, list, signal);
      expect(Object.fromEntries(received[0]?.query ?? [])).toEqual({ dateFrom: from, dateTo: to });
    }),
  );

  it("name the bank's midnight by the offset of that day", () =>
    withScript(bank, {}, async ({ connector, received }) => {
      await connector.transactions({ handle: handleOf(), psu: PSU }, { ...list, from: "2026-07-14", to: "2026-10-24" }, signal);
      expect(received[0]?.query.get("dateFrom")).toBe("2026-07-14T00:00:00+02:00");
      expect(received[0]?.query.get("dateTo")).toBe("2026-10-25T00:00:00+02:00");
    }));

  it("take the day where a date-time is refused, once for all", () =>
    withScript(
      ({ query }) =>
        query.get("dateFrom")?.includes("T") ? { status: 400, body: { status: 400, message: "Bad format" } } : { status: 204 },
      {},
      async ({ connector, received }) => {
        for (let time = 0; time < 2; time += 1) await connector.transactions({ handle: handleOf(), psu: PSU }, list, signal);
        expect(received.map(({ query }) => query.get("dateFrom"))).toEqual(["2026-11-01T00:00:00+01:00", "2026-11-01", "2026-11-01"]);
      },
    ));

  it("split a long range, newest days first, without gap or overlap", () =>
    withScript(bank, { transactions: { maxRangeDays: 90, dateFormat: "date" } }, async ({ connector, received }) => {
      const ask = { ...list, from: "2026-05-01", to: null } as const;
      for (let cursor: string | null = null; ;) {
        ({ next: cursor } = await connector.transactions({ handle: handleOf(), psu: PSU }, { ...ask, cursor }, signal));
        if (cursor === null) break;
      }
      expect(received.map(({ query }) => [query.get("dateFrom"), query.get("dateTo")])).toEqual([
        ["2026-08-28", null],
        ["2026-05-30", "2026-08-28"],
        ["2026-05-01", "2026-05-30"],
      ]);
    }));

  it("follow the habits of a bank's profile", () =>
    withScript(
      ({ path }) => (path.endsWith("/accounts") ? { body: { accounts: [] } } : bank({} as Received)),
      {
        ...{ versionPath: "/v2.0", acceptHeader: "application/json", contentTypeOnGet: true, extraHeaders: { "Client-Id": "c" } },
        ...{ omitHeaders: { accounts: ["PSU-User-Agent"] } },
      },
      async ({ connector, received }) => {
        await connector.accounts({ handle: handleOf(), psu: PSU }, signal);
        expect(received[0]?.path).toBe("/psd2/v2.0/accounts");
        expect(received[0]?.headers).toMatchObject({ accept: "application/json", "content-type": "application/json", "client-id": "c" });
        expect(received[0]?.headers["psu-user-agent"]).toBeUndefined();
      },
    ));

  it("name every unknown or wrong option of a profile at start", async () => {
    await expect(withScript(bank, { versionPath: "v1/", dates: { zone: "x" } }, async () => {})).rejects.toThrow(
      /bank "scripted": (?=.*profile\.versionPath)(?=.*"zone")/s,
    );
  });
});

describe("signatures", () => {
  const certificate = new X509Certificate(SEAL.cert);
  const pem = certificate.publicKey.export({ type: "spki", format: "pem" });
  const signed = (profile: Record<string, unknown>, keyId: string | null, run: (received: readonly Received[]) => void) =>
    withScript(
      bank,
      profile,
      async ({ connector, received }) => {
        const { handle } = await connector.openGrant(request, signal);
        await connector.completeGrant({ ...returned, handle }, signal);
        await connector.transactions({ handle: handleOf(), psu: null }, list, signal);
        run(received);
      },
      { sign: { ...sign, keyId } },
    );

  it.each<[string, Record<string, unknown>]>([
    ["as it comes", {}],
    ["with date and host", { signing: { headers: ["date", "(request-target)", "host", "x-request-id", "digest"] } }],
    ["with a life", { signing: { headers: ["(request-target)", "(created)", "(expires)", "x-request-id"], separator: ", " } }],
    ["at the token endpoint too", { signing: { tokenEndpoint: true } }],
  ])("verify by an independent implementation, bodies and queries included (%s)", (_name, profile) =>
    signed(profile, sign.keyId, (received) => {
      const due = received.filter(({ path }) => path.startsWith("/psd2/") || profile["signing"] !== undefined);
      const checked = due.filter(({ headers }) => headers["signature"] !== undefined);
      expect(checked.map(({ method, path }) => `${method} ${path}`)).toEqual(
        expect.arrayContaining(["GET /psd2/v1/accounts", "PUT /psd2/v1/consents", "GET /psd2/v1/accounts/038%20CPT%3A1%2F2/transactions"]),
      );
      expect(checked.flatMap((one) => faultsOf(one, pem))).toEqual([]);
      expect(checked.every(({ headers }) => headers["tpp-signature-certificate"] === undefined)).toBe(true);
      const atToken = received.find(({ path }) => path === "/token");
      expect(atToken?.headers["signature"] !== undefined).toBe(_name === "at the token endpoint too");
    }),
  );

  it("do not verify after any change", () =>
    signed({}, sign.keyId, (received) => {
      const put = received.find(({ method }) => method === "PUT");
      if (!put) throw new Error("no PUT");
      expect(faultsOf({ ...put, body: `${put.body} ` }, pem)).toEqual(["digest"]);
      expect(faultsOf({ ...put, target: `${put.target}?a=1` }, pem)).toEqual(["signature"]);
      expect(faultsOf({ ...put, headers: { ...put.headers, "x-request-id": "other" } }, pem)).toEqual(["signature"]);
      expect(faultsOf({ ...put, headers: { ...put.headers, "psu-ip-address": "198.51.100.1" } }, pem)).toEqual(["signature"]);
    }));

  it.each([
    [
      null,
      "https://tpp.example/{fingerprint}.pem",
      `https://tpp.example/${certificate.fingerprint256.replaceAll(":", "").toLowerCase()}.pem`,
    ],
    [null, "https://tpp.example/{fingerprintSha1}", `https://tpp.example/${certificate.fingerprint.replaceAll(":", "").toLowerCase()}`],
    ["https://own.example/x.pem", "https://tpp.example/{fingerprint}", "https://own.example/x.pem"],
  ])("name the certificate by URL: %s, %s", (keyId, keyIdTemplate, expected) =>
    signed({ signing: { keyIdTemplate } }, keyId, (received) => {
      const first = received.find(({ headers }) => headers["signature"] !== undefined);
      expect(partsOf(String(first?.headers["signature"]))["keyId"]).toBe(expected);
    }),
  );

  it("carry a Digest only where there is a body, and sign another path, where the bank wants that", () =>
    signed({ signing: { digest: "body", targetRules: [{ from: "/psd2/v1", to: "/inner/v2" }] } }, sign.keyId, (received) => {
      const [get, put] = ["GET", "PUT"].map((wanted) =>
        received.find(({ method, path }) => method === wanted && path.startsWith("/psd2/")),
      );
      expect([get?.headers["digest"] === undefined, put?.headers["digest"] === undefined]).toEqual([true, false]);
      if (get) expect(faultsOf({ ...get, target: get.target.replace("/psd2/v1", "/inner/v2") }, pem)).toEqual([]);
    }));
});
