import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../http/json.ts";
import { rowOf, type Row } from "../kit/wire.ts";
import { readAccountMemory } from "./account-memory.ts";
import { accountName } from "./account-number.ts";
import { identitiesOf } from "./fetch-accounts.ts";
import { instantOf } from "./instants.ts";
import { nameAddress } from "./name-address.ts";
import { normaliseAccount } from "./normalise-account.ts";
import { normaliseTransaction, type RowContext } from "./normalise-transaction.ts";
import { readProfile } from "./profile.ts";
import { granted } from "./scope-details.ts";

const FILE = new URL("../../../test/fixtures/polish-api/2.1.2/messages.json", import.meta.url);
const messages = parseJson(readFileSync(FILE, "utf8")) as Record<string, { body: Row }>;
const message = (name: string): Row => messages[name]?.body ?? {};
const IBAN = "PL61109010140000071219812874";
const privilege = { accountNumber: IBAN, getAccount: true, lists: { done: 1460, pending: 90, holds: 90 } };
const base = {
  timeZone: "Europe/Warsaw",
  privilege,
  resourceId: IBAN,
  scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS", "IDENTITY"] as const,
};
const account = (changes: Row = {}, profile: Row = {}, scopes: readonly (typeof base.scopes)[number][] = base.scopes) => {
  const answer = message("getAccount-response");
  const body = { ...answer, account: { ...rowOf(answer["account"]), ...changes } };
  return normaliseAccount(body, { ...base, scopes: [...scopes], profile: readProfile("b", profile) });
};
const memory = readAccountMemory(account().connectorData);
const context: RowContext = {
  status: "BOOKED",
  hold: false,
  account: memory,
  currency: "PLN",
  timeZone: "Europe/Warsaw",
  trustItemId: true,
};
const first = (name: string, key: string): Row => rowOf((message(name)[key] as readonly unknown[])[0]) ?? {};
const done = first("getTransactionsDone-response", "transactions");
const row = (changes: Row = {}, more: Partial<RowContext> = {}) => normaliseTransaction({ ...done, ...changes }, { ...context, ...more });

describe("the specification's own messages", () => {
  it("getAccount is read to a unified account with both balances", () => {
    const { connectorData: _memory, ...read } = account();
    expect(read).toEqual({
      ...{ iban: IBAN, bban: null, sortCode: null, accountNumber: null, maskedPan: null, bic: "WBKPPLPP", resourceId: IBAN },
      ...{ name: "Domowe", ownerName: "JAN PRZYKŁADOWY", type: "CURRENT", product: "current", status: "ACTIVE", currency: "PLN" },
      balances: [
        { type: "INTERIM_BOOKED", amount: "1250.50", currency: "PLN", creditLimitIncluded: null, referenceDate: "2026-11-22" },
        { type: "INTERIM_AVAILABLE", amount: "1200.50", currency: "PLN", creditLimitIncluded: null, referenceDate: "2026-11-22" },
      ],
      mayReadBalances: true,
      mayReadTransactions: true,
    });
  });

  it("getAccount gives the holder's identity with the postal address", () => {
    expect(identitiesOf([account()])).toEqual([
      { fullName: "JAN PRZYKŁADOWY", birthDate: null, addresses: ["UL. TESTOWA 1/2, 00-001 WARSZAWA"], emails: [], phones: [], resourceIds: [IBAN] },
    ]); // prettier-ignore
  });

  it("getTransactionsDone is read to a unified row", () => {
    expect(row()).toEqual({
      ...{
        status: "BOOKED",
        amount: "-100.00",
        currency: "PLN",
        bookingDate: "2026-11-20",
        valueDate: null,
        transactionDate: "2026-11-20",
      },
      ...{
        description: "SPÓŁDZIELNIA PRZYKŁAD",
        counterpartyName: "SPÓŁDZIELNIA PRZYKŁAD",
        counterpartyIban: "PL10105000997603123456789123",
      },
      ...{ counterpartyAccount: null, counterpartyBic: "INGBPLPWXXX", remittance: ["Czynsz listopad"], structuredReference: null },
      ...{ bankTransactionCode: "PRZELEW", merchantCategoryCode: null, endToEndId: null, mandateId: null },
      ...{ exchangeAmount: null, exchangeCurrency: null, exchangeRate: null, balanceAfterAmount: "1250.50", balanceAfterCurrency: "PLN" },
      ...{ bankTransactionId: "T-1", entryReference: null },
    });
  });

  it("getHolds is read to a pending row, money out", () => {
    const hold = normaliseTransaction(first("getHolds-response", "holds"), { ...context, status: "PENDING", hold: true });
    expect(hold).toMatchObject({
      status: "PENDING",
      amount: "-50.00",
      bookingDate: null,
      transactionDate: "2026-11-22",
      description: "SKLEP WARSZAWA",
    });
    expect(hold).toMatchObject({ merchantCategoryCode: "5411", bankTransactionId: "H-1", counterpartyName: null });
  });

  it("the token answer is read to what was granted", () => {
    const before = { privileges: [], scopeTimeLimit: null, consentId: "c-1" };
    expect(granted(message("token-response"), before, "Europe/Warsaw")).toEqual({
      privileges: [privilege],
      scopeTimeLimit: Date.parse("2027-05-20T00:00:00Z"),
      consentId: "0b0e5a3e-6f0a-4e35-9a52-2f8c1f0f1f10",
    });
  });
});

describe("what a consent was not asked for", () => {
  it("stays out, though the bank sends it", () => {
    const read = account({}, {}, ["ACCOUNTS"]);
    expect(read).toMatchObject({ ownerName: null, balances: null, mayReadBalances: false, mayReadTransactions: false });
    expect(identitiesOf([read])).toBeNull();
  });
});

describe("granted privileges", () => {
  const read = (privilegeList: unknown) =>
    granted({ scope_details: { privilegeList } }, { privileges: [privilege], scopeTimeLimit: 5, consentId: "c" }, "UTC");
  it("come whole, in parts, with nulls for what was not given, or not at all", () => {
    const rights = { "ais:getAccount": { scopeUsageLimit: "multiple" }, "ais:getTransactionsDone": { maxAllowedHistoryLong: "90" } };
    const expected = [{ accountNumber: "1", getAccount: true, lists: { done: 90 } }];
    expect(read([{ accountNumber: "1", ...rights, "ais:getHolds": null, "ais:getTransactionsPending": false }]).privileges).toEqual(
      expected,
    );
    expect(read(Object.entries(rights).map(([name, right]) => ({ accountNumber: "1", [name]: right }))).privileges).toEqual(expected);
    expect(read(undefined)).toEqual({ privileges: [privilege], scopeTimeLimit: 5, consentId: "c" });
  });
});

describe("the sign of a row", () => {
  it.each<[string, Row, Partial<RowContext>, string]>([
    ["by category", { transactionCategory: "CREDIT" }, {}, "100.00"],
    ["by category in other letters", { transactionCategory: "credit" }, {}, "100.00"],
    ["once where the amount has a minus too", { amount: "-100.00" }, {}, "-100.00"],
    ["by the amount's minus without a category", { transactionCategory: undefined, amount: "-100.00" }, {}, "-100.00"],
    ["by the side of the account without a category", { transactionCategory: null }, {}, "-100.00"],
    [
      "by the side of the account as recipient",
      { transactionCategory: null, sender: done["recipient"], recipient: done["sender"] },
      {},
      "100.00",
    ],
    ["as money out for a hold", { transactionCategory: undefined, sender: null, recipient: null }, { hold: true }, "-100.00"],
  ])("is found %s", (_name, changes, more, amount) => {
    expect(row(changes, more).amount).toBe(amount);
  });

  it("that nobody can tell is not guessed", () => {
    expect(() => row({ transactionCategory: null, sender: null, recipient: null })).toThrow("transactionCategory");
  });
});

describe("a row", () => {
  it.each<[string, Row, string]>([
    ["without an amount", { amount: null }, "amount: expected a decimal, got null"],
    ["with an amount read in two ways", { amount: "1,234" }, "amount"],
    ["with a booking date that is none", { bookingDate: "yesterday" }, "bookingDate"],
    ["with a currency that is none", { currency: "złoty" }, "currency"],
  ])("%s is refused by name", (_name, changes, text) => {
    expect(() => row(changes)).toThrow(text);
  });

  it("takes the account's currency where it has none, and keeps its own where it has", () => {
    expect([row({ currency: undefined }).currency, row({ currency: "EUR" }).currency]).toEqual(["PLN", "EUR"]);
  });

  it.each([
    ["2026-11-20", "2026-11-20"],
    ["2026-11-20T00:00:00", "2026-11-20"],
    ["2026-11-19T23:30:00.000Z", "2026-11-20"],
    ["2026-11-20T00:30:00+01:00", "2026-11-20"],
    ["2026-07-19T22:15:00Z", "2026-07-20"],
  ])("booked at %s belongs to the bank's day %s", (bookingDate, day) => {
    expect(row({ bookingDate }).bookingDate).toBe(day);
  });

  it("keeps long numbers exact, as text and as a number of JSON", () => {
    const read = (amount: string) =>
      normaliseTransaction(parseJson(JSON.stringify({ ...done, amount: "@" }).replace('"@"', amount)), context).amount;
    expect([read('"90071992547409931.23"'), read("90071992547409931.23")]).toEqual(["-90071992547409931.23", "-90071992547409931.23"]);
  });

  it("has the other side as counterparty, whichever side the bank fills", () => {
    const own = done["sender"];
    expect(row({ recipient: undefined }).counterpartyName).toBeNull();
    expect(row({ transactionCategory: "CREDIT", sender: undefined, recipient: own }).counterpartyIban).toBeNull();
    expect(row({ sender: done["recipient"], recipient: undefined }).counterpartyName).toBe("SPÓŁDZIELNIA PRZYKŁAD");
    const nrb = { accountNumber: IBAN.slice(2), nameAddress: { value: ["KTOŚ"] } };
    expect(row({ recipient: nrb, sender: undefined }).counterpartyName).toBeNull();
    expect(row({ recipient: { accountMassPayment: "10105000997603123456789123" } }).counterpartyIban).toBe("PL10105000997603123456789123");
  });

  it("lives without texts and with fields of other kinds", () => {
    const bare = row({
      description: null,
      recipient: null,
      sender: [],
      transactionType: null,
      mcc: 5411,
      tradeDate: 7,
      postTransactionBalance: {},
    });
    expect(bare).toMatchObject({ description: "Payment", remittance: [], transactionDate: null, balanceAfterAmount: null });
  });
});

describe("an account number", () => {
  it.each([
    ["61109010140000071219812874", { iban: IBAN, other: null, maskedPan: null }],
    ["61 1090 1014 0000 0712 1981 2874", { iban: IBAN, other: null, maskedPan: null }],
    ["PL61 1090 1014 0000 0712 1981 2874", { iban: IBAN, other: null, maskedPan: null }],
    ["DE89370400440532013000", { iban: "DE89370400440532013000", other: null, maskedPan: null }],
    ["525412******3241", { iban: null, other: null, maskedPan: "525412******3241" }],
    ["PL61**********************2874", { iban: null, other: "PL61**********************2874", maskedPan: null }],
    ["", { iban: null, other: null, maskedPan: null }],
  ])("%s is %j", (text, expected) => {
    expect(accountName(text)).toEqual(expected);
  });
});

describe("names and addresses", () => {
  it.each([
    [["JAN PRZYKŁADOWY", "UL. TESTOWA 1/2", "00-001 WARSZAWA"], false, ["JAN PRZYKŁADOWY"], 2],
    [["JAN KOWALSKI", "ANNA KOWALSKA", "Testowo 4", "00-001 WARSZAWA"], false, ["JAN KOWALSKI", "ANNA KOWALSKA"], 2],
    [
      ["SPÓŁDZIELNIA MIESZKANIOWA PRACOWNIK", "ÓW ENERGETYKI", "ul. Długa"],
      false,
      ["SPÓŁDZIELNIA MIESZKANIOWA PRACOWNIK ÓW ENERGETYKI"],
      1,
    ],
    [["PRZYKŁAD", "SPÓŁKA Z O.O.", "00-001 WARSZAWA"], true, ["PRZYKŁAD SPÓŁKA Z O.O."], 1],
    [["7 Niebo Sp. z o.o."], false, ["7 Niebo Sp. z o.o."], 0],
    ["JAN PRZYKŁADOWY", false, ["JAN PRZYKŁADOWY"], 0],
    [null, false, [], 0],
  ])("%j (whole: %s) name %j", (lines, whole, names, address) => {
    const read = nameAddress(typeof lines === "string" ? lines : { value: lines }, whole);
    expect([read.names, read.address.length]).toEqual([names, address]);
  });
});

describe("the type of an account", () => {
  it.each<[Row, Row, string]>([
    [{ code: "SVGS" }, {}, "SAVINGS"],
    [{ code: "17", description: "Rachunek oszczędnościowy" }, {}, "SAVINGS"],
    [{ code: "17", description: "Karta kredytowa" }, {}, "CARD"],
    [{ code: "17", description: "Kredyt hipoteczny" }, {}, "LOAN"],
    [{ code: "ROR" }, {}, "CURRENT"],
    [{ code: "17" }, { "17": "LOAN" }, "LOAN"],
    [{ code: "17" }, {}, "OTHER"],
  ])("%j with the bank's own words %j is %s", (accountType, types, expected) => {
    expect(account({ accountType, accountTypeName: undefined }, { accounts: { types } }).type).toBe(expected);
  });

  it("that owes prints its debt as the profile says", () => {
    const card = { accountType: { code: "CARD" }, bookingBalance: "20.05", availableBalance: "-1.00" };
    const amounts = (profile: Row) => account(card, profile).balances?.map(({ amount }) => amount);
    expect([amounts({}), amounts({ amounts: { cardDebtPositive: true } })]).toEqual([["20.05", "-1.00"], ["-20.05", "-1.00"]]); // prettier-ignore
  });
});

describe("an instant", () => {
  it.each([
    ["2027-05-20T00:00:00.000Z", "2027-05-20T00:00:00.000Z"],
    ["2027-05-20T00:00:00", "2027-05-19T22:00:00.000Z"],
    ["2027-01-20T12:00:00.500", "2027-01-20T11:00:00.500Z"],
    ["2027-05-20T02:00:00+0200", "2027-05-20T00:00:00.000Z"],
    ["2027-05-20", "2027-05-20T21:59:59.000Z"],
  ])("%s in Warsaw is %s", (text, expected) => {
    expect(new Date(instantOf(text, "Europe/Warsaw") ?? 0).toISOString()).toBe(expected);
  });

  it("that is none is null", () => {
    expect([instantOf("soon", "UTC"), instantOf(null, "UTC"), instantOf("2027-13-40T00:00:00", "UTC")]).toEqual([null, null, null]);
  });
});
