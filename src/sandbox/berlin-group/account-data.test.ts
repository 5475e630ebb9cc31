import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SandboxBank } from "../kit/sandbox-bank.ts";
import { startBerlinGroupBank } from "./bank.ts";
import { codeOf, schemaErrors, TestTpp } from "./tpp.fixture.ts";

describe("account data", () => {
  let bank: SandboxBank;
  let tpp: TestTpp;
  let consentId: string;
  const get = (path: string, present = true) => tpp.call(path, { headers: { "consent-id": consentId }, present });

  beforeAll(async () => {
    bank = await startBerlinGroupBank({ accessTokenTtl: 86_400 * 400 });
    bank.clock.set(`${bank.clock.now().toISOString().slice(0, 10)}T12:30:00Z`);
    tpp = new TestTpp(bank);
    consentId = await tpp.consentOf("demo");
  });
  afterAll(() => bank[Symbol.asyncDispose]());

  it("lists the accounts with balances, owners and links, as the official schema has it", async () => {
    const answer = await get("/v1/accounts?withBalance=true");
    expect(answer.status).toBe(200);
    expect(schemaErrors("accountList", answer.json)).toEqual([]);
    expect(answer.json["accounts"].map((account: { currency: string }) => account.currency)).toEqual(["EUR", "EUR", "USD"]);
    expect(answer.json["accounts"][0]).toMatchObject({ ownerName: "Demo Muster", cashAccountType: "CACC", usage: "PRIV" });
    const balances = answer.json["accounts"][0].balances as { balanceType: string; balanceAmount: { amount: string } }[];
    expect(balances.find((balance) => balance.balanceType === "interimBooked")?.balanceAmount.amount).toBe(
      bank.admin.truth("demo").accounts[0]?.bookedBalance,
    );
  });

  it("serves every endpoint of an account in the official shapes", async () => {
    const [account] = await tpp.accountsOf(consentId);
    const path = `/v1/accounts/${account?.["resourceId"]}`;
    const details = await get(path);
    expect(schemaErrors("accountDetails", details.json["account"])).toEqual([]);
    expect(schemaErrors("readAccountBalanceResponse-200", (await get(`${path}/balances`)).json)).toEqual([]);
    const report = await get(`${path}/transactions?bookingStatus=all&dateFrom=2000-01-01&withBalance=true`);
    expect(schemaErrors("transactionsResponse-200_json", report.json)).toEqual([]);
    expect(report.json["transactions"].information).toHaveLength(2);
    const id = report.json["transactions"].booked[0].transactionId as string;
    const one = await get(`${path}/transactions/${id}`);
    expect(one.json["transactionsDetails"]).toEqual(report.json["transactions"].booked[0]);
    expect(codeOf(await get(`${path}/transactions/none`))).toBe("RESOURCE_UNKNOWN");
  });

  it("serves card accounts in their own shapes, debits positive", async () => {
    const [card] = await tpp.accountsOf(consentId, "card-accounts");
    expect(schemaErrors("cardAccountDetails", card)).toEqual([]);
    const path = `/v1/card-accounts/${card?.["resourceId"]}`;
    expect(schemaErrors("readCardAccountBalanceResponse-200", (await get(`${path}/balances`)).json)).toEqual([]);
    const report = await get(`${path}/transactions?bookingStatus=both&dateFrom=2000-01-01`);
    expect(schemaErrors("cardAccountsTransactionsResponse200", report.json)).toEqual([]);
    const purchase = report.json["cardTransactions"].booked.find((row: { originalAmount?: object }) => row.originalAmount);
    expect(Number(purchase.transactionAmount.amount)).toBeGreaterThan(0);
    expect((await get(`/v1/accounts/${card?.["resourceId"]}/balances`)).status).toBe(404);
  });

  it("gives every transaction of the truth exactly once over all pages", async () => {
    const [account] = await tpp.accountsOf(consentId);
    const pages = await tpp.pages(`/v1/accounts/${account?.["resourceId"]}/transactions?bookingStatus=both&dateFrom=2000-01-01`, consentId);
    expect(pages.length).toBeGreaterThan(10);
    const ids = pages.flatMap(({ json }) =>
      [...json["transactions"].booked, ...json["transactions"].pending].map((row: { transactionId: string }) => row.transactionId),
    );
    const now = bank.clock.nowMs();
    const truth = bank.admin.truth("demo").accounts[0]?.transactions ?? [];
    expect(new Set(ids).size).toBe(ids.length);
    const oldest = new Date(now - 730 * 86_400_000).toISOString().slice(0, 10);
    expect(ids.sort()).toEqual(
      truth
        .filter((row) => (row.bookingDate ?? "9999") >= oldest)
        .map((row) => row.id)
        .sort(),
    );
  });

  it("takes dateFrom and dateTo as inclusive", async () => {
    const [account] = await tpp.accountsOf(consentId);
    const path = `/v1/accounts/${account?.["resourceId"]}/transactions?bookingStatus=booked`;
    const all = await get(`${path}&dateFrom=2000-01-01`);
    const day = all.json["transactions"].booked[60].bookingDate as string;
    const one = await get(`${path}&dateFrom=${day}&dateTo=${day}`);
    expect(one.json["transactions"].booked.length).toBeGreaterThan(0);
    expect(new Set(one.json["transactions"].booked.map((row: { bookingDate: string }) => row.bookingDate))).toEqual(new Set([day]));
    expect(one.json["transactions"].pending).toBeUndefined();
  });

  it("gives only what is new after entryReferenceFrom and with deltaList", async () => {
    const [account] = await tpp.accountsOf(consentId);
    const path = `/v1/accounts/${account?.["resourceId"]}/transactions?bookingStatus=booked`;
    const before = (await get(`${path}&dateFrom=2000-01-01`)).json["transactions"].booked[0].entryReference as string;
    expect((await get(`${path}&deltaList=true`)).json["transactions"].booked).toEqual([]);
    bank.clock.advance("P2D");
    const byDelta = (await get(`${path}&deltaList=true`)).json["transactions"].booked as object[];
    const byReference = (await get(`${path}&entryReferenceFrom=${before}`)).json["transactions"].booked as object[];
    expect(byReference.length).toBeGreaterThan(1);
    expect(byDelta).toEqual(byReference);
    expect(codeOf(await get(`${path}&entryReferenceFrom=none`))).toBe("PARAMETER_NOT_CONSISTENT");
  });

  it("books pending entries as the clock moves and keeps their ids", async () => {
    const [account] = await tpp.accountsOf(consentId);
    const from = bank.clock.now().toISOString().slice(0, 8) + "01";
    const path = `/v1/accounts/${account?.["resourceId"]}/transactions?bookingStatus=both&dateFrom=${from}`;
    bank.clock.set(`${bank.clock.now().toISOString().slice(0, 10)}T20:30:00Z`);
    const pending = (await get(path)).json["transactions"].pending as {
      transactionId: string;
      bookingDate?: string;
      entryReference?: string;
    }[];
    expect(pending.length).toBeGreaterThan(0);
    for (const row of pending) expect([row.bookingDate, row.entryReference]).toEqual([undefined, undefined]);
    bank.clock.advance("P4D");
    const booked = (await tpp.pages(path, consentId)).flatMap(({ json }) => json["transactions"].booked as { transactionId: string }[]);
    for (const { transactionId } of pending) expect(booked.some((row) => row.transactionId === transactionId)).toBe(true);
  });

  it("freezes a result at its first page: entries that come meanwhile neither shift nor repeat rows", async () => {
    const [account] = await tpp.accountsOf(consentId);
    const from = new Date(bank.clock.nowMs() - 85 * 86_400_000).toISOString().slice(0, 10);
    const first = await get(`/v1/accounts/${account?.["resourceId"]}/transactions?bookingStatus=booked&dateFrom=${from}`);
    bank.clock.advance("P1D");
    const second = await get(first.json["transactions"]._links.next.href as string);
    const ids = [first, second].flatMap(({ json }) =>
      json["transactions"].booked.map((row: { transactionId: string }) => row.transactionId),
    );
    expect(ids.length).toBeGreaterThan(120);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("refuses old history once the window after SCA is closed, and the unattended fifth call of a day", async () => {
    const [account] = await tpp.accountsOf(consentId);
    const path = `/v1/accounts/${account?.["resourceId"]}`;
    const old = await get(`${path}/transactions?bookingStatus=booked&dateFrom=2025-01-01`);
    expect([old.status, codeOf(old)]).toEqual([400, "PERIOD_INVALID"]);
    const recent = new Date(bank.clock.nowMs() - 89 * 86_400_000).toISOString().slice(0, 10);
    for (let round = 0; round < 4; round += 1) {
      const pages = await tpp.pages(`${path}/transactions?bookingStatus=booked&dateFrom=${recent}`, consentId, false);
      expect(pages.map((page) => page.status)).toEqual(pages.map(() => 200));
    }
    const fifth = await get(`${path}/transactions?bookingStatus=booked&dateFrom=${recent}`, false);
    expect([fifth.status, codeOf(fifth)]).toEqual([429, "ACCESS_EXCEEDED"]);
    expect(schemaErrors("Error429_NG_AIS", fifth.json)).toEqual([]);
    expect((await get(`${path}/balances`, false)).status).toBe(200);
    expect((await get(`${path}/transactions?bookingStatus=booked&dateFrom=${recent}`)).status).toBe(200);
    bank.clock.advance("PT24H1S");
    expect((await get(`${path}/transactions?bookingStatus=booked&dateFrom=${recent}`, false)).status).toBe(200);
  });

  it("expires the consent by the bank's date", async () => {
    bank.clock.advance("P180D");
    expect(codeOf(await get("/v1/accounts"))).toBe("CONSENT_EXPIRED");
    expect((await get(`/v1/consents/${consentId}/status`)).json).toEqual({ consentStatus: "expired" });
  });
});

describe("a big account", () => {
  it("serves 20,000 transactions in pages of 500, each row once", async () => {
    await using bank = await startBerlinGroupBank();
    const tpp = new TestTpp(bank);
    const consentId = await tpp.consentOf("business");
    const [account] = await tpp.accountsOf(consentId);
    const pages = await tpp.pages(`/v1/accounts/${account?.["resourceId"]}/transactions?bookingStatus=both&dateFrom=2000-01-01`, consentId);
    const ids = pages.flatMap(({ json }) => json["transactions"].booked.map((row: { transactionId: string }) => row.transactionId));
    expect(pages.length).toBe(40);
    expect(new Set(ids).size).toBe(20_000);
  });
});
