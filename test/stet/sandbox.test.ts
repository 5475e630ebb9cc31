import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SandboxCa } from "../../src/sandbox/pki/sandbox-ca.ts";
import type { StetBankOptions, StetVersion } from "../../src/sandbox/stet/options.ts";
import { openStet } from "./openapi.ts";
import { hrefOf, rowsOf, serveText, startTpp, type Tpp } from "./tpp.ts";

const everything = (references: unknown, version: StetVersion) => ({
  ...{ balances: references, transactions: references, trustedBeneficiaries: false, psuIdentity: true },
  ...(version === "1.5" ? { owners: references } : {}),
});

describe.each<[StetVersion, StetBankOptions["consentModel"]]>([
  ["1.4.0", "full"],
  ["1.4.2", "mixed"],
  ["1.5", "full"],
  ["1.5", "mixed"],
])("answers of a bank of %s with the %s consent model", (version, consentModel) => {
  it("keep to the official file, field by field", async () => {
    await using tpp = await startTpp({ version, consentModel: consentModel ?? "full", futureEntries: true });
    const { bodyFaults } = openStet(version);
    const token = await tpp.token("demo");
    if (consentModel === "mixed") {
      const closed = await tpp.call("/accounts", token);
      // The rebuilt and the 1.4.0 file have no link to /consents: accounts without links say it.
      expect(rowsOf(closed, "accounts").map((row) => row["_links"])).toEqual([{}, {}, {}, {}]);
      expect(hrefOf(closed.body, "consents")).toBe(version === "1.5" ? "/consents" : undefined);
      const references = rowsOf(closed, "accounts").map((row) => row["accountId"]);
      const first = String(rowsOf(closed, "accounts")[0]?.["resourceId"]);
      expect((await tpp.call(`/accounts/${encodeURIComponent(first)}/balances`, token)).status).toBe(403);
      expect((await tpp.call("/consents", token, { method: "PUT", body: everything(references, version) })).status).toBe(201);
    }
    const list = await tpp.call("/accounts", token);
    expect(bodyFaults("HalAccounts", list.body)).toEqual([]);
    expect(list.headers.get("content-type")).toBe("application/hal+json; charset=utf-8");
    let seen = 0;
    for (const row of rowsOf(list, "accounts")) {
      const balances = await tpp.call(hrefOf(row, "balances") ?? "", token);
      expect(bodyFaults("HalBalances", balances.body)).toEqual([]);
      let path = hrefOf(row, "transactions");
      while (path !== undefined) {
        const page = await tpp.call(path, token);
        expect(bodyFaults("HalTransactions", page.body)).toEqual([]);
        seen += rowsOf(page, "transactions").length;
        path = hrefOf(page.body, "next");
      }
      if (version === "1.5") {
        if (hrefOf(row, "owners")) expect(bodyFaults("HalOwners", (await tpp.call(hrefOf(row, "owners") ?? "", token)).body)).toEqual([]);
        const overdraft = hrefOf(row, "overdrafts");
        const answer = overdraft === undefined ? undefined : await tpp.call(overdraft, token);
        if (answer?.status === 200) expect(bodyFaults("HalOverdrafts", answer.body)).toEqual([]);
      }
    }
    expect(seen).toBeGreaterThan(200);
    const identity = await tpp.call("/end-user-identity", token);
    if (version === "1.4.0") expect(identity.status).toBe(404);
    else expect(bodyFaults("HalEndUserIdentity", identity.body)).toEqual([]);
    const refused = await tpp.call("/accounts", "nobody's");
    expect(refused.status).toBe(401);
    expect(bodyFaults("ErrorModel", refused.body)).toEqual([]);
  });
});

describe("a strict bank", () => {
  let tpp: Tpp;
  let token: string;
  beforeAll(async () => {
    tpp = await startTpp();
    token = await tpp.token("demo");
  });
  afterAll(() => tpp[Symbol.asyncDispose]());

  it.each<[string, number, RegExp, Parameters<Tpp["call"]>[2]]>([
    ["no X-Request-ID", 400, /X-Request-ID/, { headers: { "x-request-id": undefined } }],
    ["an X-Request-ID of 71 characters", 400, /70/, { headers: { "x-request-id": "x".repeat(71) } }],
    ["an address that is none", 400, /PSU-IP-Address/, { headers: { "psu-ip-address": "here" } }],
    ["PSU headers without an address", 400, /psu-user-agent/, { headers: { "psu-ip-address": undefined, "psu-user-agent": "x" } }],
    ["another format", 406, /hal\+json/, { headers: { accept: "text/html" } }],
    ["no token", 401, /token/, { headers: { authorization: undefined } }],
    ["an unknown token", 401, /unknown/, { headers: { authorization: "Bearer x" } }],
    ["no signature", 401, /Signature is missing/, { spoil: (headers) => delete headers["signature"] }],
    ["a signature that leaves the target out", 401, /\(request-target\)/, { names: ["digest", "x-request-id", "psu-ip-address"] }],
    ["a signature that leaves the address out", 401, /psu-ip-address/, { names: ["(request-target)", "digest", "x-request-id"] }],
    ["a header changed after signing", 401, /does not verify/, { spoil: (headers) => (headers["x-request-id"] = "other") }],
    ["a digest of something else", 401, /Digest/, { spoil: (headers) => (headers["digest"] = "SHA-256=AAAA") }],
    ["a keyId that is no URL", 401, /keyId must be the URL/, { keyId: "SN=1,CA=x" }],
    ["a keyId without a certificate", 401, /no certificate/, { keyId: "http://127.0.0.1:9/x.pem" }],
    ["a keyId elsewhere", 401, /no certificate/, { keyId: "https://192.0.2.1/x.pem" }],
  ])("refuses %s", async (_name, status, message, change) => {
    const answer = await tpp.call("/accounts", token, change);
    expect([answer.status, answer.body["message"]]).toEqual([status, expect.stringMatching(message)]);
  });

  it("fetches the certificate at keyId, and takes it from its own authority only", async () => {
    const own = new SandboxCa("Foreign QTSP").issue({ subject: { CN: "foreign" }, use: "client" });
    const [foreign, right] = await Promise.all([serveText(own.cert), serveText(tpp.bank.entry.sign?.cert ?? "")]);
    const refused = await tpp.call("/accounts", token, { keyId: foreign.url, key: own.key });
    expect([refused.status, refused.body["message"]]).toEqual([401, expect.stringMatching(/authority/)]);
    expect((await tpp.call("/accounts", token, { keyId: right.url })).status).toBe(200);
    foreign.close();
    right.close();
  });

  it.each([
    ["no date-time", "dateFrom=2026-11-01", 400],
    ["no date at all", "dateTo=soon", 400],
    ["an unknown page", "page=7", 400],
    ["an unknown reference", "entryReferenceFrom=nothing", 400],
    ["nothing wrong", "dateFrom=2026-11-01T00:00:00%2B01:00", 200],
  ])("answers a query with %s by %3$i", async (_name, query, status) => {
    const [account] = rowsOf(await tpp.call("/accounts", token), "accounts");
    expect((await tpp.call(`${hrefOf(account, "transactions") ?? ""}?${query}`, token)).status).toBe(status);
  });

  it("knows no account of another grant, and no consents where the person chooses at the bank", async () => {
    const other = await tpp.token("anna");
    const [account] = rowsOf(await tpp.call("/accounts", token), "accounts");
    expect((await tpp.call(hrefOf(account, "balances") ?? "", other)).status).toBe(404);
    expect((await tpp.call("/consents", token, { method: "PUT", body: everything([], "1.5") })).status).toBe(501);
  });

  it("gives only the accounts that the person ticked", async () => {
    const some = await tpp.token("demo", { accounts: ["demo-savings"] });
    expect(rowsOf(await tpp.call("/accounts", some), "accounts").map(({ name }) => name)).toEqual(["Sparkonto"]);
  });

  it("has a history of 90 days without the scope for more, and more only shortly after the login", async () => {
    const [plain, full] = [await tpp.token("demo", { scope: "aisp" }), await tpp.token("demo")];
    const old = "dateFrom=2026-01-01T00:00:00Z".replace("2026", String(new Date().getUTCFullYear() - 1));
    const ask = async (by: string) => {
      const [account] = rowsOf(await tpp.call("/accounts", by), "accounts");
      return tpp.call(`${hrefOf(account, "transactions") ?? ""}?${old}`, by);
    };
    expect((await ask(plain)).body["message"]).toMatch(/scope extended_transaction_history/);
    expect((await ask(full)).status).toBe(200);
    tpp.bank.clock.advance("PT8M");
    expect((await ask(full)).status).toBe(200);
  });
});

describe("options", () => {
  it("deferred cards by month: accounts of their own that come and go, OTHR until they are debited", async () => {
    await using tpp = await startTpp({ deferredCards: "month", signedAmounts: true });
    tpp.bank.clock.set("2027-03-03T10:00:00Z");
    const token = await tpp.token("demo");
    const cards = async (by: string) =>
      rowsOf(await tpp.call("/accounts", by), "accounts").filter((row) => row["cashAccountType"] === "CARD");
    const before = await cards(token);
    expect(before.map(({ name }) => name)).toEqual([
      "Kreditkarte du 01/02 au 28/02/2027 prélevés le 05/03/2027",
      "Kreditkarte du 01/03 au 31/03/2027 prélevés le 05/04/2027",
    ]);
    const rows = rowsOf(await tpp.call(hrefOf(before[0], "transactions") ?? "", token), "transactions");
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(["OTHR"]));
    expect(rows.every((row) => Number((row["transactionAmount"] as { amount: number }).amount) < 0)).toBe(true);
    tpp.bank.clock.set("2027-04-06T10:00:00Z");
    expect((await cards(await tpp.token("demo"))).map(({ name }) => name)).toEqual([
      "Kreditkarte du 01/04 au 30/04/2027 prélevés le 05/05/2027",
    ]);
  });

  it("a mixed consent takes strict bodies only, and replaces the one before", async () => {
    await using tpp = await startTpp({ consentModel: "mixed" });
    const token = await tpp.token("demo");
    const references = rowsOf(await tpp.call("/accounts", token), "accounts").map((row) => row["accountId"]);
    const put = async (body: unknown, headers: Record<string, string> = {}) =>
      (await tpp.call("/consents", token, { method: "PUT", body, headers })).status;
    const whole = everything(references, "1.5");
    expect(await put({ ...whole, owners: undefined })).toBe(400);
    expect(await put({ ...whole, extra: 1 })).toBe(400);
    expect(await put({ ...whole, balances: [{ iban: "FR7630006000011234567890189" }] })).toBe(400);
    expect(await put(whole, { "content-type": "text/plain" })).toBe(400);
    expect(await put(whole)).toBe(201);
    expect(await put({ ...whole, transactions: [references[0]] })).toBe(201);
    const links = rowsOf(await tpp.call("/accounts", token), "accounts").map((row) => [
      hrefOf(row, "balances"),
      hrefOf(row, "transactions"),
    ]);
    expect(links.map(([balances, transactions]) => [balances !== undefined, transactions !== undefined])).toEqual([
      [true, true],
      [true, false],
      [true, false],
      [true, false],
    ]);
  });

  it("a token that is revoked by RFC 7009 opens nothing more", async () => {
    await using tpp = await startTpp();
    const token = await tpp.token("empty");
    expect((await tpp.call("/accounts", token)).status).toBe(200);
    const [account] = rowsOf(await tpp.call("/accounts", token), "accounts");
    expect((await tpp.call(hrefOf(account, "transactions") ?? "", token)).status).toBe(204);
    const { clientId, clientSecret = "" } = tpp.bank.entry.auth;
    const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`;
    const url = String(tpp.bank.entry.profile?.["revocationUrl"]);
    await fetch(url, { method: "POST", headers: { authorization }, body: new URLSearchParams({ token }) });
    expect((await tpp.call("/accounts", token)).status).toBe(401);
  });
});
