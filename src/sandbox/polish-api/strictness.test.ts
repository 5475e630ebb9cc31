import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SandboxBank } from "../kit/sandbox-bank.ts";
import { startPolishApiBank } from "./bank.ts";
import { ALL_RIGHTS, TestTpp, type Answer } from "./tpp.fixture.ts";

describe("what the bank refuses", () => {
  let bank: SandboxBank;
  let tpp: TestTpp;
  let number: string;
  beforeAll(async () => {
    bank = await startPolishApiBank({ businessCount: 1, notImplemented: ["getTransactionsRejected"] });
    tpp = new TestTpp(bank);
    const { numbers } = await tpp.consent();
    number = numbers[0] ?? "";
  });
  afterAll(() => bank[Symbol.asyncDispose]());

  const header = (headers: Record<string, string | undefined>) => tpp.call("getAccount", { accountNumber: number }, { headers });
  const said = (requestHeader: object) => tpp.call("getAccount", { accountNumber: number }, { requestHeader });
  const authorize = (...parts: Parameters<TestTpp["authorizeBody"]>) => tpp.call("authorize", tpp.authorizeBody(...parts));
  const done = (filter: object) => tpp.call("getTransactionsDone", { accountNumber: number, ...filter });
  const past = { scopeTimeLimit: "2020-01-01T00:00:00.000Z" };

  const table: readonly [string, () => Promise<Answer>, number, string][] = [
    ["no X-JWS-SIGNATURE", () => header({ "x-jws-signature": undefined }), 400, "BAD_REQUEST"],
    ["a signature of other bytes", () => tpp.call("getAccount", { accountNumber: number }, { signedFor: "{}" }), 401, "INVALID_SIGNATURE"],
    ["a signature with its payload", () => header({ "x-jws-signature": "a.b.c" }), 401, "INVALID_SIGNATURE"],
    [
      "a signature without algorithm",
      () => header({ "x-jws-signature": `${Buffer.from('{"alg":"none"}').toString("base64url")}..` }),
      401,
      "INVALID_SIGNATURE",
    ],
    ["no X-REQUEST-ID", () => header({ "x-request-id": undefined }), 400, "BAD_REQUEST"],
    ["another X-REQUEST-ID than in the body", () => header({ "x-request-id": "7f1c1a60-a7a4-11ef-9e2c-0242ac120002" }), 400, "BAD_REQUEST"],
    ["a requestId of version 4", () => said({ requestId: crypto.randomUUID() }), 400, "BAD_REQUEST"],
    ["another Content-Type", () => header({ "content-type": "text/plain" }), 415, "BAD_REQUEST"],
    ["another Accept-Encoding", () => header({ "accept-encoding": "br" }), 406, "BAD_REQUEST"],
    ["another Accept-Charset", () => header({ "accept-charset": "iso-8859-2" }), 406, "BAD_REQUEST"],
    ["a body that is no JSON", () => tpp.call("getAccount", {}, { raw: "{" }), 400, "BAD_REQUEST"],
    ["no tppId", () => said({ tppId: undefined }), 400, "BAD_REQUEST"],
    ["an unknown tppId", () => said({ tppId: "PSDXX-1" }), 403, "TPP_UNKNOWN"],
    ["a field that the standard lacks", () => tpp.call("getAccount", { accountNumber: number, colour: "red" }), 400, "BAD_REQUEST"],
    ["no Authorization", () => header({ authorization: undefined }), 401, "UNAUTHORIZED"],
    ["another token in the body", () => said({ token: "x" }), 400, "BAD_REQUEST"],
    ["a person without an address", () => said({ ipAddress: undefined }), 400, "BAD_REQUEST"],
    ["an unknown account", () => tpp.call("getAccount", { accountNumber: "PL61109010140000071219812874" }), 403, "FORBIDDEN"],
    ["an operation of the other scope", () => tpp.call("getAccounts", {}), 403, "FORBIDDEN"],
    ["a list that was not granted", () => tpp.call("getTransactionsRejected", { accountNumber: number }), 501, "NOT_IMPLEMENTED"],
    ["more history than granted", () => done({ bookingDateFrom: "2020-01-01" }), 422, "HISTORY_TOO_LONG"],
    [
      "a window that ends before it begins",
      () => done({ bookingDateFrom: "2026-02-02", bookingDateTo: "2026-02-01" }),
      422,
      "UNPROCESSABLE",
    ],
    ["a day that is none", () => done({ bookingDateFrom: "2026-02-30" }), 400, "BAD_REQUEST"],
    ["an amount without decimals", () => done({ minAmount: "5" }), 400, "BAD_REQUEST"],
    ["a page it never gave", () => done({ pageId: "x" }), 400, "BAD_REQUEST"],
    ["an item it never gave", () => done({ itemIdFrom: "x" }), 422, "ITEM_UNKNOWN"],
    ["credit among holds", () => tpp.call("getHolds", { accountNumber: number, type: "CREDIT" }), 400, "BAD_REQUEST"],
    ["another client", () => authorize(undefined, { client_id: "x" }), 400, "UNKNOWN_CLIENT"],
    ["a redirect_uri over plain http", () => authorize(undefined, { redirect_uri: "http://tpp.example/cb" }), 400, "BAD_REQUEST"],
    ["two scopes", () => authorize(undefined, { scope: "ais-accounts" }), 422, "BAD_REQUEST"],
    ["a privilege of the other scope", () => authorize([{ "ais-accounts:getAccounts": {} }]), 422, "UNPROCESSABLE"],
    ["a privilege without an operation", () => authorize([{ accountNumber: number }]), 422, "UNPROCESSABLE"],
    ["accounts named and unnamed", () => authorize([ALL_RIGHTS, { accountNumber: number, ...ALL_RIGHTS }]), 422, "UNPROCESSABLE"],
    ["more history than the standard has", () => authorize([{ "ais:getHolds": { maxAllowedHistoryLong: 1461 } }]), 400, "BAD_REQUEST"],
    ["a time limit in the past", () => authorize(undefined, {}, past), 422, "UNPROCESSABLE"],
    ["a code that is none", () => tpp.exchange("x"), 400, "INVALID_GRANT"],
    ["no code", () => tpp.exchange("x", { Code: undefined }), 400, "BAD_REQUEST"],
    ["a session without an address", () => tpp.exchange("x", { is_user_session: true }), 400, "BAD_REQUEST"],
    ["an unknown consent to delete", () => tpp.call("deleteConsent", { consentId: "x" }), 422, "CONSENT_UNKNOWN"],
    ["another method", () => tpp.call("getAccount", {}, { method: "GET" }), 405, "METHOD_NOT_ALLOWED"],
    ["a path it lacks", () => tpp.call("getNothing", {}), 404, "NOT_FOUND"],
  ];
  it.each(table)("%s", async (_case, send, status, code) => {
    const { status: got, json } = await send();
    expect([got, json["code"]]).toEqual([status, code]);
    expect(json["responseHeader"]).toMatchObject({ isCallback: false });
  });

  it("a consentId that was used before", async () => {
    const body = tpp.authorizeBody();
    expect((await tpp.call("authorize", body)).status).toBe(200);
    expect((await tpp.call("authorize", body)).json["message"]).toMatch(/used before/);
  });

  it("a code twice, and then all that it opened", async () => {
    const code = await tpp.code();
    const first = await tpp.exchange(code);
    expect(first.status).toBe(200);
    expect((await tpp.exchange(code)).json["code"]).toBe("INVALID_GRANT");
    const form = { grant_type: "refresh_token", refresh_token: first.json["refresh_token"], is_user_session: false };
    expect((await tpp.call("token", form)).json["code"]).toBe("INVALID_GRANT");
  });

  it("a single-use right twice", async () => {
    const single = { scopeUsageLimit: "single" };
    const other = new TestTpp(bank);
    const { numbers } = await other.consent(other.authorizeBody([{ "ais:getAccount": single }]), "anna");
    const read = () => other.call("getAccount", { accountNumber: numbers[0] });
    expect([(await read()).status, (await read()).status]).toEqual([200, 403]);
  });

  it("signs what it gives, and not what it refuses", async () => {
    expect((await done({})).headers.get("x-jws-signature")).toMatch(/^[\w-]+\.\.[\w-]+$/);
    expect((await done({ pageId: "x" })).headers.get("x-jws-signature")).toBeNull();
  });
});

describe("filters", () => {
  it("cut the lists by item, amount, side and day", async () => {
    await using bank = await startPolishApiBank({ businessCount: 1 });
    const tpp = new TestTpp(bank);
    const at = (day: string) => `${day}T12:00:00.000Z`;
    const day = (back: number) => new Date(bank.clock.nowMs() - back * 86_400_000).toISOString().slice(0, 10);
    const transactions = [
      { id: "a", amount: "-5.00", enteredAt: at(day(4)) },
      { id: "b", amount: "7.50", enteredAt: at(day(3)) },
      { id: "c", amount: "-20.00", enteredAt: at(day(2)) },
    ];
    bank.admin.addUser({ name: "fil", accounts: [{ id: "fil-1", iban: "PL61109010140000071219812874", currency: "PLN", transactions }] });
    const { numbers } = await tpp.consent(undefined, "fil");
    const ids = async (filter: object) => {
      const { json } = await tpp.call("getTransactionsDone", { accountNumber: numbers[0], ...filter });
      return (json["transactions"] as { itemId: string }[]).map(({ itemId }) => itemId).join("");
    };
    expect(await ids({})).toBe("cba");
    expect(await ids({ itemIdFrom: "b" })).toBe("ba");
    expect(await ids({ minAmount: "7.50" })).toBe("cb");
    expect(await ids({ maxAmount: "7.50" })).toBe("ba");
    expect(await ids({ type: "CREDIT" })).toBe("b");
    expect(await ids({ bookingDateFrom: day(3), bookingDateTo: day(3) })).toBe("b");
    expect(await ids({ transactionDateTo: day(3) })).toBe("ba");
    const first = await tpp.call("getTransactionsDone", { accountNumber: numbers[0], perPage: 2 });
    expect(await ids({ perPage: 2, pageId: (first.json["pageInfo"] as { nextPage: string }).nextPage })).toBe("a");
    bank.admin.addTransactions("fil-1", [
      { id: "p", amount: "-1.00", enteredAt: at(day(1)), bookedAt: new Date(bank.clock.nowMs() + 9e8).toISOString() },
    ]);
    bank.admin.cancelTransaction("fil-1", "p");
    const cancelled = await tpp.call("getTransactionsCancelled", { accountNumber: numbers[0] });
    expect(cancelled.json["transactions"]).toMatchObject([{ itemId: "p", amount: "1.00", transactionCategory: "DEBIT" }]);
  });
});
