import { describe, expect, it } from "vitest";
import { parseJson } from "../../http/json.ts";
import { readAccountMemory, type AccountMemory } from "./account-memory.ts";
import { normaliseAccount, withoutAggregates, type AccountOptions } from "./normalise-account.ts";
import { balanceType } from "../kit/balance-types.ts";
import { normaliseBalances } from "./normalise-balance.ts";
import { normaliseTransaction, type RowContext } from "./normalise-transaction.ts";
import { readProfile } from "./profile.ts";
import { BadRow } from "../kit/wire.ts";

const ACCOUNT: AccountMemory = { ...readAccountMemory(null), iban: "DE89370400440532013000", owners: ["Anna Muster"] };
const READING = { timeZone: "Europe/Berlin", debitsPositive: false, onlyCurrency: null, balanceTypes: {} };
const context = (change: Partial<RowContext> = {}): RowContext => {
  return { status: "BOOKED", reading: READING, account: ACCOUNT, currency: "EUR", profile: readProfile("b", {}), ...change };
};
const row = (fields: object) => ({ transactionAmount: { currency: "EUR", amount: "-1.00" }, bookingDate: "2026-11-20", ...fields });
const read = (fields: object, change: Partial<RowContext> = {}) => normaliseTransaction(row(fields), context(change));
const byProfile = (options: object) => ({ profile: readProfile("b", { ...options }) });

describe("a transaction", () => {
  it("of the specification's examples is read in full", () => {
    const wire =
      parseJson(`{"transactionId":"1234567","entryReference":"E-77","endToEndId":"E2E-1","bookingDate":"2026-11-20","valueDate":"2026-11-21",
      "transactionAmount":{"currency":"EUR","amount":"-256.67"},"creditorName":"Stadtwerke Beispiel","creditorAccount":{"iban":"DE02 1203 0000 0000 2020 51"},
      "creditorAgent":"BYLADEM1001","remittanceInformationUnstructured":"Rechnung 4711","mandateId":"M-1",
      "remittanceInformationStructured":{"reference":"RF18539007547034","referenceType":"SCOR"},"bankTransactionCode":"PMNT-ICDT-ESCT",
      "currencyExchange":[{"sourceCurrency":"USD","exchangeRate":"1.0929","unitCurrency":"EUR","targetCurrency":"EUR"}],
      "balanceAfterTransaction":{"balanceAmount":{"amount":1234567890123.10,"currency":"EUR"},"balanceType":"interimBooked"}}`);
    expect(normaliseTransaction(wire, context())).toEqual({
      status: "BOOKED",
      amount: "-256.67",
      currency: "EUR",
      bookingDate: "2026-11-20",
      valueDate: "2026-11-21",
      transactionDate: null,
      description: "Stadtwerke Beispiel",
      counterpartyName: "Stadtwerke Beispiel",
      counterpartyIban: "DE02120300000000202051",
      counterpartyAccount: null,
      counterpartyBic: "BYLADEM1001",
      remittance: ["Rechnung 4711"],
      structuredReference: "RF18539007547034",
      bankTransactionCode: "PMNT-ICDT-ESCT",
      merchantCategoryCode: null,
      endToEndId: "E2E-1",
      mandateId: "M-1",
      exchangeAmount: null,
      exchangeCurrency: "USD",
      exchangeRate: "1.0929",
      balanceAfterAmount: "1234567890123.10",
      balanceAfterCurrency: "EUR",
      bankTransactionId: "1234567",
      entryReference: "E-77",
    });
  });

  it("on a card that prints debits positive gets its sign and its foreign amount", () => {
    const wire = {
      cardTransactionId: "201710020036959",
      transactionAmount: { currency: "EUR", amount: "256.67" },
      transactionDate: "2026-11-18",
      bookingDate: "2026-11-20",
      originalAmount: { currency: "SEK", amount: "2499" },
      transactionDetails: "WIFIMARKET.SE",
      merchantCategoryCode: "5411",
    };
    expect(normaliseTransaction(wire, context({ reading: { ...READING, debitsPositive: true } }))).toMatchObject({
      amount: "-256.67",
      transactionDate: "2026-11-18",
      exchangeAmount: "-2499.00",
      exchangeCurrency: "SEK",
      description: "WIFIMARKET.SE",
      merchantCategoryCode: "5411",
      bankTransactionId: "201710020036959",
    });
  });

  it.each<[string, object, string]>([
    ["the creditor where money left", { creditorName: "Shop", debtorName: "Anna Muster" }, "Shop"],
    [
      "the debtor where it came",
      { transactionAmount: { currency: "EUR", amount: "5" }, creditorName: "Anna Muster", debtorName: "Boss" },
      "Boss",
    ],
    [
      "the side that is left where the bank always fills one",
      { transactionAmount: { currency: "EUR", amount: "5" }, creditorName: "Shop" },
      "Shop",
    ],
    [
      "remittance where only the holder is named",
      { creditorName: "ANNA  MUSTER", remittanceInformationUnstructured: "own words" },
      "own words",
    ],
    ["additional information", { additionalInformation: "Karte 1234\n am 3.", creditorName: "NOTPROVIDED" }, "Karte 1234 am 3."],
    ["the name of the bank's code", { bankTransactionCode: "PMNT-IDDT-ESDD" }, "Direct debit"],
    ["the bank's own code", { proprietaryBankTransactionCode: "116" }, "116"],
    ["the direction when all else fails", { creditorName: " " }, "Payment"],
  ])("is described by %s", (_name, fields, description) => expect(read(fields).description).toBe(description));

  it("never has the holder's own account as counterparty, but may have the holder's other one", () => {
    const own = { creditorName: "Anna Muster", creditorAccount: { iban: ACCOUNT.iban } };
    expect(read(own)).toMatchObject({ counterpartyName: null, counterpartyIban: null });
    const other = { creditorName: "Anna Muster", creditorAccount: { iban: "DE02120300000000202051" } };
    expect(read(other)).toMatchObject({ counterpartyName: "Anna Muster", counterpartyIban: "DE02120300000000202051" });
  });

  it.each<[string, object, readonly string[], string | null]>([
    ["a text", { remittanceInformationUnstructured: "one<br>two" }, ["one", "two"], null],
    ["a list with gaps", { remittanceInformationUnstructuredArray: ["one", null, " ", "-", "two"] }, ["one", "two"], null],
    ["a structured text", { remittanceInformationStructured: "RF18539007547034" }, ["RF18539007547034"], "RF18539007547034"],
    [
      "a list of structured objects",
      { remittanceInformationStructuredArray: [{ reference: "R1" }, { reference: "R2" }] },
      ["R1", "R2"],
      "R1",
    ],
    [
      "the parts of a batch",
      { entryDetails: [{ remittanceInformationUnstructured: "a" }, { remittanceInformationUnstructured: "b" }] },
      ["a", "b"],
      null,
    ],
  ])("reads remittance from %s", (_name, fields, remittance, structuredReference) =>
    expect(read(fields)).toMatchObject({ remittance, structuredReference }),
  );

  it("takes from its only part what it does not say itself", () => {
    const fields = { creditorName: "", endToEndId: "own", entryDetails: [{ creditorName: "Inner", endToEndId: "inner", mandateId: "M" }] };
    expect(read(fields)).toMatchObject({ counterpartyName: "Inner", endToEndId: "own", mandateId: "M" });
  });

  it("reads the day of an instant in the bank's zone, and lives without days", () => {
    expect(read({ bookingDate: "2026-11-20T23:30:00Z" }).bookingDate).toBe("2026-11-21");
    expect(read({ bookingDate: null, valueDate: "soon" })).toMatchObject({ bookingDate: null, valueDate: null });
  });

  it("is set aside where its booking date, amount or currency cannot be read", () => {
    expect(() => read({ bookingDate: "yesterday" })).toThrow(new BadRow("bookingDate", "expected a date YYYY-MM-DD"));
    expect(() => read({ transactionAmount: { amount: "1,234", currency: "EUR" } })).toThrow("transactionAmount.amount: expected a decimal");
    expect(() => normaliseTransaction("x", context())).toThrow(BadRow);
  });

  it("follows the bank's profile", () => {
    const unsigned = { transactionAmount: { currency: "EUR", amount: "9" }, creditorName: "Shop" };
    expect(read(unsigned).amount).toBe("9.00");
    expect(read(unsigned, byProfile({ amounts: { signRule: "counterparty" } })).amount).toBe("-9.00");
    expect(read({}, byProfile({ amounts: { signRule: "inverted" } })).amount).toBe("1.00");
    const ids = { transactionId: "t", entryReference: "e" };
    const distrust = byProfile({ ids: { trustTransactionId: false, trustEntryReference: false } });
    expect(read(ids, distrust)).toMatchObject({ bankTransactionId: null, entryReference: null });
    const dates = { bookingDate: "2026-11-20", valueDate: "2026-11-18" };
    expect(read(dates, byProfile({ dates: { swapBookingValue: true } }))).toMatchObject({
      bookingDate: "2026-11-18",
      valueDate: "2026-11-20",
    });
  });
});

describe("an account", () => {
  const options: AccountOptions = { card: false, timeZone: "Europe/Berlin", assumeLinks: false, cardDebtPositive: null, balanceTypes: {} };
  const links = { balances: { href: "/v1/accounts/r/balances" }, transactions: "/v1/accounts/r/transactions" };

  it("of the specification's example is read in full", () => {
    const wire = {
      ...{ resourceId: "r", iban: "DE89370400440532013000", currency: "EUR", ownerName: "Anna Muster", psuName: "Ben" },
      ...{
        name: "Girokonto",
        displayName: "Haushalt",
        product: "Giro Plus",
        cashAccountType: "CACC",
        status: "enabled",
        bic: "COBADEFFXXX",
      },
      balances: [{ balanceAmount: { currency: "EUR", amount: "500.00" }, balanceType: "closingBooked", referenceDate: "2026-11-21" }],
      _links: links,
    };
    const [account] = normaliseAccount(wire, options);
    expect(account).toMatchObject({
      ...{ resourceId: "r", name: "Haushalt", ownerName: "Anna Muster", type: "CURRENT", product: "Giro Plus", status: "ACTIVE" },
      ...{ currency: "EUR", iban: "DE89370400440532013000", bic: "COBADEFFXXX", mayReadBalances: true, mayReadTransactions: true },
      balances: [{ type: "CLOSING_BOOKED", amount: "500.00", currency: "EUR", creditLimitIncluded: null, referenceDate: "2026-11-21" }],
    });
    expect(readAccountMemory(account?.connectorData ?? null)).toMatchObject({ owners: ["Anna Muster"], person: "Ben", card: false });
  });

  it("without a link gives no permission, unless the profile says that the bank never links", () => {
    const wire = { resourceId: "r", currency: "EUR" };
    expect(normaliseAccount(wire, options)).toMatchObject([{ mayReadBalances: false, mayReadTransactions: false }]);
    expect(normaliseAccount(wire, { ...options, assumeLinks: true })).toMatchObject([{ mayReadBalances: true, mayReadTransactions: true }]);
    expect(normaliseAccount({ ...wire, _links: {} }, { ...options, assumeLinks: true })).toMatchObject([{ mayReadBalances: false }]);
  });

  it("in several currencies behind one id becomes one account per currency", () => {
    const balance = (currency: string, amount: string) => ({ balanceAmount: { currency, amount }, balanceType: "expected" });
    const wire = { resourceId: "r", currency: "XXX", balances: [balance("EUR", "1"), balance("USD", "2")], _links: links };
    const accounts = normaliseAccount(wire, options);
    expect(accounts.map(({ currency, balances }) => [currency, balances?.map(({ amount }) => amount)])).toEqual([
      ["EUR", ["1.00"]],
      ["USD", ["2.00"]],
    ]);
    expect(readAccountMemory(accounts[1]?.connectorData ?? null).onlyCurrency).toBe("USD");
    expect(normaliseAccount({ ...wire, balances: undefined }, options)).toMatchObject([{ currency: null }]);
  });

  it("that sums up parts which are listed too is left out", () => {
    const iban = "DE89370400440532013000";
    const of = (resourceId: string, currency: string) => normaliseAccount({ resourceId, iban, currency }, options);
    const kept = withoutAggregates([...of("all", "XXX"), ...of("e", "EUR"), ...of("u", "USD")]);
    expect(kept.map(({ resourceId }) => resourceId)).toEqual(["e", "u"]);
    expect(withoutAggregates(of("all", "XXX"))).toHaveLength(1);
  });

  it("finds its id in a link, masks a card number, and moves one that stands where the IBAN should be", () => {
    expect(normaliseAccount({ currency: "EUR", _links: links }, options)[0]?.resourceId).toBe("r");
    expect(() => normaliseAccount({ currency: "EUR" }, options)).toThrow("resourceId: missing");
    const card = { ...options, card: true };
    expect(normaliseAccount({ resourceId: "c", pan: "5254121234563241" }, card)[0]).toMatchObject({
      type: "CARD",
      maskedPan: "************3241",
    });
    const amex = normaliseAccount({ resourceId: "c", iban: "XXXX-XXXXXX-71003" }, options)[0];
    expect([amex?.iban, amex?.maskedPan]).toEqual([null, "XXXX-XXXXXX-71003"]);
  });
});

describe("balances", () => {
  it.each([
    ["closingBooked", "CLOSING_BOOKED"],
    ["PREVIOUSLY_CLOSED_BOOKED", "PREVIOUSLY_CLOSED_BOOKED"],
    ["Interim available", "INTERIM_AVAILABLE"],
    ["Expected", "EXPECTED"],
    ["nonInvoiced", "NON_INVOICED"],
    ["authorised", "OTHER"],
    [null, "OTHER"],
  ])("of type %s are %s", (text, type) => expect(balanceType(text)).toBe(type));

  it("keep the readable ones, and fail where there are none", () => {
    const good = { balanceAmount: { amount: "-5,5", currency: "EUR" }, balanceType: "expected", creditLimitIncluded: "false" };
    expect(normaliseBalances([{}, good], "balances", READING)).toEqual([
      { type: "EXPECTED", amount: "-5.50", currency: "EUR", creditLimitIncluded: false, referenceDate: null },
    ]);
    expect(() => normaliseBalances([{}], "balances", READING)).toThrow("balances[0].balanceAmount: missing");
    expect(normaliseBalances([good], "balances", { ...READING, debitsPositive: true })[0]?.amount).toBe("5.50");
    expect(normaliseBalances([good], "balances", { ...READING, onlyCurrency: "USD" })).toEqual([]);
  });
});

describe("the profile", () => {
  it.each([
    [{ signRuel: "x" }, "signRuel"],
    [{ amounts: { signRule: "sometimes" } }, "profile.amounts.signRule"],
    [{ consent: { frequencyPerDay: 5 } }, "profile.consent.frequencyPerDay"],
    [{ errors: { patterns: [{ match: "(", failure: "PROTOCOL", code: "UNKNOWN" }] } }, "profile.errors.patterns.0.match"],
  ])("names what is wrong in %j", (options, name) => {
    expect(() => readProfile("bank-7", options)).toThrow(name);
    expect(() => readProfile("bank-7", options)).toThrow('bank "bank-7"');
  });
});
