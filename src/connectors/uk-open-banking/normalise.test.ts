import { describe, expect, it } from "vitest";
import { parseJson } from "../../http/json.ts";
import { dayOf } from "./days.ts";
import { apiRoot, followed, versionIn } from "./links.ts";
import { normaliseAccount } from "./normalise-account.ts";
import { normaliseBalances } from "./normalise-balance.ts";
import { normaliseTransaction, type RowContext } from "./normalise-transaction.ts";
import { windowsOf } from "./page-cursor.ts";
import { permissionsFor } from "./permissions.ts";
import { readProfile } from "./profile.ts";

const NOW = Date.parse("2026-11-25T12:00:00Z");
const may = { balances: true, transactions: true };
const account = (row: object) => normaliseAccount(row, may);

describe("an account", () => {
  it("is known by sort code and number, IBAN and servicer, in whatever order the bank lists them", () => {
    const schemes = [
      { SchemeName: "UK.OBIE.SortCodeAccountNumber", Identification: "80-20-01 10203345", Name: "Ms Sample" },
      { SchemeName: "IBAN", Identification: "GB29 NWBK 6016 1331 9268 19", Name: "Ms Sample" },
    ];
    const servicer = { SchemeName: "UK.OBIE.BICFI", Identification: "NWBKGB2L" };
    const row = { AccountId: "1", Currency: "GBP", AccountSubType: "CurrentAccount", Servicer: servicer };
    const known = {
      iban: "GB29NWBK60161331926819",
      sortCode: "802001",
      accountNumber: "10203345",
      bic: "NWBKGB2L",
      ownerName: "Ms Sample",
    };
    expect(account({ ...row, Account: schemes })).toMatchObject(known);
    expect(account({ ...row, Account: schemes.toReversed() })).toEqual(account({ ...row, Account: schemes }));
  });

  it.each([
    [{ AccountTypeCode: "CACC" }, "CURRENT"],
    [{ AccountSubType: "Savings" }, "SAVINGS"],
    [{ AccountTypeCode: "CARD" }, "CARD"],
    [{ AccountSubType: "Mortgage" }, "LOAN"],
    [{ AccountSubType: "EMoney" }, "OTHER"],
    [{}, "CURRENT"],
    [{ Account: [{ SchemeName: "UK.OBIE.PAN", Identification: "4000********1234" }] }, "CARD"],
  ])("%j is %s", (row, type) => {
    expect(account({ AccountId: "1", ...row }).type).toBe(type);
  });

  it.each([
    ["Enabled", "ACTIVE"],
    ["Disabled", "BLOCKED"],
    ["Deleted", "CLOSED"],
    ["Pending", "ACTIVE"],
  ])("%s is %s", (Status, status) => {
    expect(account({ AccountId: "1", Status }).status).toBe(status);
  });

  it("never keeps a card number in clear", () => {
    const clear = account({ AccountId: "1", Account: [{ SchemeName: "UK.OBIE.PAN", Identification: "4000123412341234" }] });
    expect(clear.maskedPan).toBe("************1234");
    expect(JSON.stringify(clear)).not.toContain("40001234");
  });

  it("without an id is no account; with nothing else it still is", () => {
    expect(() => account({ Nickname: "x" })).toThrow("AccountId: missing");
    expect(account({ AccountId: "1", Currency: ["GBP"] })).toMatchObject({ name: "Account", currency: "GBP", iban: null });
  });
});

const balance = (row: object, signsReversed = false) =>
  normaliseBalances([row], "Data.Balance", { timeZone: "Europe/London", signsReversed })[0];
const pounds = (Amount: unknown) => ({ Amount, Currency: "GBP" });

describe("a balance", () => {
  it.each([
    ["Credit", "10.00", "10.00"],
    ["Debit", "10.00", "-10.00"],
    ["DEBIT", "-10.00", "-10.00"],
    ["CREDIT", "-10.00", "-10.00"],
    ["Debit", "0.00", "0.00"],
  ])("of %s %s is %s", (CreditDebitIndicator, amount, expected) => {
    expect(balance({ CreditDebitIndicator, Type: "ITBD", Amount: pounds(amount) })?.amount).toBe(expected);
  });

  it.each([
    ["InterimBooked", "INTERIM_BOOKED"],
    ["ITAV", "INTERIM_AVAILABLE"],
    ["ClosingCleared", "CLOSING_BOOKED"],
    ["Information", "INFORMATION"],
    ["NEW1", "OTHER"],
  ])("type %s is %s", (Type, type) => {
    expect(balance({ CreditDebitIndicator: "Credit", Type, Amount: pounds("1") })?.type).toBe(type);
  });

  it("turns the signs of cards that say Credit for debt, and tells an included credit line", () => {
    const row = {
      CreditDebitIndicator: "Credit",
      Type: "CLBD",
      Amount: pounds("20.05"),
      CreditLine: [{ Included: false }, { Included: true }],
    };
    expect(balance(row, true)).toMatchObject({ amount: "-20.05", creditLimitIncluded: true });
  });

  it("that cannot be read is left out, unless it is the only one", () => {
    const good = { CreditDebitIndicator: "Credit", Type: "CLBD", Amount: pounds("1.00") };
    const reading = { timeZone: "Europe/London", signsReversed: false };
    expect(normaliseBalances([good, { ...good, Amount: null }], "b", reading)).toHaveLength(1);
    expect(() => normaliseBalances([{ ...good, CreditDebitIndicator: "?" }], "b", reading)).toThrow("b[0].CreditDebitIndicator");
  });
});

const profile = readProfile("bank", {});
const context: RowContext = {
  account: { v: 1, card: false, iban: null, owners: ["Ms Sample"] },
  timeZone: "Europe/London",
  now: NOW,
  profile,
};
const base = { CreditDebitIndicator: "Debit", Status: "BOOK", BookingDateTime: "2026-11-20T00:00:00+00:00", Amount: pounds("10.00") };
const row = (more: object, at: RowContext = context) => normaliseTransaction(parseJson(JSON.stringify({ ...base, ...more })), at);

describe("a transaction", () => {
  it.each([
    ["Booked", "BOOKED"],
    ["BOOK", "BOOKED"],
    ["Pending", "PENDING"],
    ["PDNG", "PENDING"],
  ])("of status %s is %s", (Status, status) => {
    expect(row({ Status })?.status).toBe(status);
  });

  it.each(["Rejected", "RJCT", "FUTR", "INFO"])("of status %s is none", (Status) => {
    expect(row({ Status, Amount: null })).toBeNull();
  });

  it.each<[string, object, RegExp]>([
    ["another status", { Status: "ODD" }, /^Status/],
    ["no status", { Status: undefined }, /^Status/],
    ["no direction", { CreditDebitIndicator: undefined }, /^CreditDebitIndicator: missing/],
    ["two directions", { CreditDebitIndicator: "Credit", Amount: pounds("-5.00") }, /minus beside Credit/],
    ["no amount", { Amount: pounds(null) }, /Amount.*null/],
    ["no day", { BookingDateTime: "yesterday" }, /^BookingDateTime/],
    ["no day at all", { BookingDateTime: undefined }, /^BookingDateTime/],
  ])("with %s is set aside", (_name, more, reason) => {
    expect(() => row(more)).toThrow(reason);
  });

  it("keeps every digit of a rate that is a JSON number, and the foreign side with its sign", () => {
    const text = JSON.stringify({
      ...base,
      CurrencyExchange: { SourceCurrency: "USD", ExchangeRate: 0, InstructedAmount: { Amount: "54.10", Currency: "USD" } },
    });
    const read = normaliseTransaction(parseJson(text.replace('"ExchangeRate":0', '"ExchangeRate":123456789012.1234567891')), context);
    expect(read).toMatchObject({ exchangeAmount: "-54.10", exchangeCurrency: "USD", exchangeRate: "123456789012.1234567891" });
  });

  it("names the merchant, the other side's account and agent, and never the holder", () => {
    expect(row({ MerchantDetails: { MerchantName: "SHOP", MerchantCategoryCode: "5411" } })).toMatchObject({
      counterpartyName: "SHOP",
      description: "SHOP",
      merchantCategoryCode: "5411",
    });
    const parties = {
      DebtorAccount: { Name: "Ms Sample" },
      CreditorAccount: { SchemeName: "UK.OBIE.SortCodeAccountNumber", Identification: "20000319825731", Name: "Utility" },
      CreditorAgent: { SchemeName: "UK.OBIE.BICFI", Identification: "BARCGB22XXX" },
    };
    for (const CreditDebitIndicator of ["Debit", "Credit"])
      expect(row({ ...parties, CreditDebitIndicator })).toMatchObject({
        ...{ counterpartyName: "Utility", counterpartyAccount: "20000319825731", counterpartyIban: null, counterpartyBic: "BARCGB22XXX" },
      });
  });

  it("prints a pending one's day as its own only where it is not to come", () => {
    expect(row({ Status: "Pending" })).toMatchObject({ bookingDate: null, transactionDate: "2026-11-20" });
    expect(row({ Status: "Pending", BookingDateTime: "2026-12-01T00:00:00Z" })).toMatchObject({ bookingDate: null, transactionDate: null });
  });

  it("does without ids and texts, and does not take placeholders for them", () => {
    expect(row({ TransactionId: null, TransactionReference: "NOTPROVIDED", TransactionInformation: " " })).toMatchObject({
      ...{ bankTransactionId: null, entryReference: null, remittance: [], description: "Payment" },
    });
    expect(row({ BankTransactionCode: { Code: "ReceivedCreditTransfer", SubCode: "DomesticCreditTransfer" } })).toMatchObject({
      ...{ bankTransactionCode: "ReceivedCreditTransfer-DomesticCreditTransfer", description: "Received Credit Transfer" },
    });
    expect(row({ BankTransactionCode: { Code: "PMNT", SubCode: "RCDT" } })?.description).toBe("Credit transfer");
  });

  it("turns the signs of cards that say Credit for purchases", () => {
    const reversed = {
      ...context,
      account: { ...context.account, card: true },
      profile: readProfile("b", { amounts: { cardSignsReversed: true } }),
    };
    expect([row({ CreditDebitIndicator: "Credit" }, reversed)?.amount, row({}, reversed)?.amount]).toEqual(["-10.00", "10.00"]);
  });
});

describe("a date-time", () => {
  it.each([
    ["2026-07-01T00:00:00+00:00", "2026-07-01"],
    ["2026-07-01T00:00:00+01:00", "2026-07-01"],
    ["2026-07-01T00:00:00.000Z", "2026-07-01"],
    ["2026-06-30T23:30:00Z", "2026-07-01"],
    ["2026-06-30T23:30:00.123456+00:00", "2026-07-01"],
    ["2026-06-30T22:59:59Z", "2026-06-30"],
    ["2026-06-30T23:30:00", "2026-06-30"],
    ["2026-06-30T23:30", "2026-06-30"],
    ["2026-06-30T22:30+0000", "2026-06-30"],
    ["2026-06-30", "2026-06-30"],
  ])("%s falls on %s in London", (text, day) => {
    expect(dayOf(text, "Europe/London")).toBe(day);
  });
});

describe("the bank's addresses", () => {
  it.each([
    ["https://b.example", "4.0", null, "https://b.example/open-banking/v4.0/aisp"],
    ["https://b.example/prefix", "3.1", null, "https://b.example/prefix/open-banking/v3.1/aisp"],
    ["https://b.example/open-banking", "3.1", null, "https://b.example/open-banking/v3.1/aisp"],
    ["https://b.example/open-banking/v3.1", "3.1", "3.1", "https://b.example/open-banking/v3.1/aisp"],
    ["https://b.example/open-banking/v4.0/aisp", "4.0", "4.0", "https://b.example/open-banking/v4.0/aisp"],
  ] as const)("%s leads to the API of %s", (baseUrl, version, named, root) => {
    expect([versionIn(baseUrl), apiRoot(baseUrl, version, { apiPath: null })]).toEqual([named, root]);
  });

  const root = "https://b.example/pre/open-banking/v3.1/aisp";
  it.each([
    ["https://b.example/pre/open-banking/v3.1/aisp/accounts/1/transactions?pg=2", `${root}/accounts/1/transactions?pg=2`],
    ["https://b.example:443//open-banking/v3.1/aisp/accounts/1/transactions?pg=2", `${root}/accounts/1/transactions?pg=2`],
    ["/pre/open-banking/v3.1/aisp/open-banking/v3.1/aisp/accounts/1/transactions?pg=2", `${root}/accounts/1/transactions?pg=2`],
    ["/accounts/1/transactions?pg=2", `${root}/accounts/1/transactions?pg=2`],
    ["accounts/1/transactions?pg=2", `${root}/accounts/1/transactions?pg=2`],
    ["?pg=2", `${root}/accounts/1/transactions?pg=2`],
  ])("a link %s stays within the API", (href, expected) => {
    expect(followed(root, href, [], new URL(`${root}/accounts/1/transactions?pg=1`)).href).toBe(expected);
  });

  it.each(["https://evil.example/accounts/1", "//evil.example/x", "https://b.example@evil.example/", "https://b.example:8443/x"])(
    "a link %s is not followed",
    (href) => {
      expect(() => followed(root, href, [], new URL(`${root}/accounts`))).toThrow(/another origin/);
    },
  );
});

it("asks for the permissions of the scopes and no more, details and both directions, never for card numbers", () => {
  expect(permissionsFor(["ACCOUNTS"], profile.consent)).toEqual(["ReadAccountsDetail"]);
  const all = permissionsFor(["ACCOUNTS", "BALANCES", "TRANSACTIONS", "IDENTITY"], profile.consent);
  expect(all).toEqual(
    expect.arrayContaining(["ReadBalances", "ReadTransactionsCredits", "ReadTransactionsDebits", "ReadTransactionsDetail", "ReadParty"]),
  );
  expect(all).not.toContain("ReadPAN");
});

it("splits a range that is longer than the bank takes, the newest part first, without gap or overlap", () => {
  expect(windowsOf({ from: "2026-01-01", to: "2026-01-31" }, 14, "2026-11-25")).toEqual([
    { from: "2026-01-18", to: "2026-01-31" },
    { from: "2026-01-04", to: "2026-01-17" },
    { from: "2026-01-01", to: "2026-01-03" },
  ]);
});

it("refuses profile options that it does not know, by name", () => {
  expect(() => readProfile("b", { responseTyp: "code" })).toThrow(/bank "b".*responseTyp/);
  expect(() => readProfile("b", { requestObject: { lifeSeconds: 7200 } })).toThrow(/requestObject\.lifeSeconds/);
});
