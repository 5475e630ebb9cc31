import { describe, expect, it } from "vitest";
import { parseJson } from "../../http/json.ts";
import { BadRow } from "../kit/wire.ts";
import { readAccountMemory } from "./account-memory.ts";
import { followed } from "./links.ts";
import { consentReference, identityOf, normaliseAccount, type AccountOptions } from "./normalise-account.ts";
import { normaliseBalances } from "./normalise-balance.ts";
import { normaliseTransaction, type RowContext } from "./normalise-transaction.ts";
import { readProfile } from "./profile.ts";

const context = (options: Record<string, unknown> = {}): RowContext => ({
  timeZone: "Europe/Paris",
  iban: "FR7630006000011234567890189",
  profile: readProfile("x", options),
});
const row = (changes: Record<string, unknown> = {}) => ({
  ...{ resourceId: "r-1", entryReference: "e-1", transactionAmount: { amount: "12.25", currency: "EUR" }, creditDebitIndicator: "DBIT" },
  ...{ status: "BOOK", bookingDate: "2026-11-20", ...changes },
});
/** Through the same JSON reader as a bank's body. */
const read = (changes: Record<string, unknown> = {}, options: Record<string, unknown> = {}) =>
  normaliseTransaction(parseJson(JSON.stringify(row(changes))), context(options));

describe("amounts", () => {
  it.each([
    ["12.25", "DBIT", "-12.25"],
    ["-12.25", "DBIT", "-12.25"],
    ["12.25", "CRDT", "12.25"],
    ["-12.25", "CRDT", "12.25"],
    [12.25, "DBIT", "-12.25"],
    [-12.25, "Debit", "-12.25"],
    ["+1 234,5", "CREDIT", "1234.50"],
    ["-3", undefined, "-3.00"],
    ["0", "DBIT", "0.00"],
  ])("%s with %s is %s", (amount, creditDebitIndicator, expected) =>
    expect(read({ transactionAmount: { amount, currency: "EUR" }, creditDebitIndicator })?.amount).toBe(expected),
  );

  it("keep every digit of a JSON number", () => {
    const text = JSON.stringify(row()).replace('"12.25"', "12345678901234567.89");
    expect(normaliseTransaction(parseJson(text), context())?.amount).toBe("-12345678901234567.89");
  });

  it("take their own sign where the profile says so", () =>
    expect(
      read({ transactionAmount: { amount: "-5", currency: "EUR" }, creditDebitIndicator: "CRDT" }, { amounts: { signRule: "signed" } })
        ?.amount,
    ).toBe("-5.00"));

  it.each([
    [{ creditDebitIndicator: null }, "creditDebitIndicator"],
    [{ creditDebitIndicator: "WHAT" }, "creditDebitIndicator"],
    [{ transactionAmount: { amount: null, currency: "EUR" } }, "transactionAmount.amount"],
    [{ transactionAmount: { amount: "1", currency: "" } }, "transactionAmount.currency"],
    [{ bookingDate: "soon" }, "bookingDate"],
  ])("are set aside rather than guessed: %j names %s", (changes, path) => {
    expect(() => read(changes)).toThrow(BadRow);
    expect(() => read(changes)).toThrow(path);
  });
});

describe("statuses and dates", () => {
  it.each([
    ["BOOK", {}, "BOOKED"],
    ["PDNG", {}, "PENDING"],
    ["OTHR", {}, "PENDING"],
    ["OTHR", { transactions: { otherStatus: "booked" } }, "BOOKED"],
    ["FUTR", {}, "PENDING"],
    ["FUTR", { transactions: { future: false } }, undefined],
    ["INFO", {}, undefined],
    ["RJCT", {}, undefined],
    ["NEWS", {}, "BOOKED"],
  ])("%s with %j is %s", (status, options, expected) => expect(read({ status }, options)?.status).toBe(expected));

  it("an unknown status without a booking date is pending", () =>
    expect(read({ status: "NEWS", bookingDate: "" })?.status).toBe("PENDING"));

  it.each([
    [{ status: "PDNG", expectedBookingDate: "2026-11-30T00:00:00+01:00", bookingDate: undefined }, [null, "2026-11-30", null]],
    [{ status: "PDNG", bookingDate: "2026-11-30", transactionDate: "2026-11-24" }, [null, null, "2026-11-24"]],
    [{ bookingDate: "2026-11-19T23:30:00Z", valueDate: "20-11-2026" }, ["2026-11-20", "2026-11-20", null]],
    [{ bookingDate: "2026-11-20T00:00:00+0100", valueDate: "" }, ["2026-11-20", null, null]],
    [{ bookingDate: undefined, expectedBookingDate: "2026-11-21" }, ["2026-11-21", null, null]],
  ])("%j has booking, value and transaction date %j", (changes, expected) => {
    const facts = read(changes);
    expect([facts?.bookingDate, facts?.valueDate, facts?.transactionDate]).toEqual(expected);
  });
});

describe("texts, codes and parties", () => {
  it.each<[unknown, readonly string[], string | null]>([
    [["CARTE 19/11", "BOULANGERIE"], ["CARTE 19/11", "BOULANGERIE"], null],
    ["one text", ["one text"], null],
    [{ unstructured: ["a", null, "b<br>c"] }, ["a", "b", "c"], null],
    [{ unstructured: "a" }, ["a"], null],
    [[{ unstructured: ["a"] }], ["a"], null],
    [{ structured: [{ creditorReferenceInformation: { reference: "RF18539007547034" } }] }, ["RF18539007547034"], "RF18539007547034"],
    [{ unstructured: ["x"], structured: { creditorReferenceInformation: { reference: "RF1" } } }, ["x"], "RF1"],
    [null, [], null],
    ["NOTPROVIDED", [], null],
  ])("remittance %j is %j with reference %j", (remittanceInformation, lines, reference) => {
    const facts = read({ remittanceInformation });
    expect([facts?.remittance, facts?.structuredReference]).toEqual([lines, reference]);
  });

  it.each([
    [{ domain: "PMNT", family: "ICDT", subFamily: "ESCT" }, "PMNT-ICDT-ESCT", "Credit transfer"],
    [{ domain: "FR", family: "", subFamily: "", code: "B1A", issuer: "CFONB" }, "B1A", "B1A"],
    [{ domain: "PMNT" }, "PMNT", "PMNT"],
    [undefined, null, "Payment"],
  ])("code %j is %s, and describes a row without words as %s", (bankTransactionCode, code, description) => {
    const facts = read({ bankTransactionCode });
    expect([facts?.bankTransactionCode, facts?.description]).toEqual([code, description]);
  });

  it("the other side is the creditor of money out, and never the account itself", () => {
    const relatedParties = {
      ...{
        creditor: { name: "EDF" },
        creditorAccount: { iban: "FR14 2004 1010 0505 0001 3M02 606" },
        creditorAgent: { bicFi: "PSSTFRPPXXX" },
      },
      ...{ debtor: { name: "Moi" }, debtorAccount: { iban: "FR7630006000011234567890189" } },
    };
    expect(read({ relatedParties })).toMatchObject({
      counterpartyName: "EDF",
      counterpartyIban: "FR1420041010050500013M02606",
      counterpartyBic: "PSSTFRPPXXX",
    });
    // A bank that fills the same side whatever the direction.
    expect(read({ relatedParties, creditDebitIndicator: "CRDT" })).toMatchObject({ counterpartyName: "EDF" });
    const other = { creditorAccount: { other: { identification: "512", schemeName: "BBAN" } } };
    expect(read({ relatedParties: other })).toMatchObject({ counterpartyName: null, counterpartyIban: null, counterpartyAccount: "512" });
    expect(read({ relatedParties: { ultimateCreditor: { name: "Behind" } } })?.counterpartyName).toBe("Behind");
  });

  it("the foreign side of an exchange is kept with the sign of the booking, its rate exact", () => {
    const text = JSON.stringify(
      row({
        transactionAmountDetails: {
          instructedAmount: { amount: { amount: "15.00", currency: "USD" }, sourceCurrency: "USD", exchangeRate: 0 },
        },
      }),
    ).replace('"exchangeRate":0', '"exchangeRate":1.0829000001');
    expect(normaliseTransaction(parseJson(text), context())).toMatchObject({
      exchangeAmount: "-15.00",
      exchangeCurrency: "USD",
      exchangeRate: "1.0829000001",
    });
  });

  it("ids are dropped where the profile does not trust them", () => {
    expect(read({ resourceId: " ", entryReference: "0000" })).toMatchObject({ bankTransactionId: null, entryReference: null });
    expect(read({}, { ids: { trustResourceId: false, trustEntryReference: false } })).toMatchObject({
      bankTransactionId: null,
      entryReference: null,
    });
  });
});

describe("accounts", () => {
  const options: AccountOptions = {
    ...{ timeZone: "Europe/Paris", assumeLinks: false, cardDebtPositive: false, wants: { balances: true, transactions: true } },
    list: { endUserIdentity: null, connectedPsu: null },
  };
  const account = (changes: Record<string, unknown>, more: Partial<AccountOptions> = {}) =>
    normaliseAccount({ resourceId: "1", name: "Compte", cashAccountType: "CACC", ...changes }, { ...options, ...more });

  it("a card is named by its masked number, and a number that is not masked loses all but its end", () => {
    const other = { identification: "512345XXXXXX1234", schemeName: "CPAN", issuer: "x" };
    expect(account({ cashAccountType: "CARD", accountId: { other } })).toMatchObject({
      type: "CARD",
      maskedPan: "512345XXXXXX1234",
      iban: null,
      bban: null,
    });
    const open = { identification: "5123456789011234", schemeName: "MPAN" };
    expect(account({ cashAccountType: "CARD", accountId: { other: open } }).maskedPan).toBe("************1234");
    expect(account({ accountId: { other: { identification: "12345", schemeName: "BBAN" } } })).toMatchObject({
      bban: "12345",
      maskedPan: null,
    });
  });

  it.each([
    [{ accountId: { iban: "x", currency: "EUR" }, currency: "USD" }, "EUR"],
    [{ currency: "USD" }, "USD"],
    [{ balances: [{ balanceAmount: { amount: "1", currency: "CHF" }, balanceType: "CLBD", name: "b" }] }, "CHF"],
    [{ currency: "XXX" }, null],
  ])("the currency of %j is %s", (changes, expected) => expect(account(changes).currency).toBe(expected));

  it("only what is linked and was asked for may be read", () => {
    const _links = { balances: { href: "v1/accounts/1/balances" }, transactions: { href: "" } };
    expect(account({ _links })).toMatchObject({ mayReadBalances: true, mayReadTransactions: false });
    expect(account({ _links }, { wants: { balances: false, transactions: true } })).toMatchObject({
      mayReadBalances: false,
      balances: null,
    });
    expect(account({}, { assumeLinks: true })).toMatchObject({ mayReadBalances: true, mayReadTransactions: true });
    expect(account({ _links: {} }, { assumeLinks: true }).mayReadBalances).toBe(false);
  });

  it("an account whose listed balances cannot be read stays, and they are asked for", () =>
    expect(account({ balances: [{ name: "b", balanceType: "CLBD" }] })).toMatchObject({ resourceId: "1", balances: null }));

  it("an entry without any id is set aside, one with links only is known by them", () => {
    expect(() => account({ resourceId: null })).toThrow("resourceId: missing");
    expect(account({ resourceId: " ", _links: { balances: { href: "/x/accounts/a%20b/balances" } } }).resourceId).toBe("a b");
    expect(readAccountMemory(account({ psuStatus: "Attorney" }).connectorData).psuStatus).toBe("Attorney");
  });

  it("are named to the bank by the object that it sent, and told apart by what is in it", () => {
    const accountId = { iban: "FR7630006000011234567890189", currency: "EUR" };
    expect(consentReference({ accountId })).toEqual(accountId);
    expect(consentReference({ accountId: {} })).toBeNull();
    expect(identityOf(accountId)).not.toBe(identityOf({ ...accountId, currency: "USD" }));
  });
});

describe("balances", () => {
  const reading = { timeZone: "Europe/Paris", debitsPositive: false };
  it("have the standard's types, a day from the label where there is no other, and the sign of the account", () => {
    const list = [
      { name: "Solde comptable au 12/01/2017", balanceAmount: { amount: "-5", currency: "EUR" }, balanceType: "CLBD" },
      { name: "i", balanceAmount: { amount: 7.5, currency: "EUR" }, balanceType: "xpcd", referenceDate: "2026-11-21T00:00:00+01:00" },
      { name: "v", balanceAmount: { amount: "1", currency: "EUR" }, balanceType: "VALU" },
      { name: "bad", balanceAmount: { amount: null, currency: "EUR" }, balanceType: "CLBD" },
    ];
    const read = normaliseBalances(parseJson(JSON.stringify(list)), "balances", reading);
    expect(read.map(({ type, amount, referenceDate }) => [type, amount, referenceDate])).toEqual([
      ["CLOSING_BOOKED", "-5.00", "2017-01-12"],
      ["EXPECTED", "7.50", "2026-11-21"],
      ["OTHER", "1.00", null],
    ]);
    expect(normaliseBalances([list[0]], "b", { ...reading, debitsPositive: true })[0]?.amount).toBe("5.00");
    expect(() => normaliseBalances([list[3]], "balances", reading)).toThrow("balances[0].balanceAmount.amount");
  });
});

describe("links", () => {
  const root = { baseUrl: "https://bank.example/stet/psd2", versionPath: "/v1", pathRules: [] };
  it.each([
    ["v1/accounts/1/balances", "/stet/psd2/v1/accounts/1/balances"],
    ["/v1/accounts?page=2", "/stet/psd2/v1/accounts?page=2"],
    ["/accounts/1/transactions", "/stet/psd2/v1/accounts/1/transactions"],
    ["https://bank.example/stet/psd2/v1/accounts", "/stet/psd2/v1/accounts"],
    ["http://bank.example/inner/v1/accounts/a%2Fb/x", "/stet/psd2/v1/accounts/a%2Fb/x"],
    ["/inner/api/end-user-identity", "/stet/psd2/v1/end-user-identity"],
    ["?page=3", "/stet/psd2/v1/accounts?page=3"],
  ])("%s leads to %s", (href, expected) => {
    const url = followed(root, href, new URL("https://bank.example/stet/psd2/v1/accounts"));
    expect(url.pathname + url.search).toBe(expected);
  });

  it("of a bank without a version path begin at its resources", () =>
    expect(followed({ ...root, versionPath: "" }, "/x/accounts/1").pathname).toBe("/stet/psd2/accounts/1"));

  it.each([
    "https://evil.example/v1/accounts",
    "//evil.example/v1/accounts",
    "https://bank.example:444/v1/accounts",
    "https://u@bank.example/v1/x",
    "....\\\\Malformed",
  ])("%s is not followed", (href) => expect(() => followed(root, href)).toThrow("_links"));
});
