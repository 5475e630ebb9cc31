import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Connector, GrantRequest } from "../../src/connectors/connector.ts";
import { faultsBySchema } from "./berlin-group-openapi.ts";
import { bankErrorOf, PSU } from "./connector-bench.ts";
import { handleOf, withScript, type Script } from "./connector-scripted-bank.ts";

/** Messages of the specification's own examples, each right by the schema that it names. */
const FILE = new URL("../fixtures/berlin-group/examples/1.3.12.messages.json", import.meta.url);
const messages = JSON.parse(readFileSync(FILE, "utf8")) as Record<string, { schema: string; body: Record<string, unknown> }>;
const example = (name: string): Record<string, unknown> => {
  const found = messages[name];
  if (!found) throw new Error(`no example ${name}`);
  return found.body;
};

const signal = new AbortController().signal;
const call = { handle: handleOf(), psu: PSU };

/** A bank that answers with the examples, and nothing else. */
const bank: Script = ({ path, query }) => {
  if (path.endsWith("/status")) return { body: example("consent-status-200") };
  if (path.includes("/authorisations/")) return { body: example("sca-status-200") };
  if (/\/consents\/[^/]+$/.test(path)) return { body: example("consent-200") };
  if (path.includes("/card-accounts/")) return { body: example("card-transactions-200") };
  if (path.endsWith("/card-accounts"))
    return { body: { cardAccounts: [{ resourceId: "3d9a81b3", maskedPan: "525412******3241", currency: "EUR" }] } };
  if (path.endsWith("/balances")) return { body: example("balances-200") };
  if (query.get("page") === "2") return { body: { transactions: { booked: [] } } };
  if (path.endsWith("/transactions")) return { body: example("transactions-200") };
  return { body: example("accounts-200") };
};

const play = (run: (connector: Connector) => Promise<void>, script: Script = bank) =>
  withScript(script, {}, ({ connector }) => run(connector));

const request: GrantRequest = {
  ...{
    scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS", "IDENTITY"],
    psuType: "PERSONAL",
    psu: PSU,
    renews: null,
    validUntil: "2027-05-20",
  },
  ...{ state: "s".repeat(43), codeVerifier: "v".repeat(43), nonce: "n", redirectUri: "https://hub.example/cb" },
};

describe("the specification's own examples", () => {
  it.each(Object.entries(messages))("%s is right by its schema", (_name, { schema, body }) => {
    expect(faultsBySchema("1.3.12", schema, body)).toEqual([]);
  });

  it("of a consent are what this connector asks for, by redirect and by OAuth", async () => {
    for (const [name, page] of [
      ["consent-response-201-redirect", "https://bank.example/auth/1234"],
      ["consent-response-201-oauth", "https://bank.example/authorize"],
    ] as const) {
      await withScript(
        () => ({ status: 201, body: example(name) }),
        {},
        async ({ connector, received }) => {
          const opened = await connector.openGrant(request, signal);
          expect(opened.authorizationUrl.split("?")[0]).toBe(page);
          expect(JSON.parse(received[0]?.body ?? "")).toEqual(example("consent-request-global"));
        },
        { authorizationUrl: "https://bank.example/authorize", tokenUrl: "https://bank.example/token" },
      );
    }
  });

  it("of a given consent are read with their last day", () =>
    play(async (connector) => {
      expect(await connector.grantState(call, signal)).toEqual({ status: "GIVEN", validUntil: Date.parse("2027-05-20T22:00:00Z") });
    }));

  it("of accounts and identity are read in full", () =>
    play(async (connector) => {
      const { accounts, quarantined } = await connector.accounts(call, signal);
      expect(quarantined).toEqual([]);
      expect(accounts[0]).toMatchObject({
        ...{ resourceId: "3dc3d5b3-7023-4848-9853-f5400a64e80f", iban: "DE89370400440532013000", currency: "EUR", bic: "COBADEFFXXX" },
        ...{ name: "Haushalt", product: "Giro Plus", type: "CURRENT", status: "ACTIVE", ownerName: "Anna Muster" },
        ...{ mayReadBalances: true, mayReadTransactions: true },
        balances: [{ type: "CLOSING_BOOKED", amount: "500.00", currency: "EUR", referenceDate: "2026-11-21", creditLimitIncluded: null }],
      });
      expect(accounts[1]).toMatchObject({ type: "CARD", maskedPan: "525412******3241", iban: null });
      expect(await connector.identity(call, accounts, signal)).toMatchObject([{ fullName: "Anna Muster" }]);
    }));

  it("of balances are read in full", () =>
    play(async (connector) => {
      const { accounts } = await connector.accounts(call, signal);
      expect(accounts[0] && (await connector.balances(call, accounts[0], signal))).toEqual([
        { type: "CLOSING_BOOKED", amount: "500.00", currency: "EUR", referenceDate: "2026-11-21", creditLimitIncluded: null },
        { type: "EXPECTED", amount: "432.10", currency: "EUR", referenceDate: "2026-11-22", creditLimitIncluded: false },
      ]);
    }));

  it("of transactions are read in full, over their next page", () =>
    play(async (connector) => {
      const { accounts } = await connector.accounts(call, signal);
      const [account] = accounts;
      if (!account) throw new Error("no account");
      const list = { account, from: "2026-11-01", to: null, cursor: null, entryReferenceFrom: null } as const;
      const page = await connector.transactions(call, list, signal);
      const nothing = {
        ...{ valueDate: null, transactionDate: null, counterpartyIban: null, counterpartyAccount: null, counterpartyBic: null },
        ...{ structuredReference: null, bankTransactionCode: null, merchantCategoryCode: null, endToEndId: null, mandateId: null },
        ...{ exchangeAmount: null, exchangeCurrency: null, exchangeRate: null, balanceAfterAmount: null, balanceAfterCurrency: null },
        ...{ bankTransactionId: null, entryReference: null, remittance: [] },
      };
      expect(page.rows).toEqual([
        {
          ...nothing,
          ...{ status: "BOOKED", amount: "-256.67", currency: "EUR", bookingDate: "2026-11-20", valueDate: "2026-11-20" },
          ...{ description: "Stadtwerke Beispiel", counterpartyName: "Stadtwerke Beispiel", counterpartyIban: "DE02120300000000202051" },
          ...{ remittance: ["Rechnung 4711"], structuredReference: "RF18539007547034", bankTransactionCode: "PMNT-ICDT-ESCT" },
          ...{ endToEndId: "E2E-1", bankTransactionId: "1234567", entryReference: "E-77" },
        },
        {
          ...nothing,
          ...{ status: "BOOKED", amount: "-91.50", currency: "EUR", bookingDate: "2026-11-19", bankTransactionId: "1234568" },
          ...{ description: "SHOP INC", counterpartyName: "SHOP INC", remittance: ["Card purchase", "USD 100.00"] },
          ...{ exchangeCurrency: "USD", exchangeRate: "1.0929" },
        },
        {
          ...nothing,
          ...{ status: "PENDING", amount: "-12.30", currency: "EUR", bookingDate: null, valueDate: "2026-11-22" },
          ...{ description: "Kaffee Beispiel", counterpartyName: "Kaffee Beispiel" },
        },
      ]);
      expect((await connector.transactions(call, { ...list, cursor: page.next }, signal)).next).toBeNull();
    }));

  it("of a card are read with the sign that the answer explains", () =>
    play(async (connector) => {
      const card = (await connector.accounts(call, signal)).accounts[1];
      if (!card) throw new Error("no card");
      const list = { account: card, from: "2026-11-01", to: null, cursor: null, entryReferenceFrom: null } as const;
      expect((await connector.transactions(call, list, signal)).rows).toMatchObject([
        {
          ...{ amount: "-256.67", bookingDate: "2026-11-20", transactionDate: "2026-11-18", bankTransactionId: "201710020036959" },
          ...{ exchangeAmount: "-2499.00", exchangeCurrency: "SEK", description: "WIFIMARKET.SE", bankTransactionCode: "PURCHASE" },
        },
      ]);
    }));

  it.each([
    ["error-401-consent-expired", 401, "CONSENT_INVALID CONSENT_EXPIRED"],
    ["error-429-access-exceeded", 429, "RATE_LIMITED QUOTA_EXCEEDED"],
  ])("%s is known for what it is", (name, status, expected) =>
    play(
      async (connector) => {
        const error = await bankErrorOf(connector.accounts(call, signal));
        expect(`${error.failure} ${error.code}`).toBe(expected);
      },
      () => ({ status, body: example(name) }),
    ),
  );
});

describe("what changed between the versions (standards.md 3.9) is read in any of them", () => {
  const plain = { transactionId: "t", bookingDate: "2026-11-19", transactionAmount: { amount: "-1.00", currency: "EUR" } };
  const list = {
    account: { resourceId: "a", connectorData: null, currency: "EUR" },
    from: "2026-11-01",
    to: null,
    cursor: null,
    entryReferenceFrom: null,
  } as const;

  it.each<[string, object, object]>([
    ["1.3.4: a structured text", { remittanceInformationStructured: "RF18539007547034" }, { structuredReference: "RF18539007547034" }],
    ["1.3.11: a structured object", { remittanceInformationStructured: { reference: "RF18" } }, { structuredReference: "RF18" }],
    ["1.3.9: structured texts in a list", { remittanceInformationStructuredArray: ["RF18"] }, { structuredReference: "RF18" }],
    [
      "1.3.6: structured objects in a list",
      { remittanceInformationStructuredArray: [{ reference: "RF18" }] },
      { structuredReference: "RF18" },
    ],
    [
      "1.3.6: a balance after the row",
      { balanceAfterTransaction: { balanceAmount: { amount: "9", currency: "EUR" }, balanceType: "interimBooked" } },
      { balanceAfterAmount: "9.00" },
    ],
    ["1.3.6: agents", { creditorName: "Shop", creditorAgent: "BYLADEM1001" }, { counterpartyBic: "BYLADEM1001" }],
    [
      "1.3.8: the only part of a booking",
      { entryDetails: [{ endToEndId: "E", transactionDetails: { creditorName: "Shop" } }] },
      { endToEndId: "E", counterpartyName: "Shop" },
    ],
    [
      "1.3.8: a batch stays one row",
      { batchIndicator: true, entryDetails: [{ endToEndId: "A" }, { endToEndId: "B" }] },
      { endToEndId: null, amount: "-1.00" },
    ],
    [
      "1.3.11: other account identifications",
      { creditorName: "Shop", creditorAccount: { other: { identification: "X-1" } } },
      { counterpartyAccount: "X-1" },
    ],
    [
      "1.2: exchangeRate",
      { exchangeRate: [{ currencyFrom: "USD", rateFrom: "1.1", currencyTo: "EUR" }] },
      { exchangeCurrency: "USD", exchangeRate: "1.1" },
    ],
  ])("%s", (_name, wire, expected) =>
    play(
      async (connector) => expect((await connector.transactions(call, list, signal)).rows).toMatchObject([expected]),
      () => ({ body: { transactions: { booked: [{ ...plain, ...wire }], information: [plain] } } }),
    ),
  );

  it.each<[string, object, object]>([
    ["1.3.4: no name of an owner", {}, { ownerName: null }],
    ["1.3.6: ownerName", { ownerName: "Anna Muster" }, { ownerName: "Anna Muster" }],
    ["1.3.12: ownerNames", { ownerNames: [{ name: "Anna" }, { name: "Ben", role: "authorisedUser" }] }, { ownerName: "Anna, Ben" }],
    ["1.3.11: other identifications", { other: { identification: "X-1" } }, { bban: "X-1" }],
    [
      "1.3.4: balance type authorised",
      { balances: [{ balanceType: "authorised", balanceAmount: { amount: "1", currency: "EUR" } }] },
      { balances: [{ type: "OTHER" }] },
    ],
  ])("%s, of an account", (_name, wire, expected) =>
    play(
      async (connector) => expect((await connector.accounts(call, signal)).accounts).toMatchObject([expected]),
      ({ path }) => ({
        body: path.endsWith("/card-accounts") ? { cardAccounts: [] } : { accounts: [{ resourceId: "a", currency: "EUR", ...wire }] },
      }),
    ),
  );

  it("1.3.9: messages beside a consent are no error", () =>
    withScript(
      () => ({
        status: 201,
        body: {
          ...example("consent-response-201-redirect"),
          tppMessages: [{ category: "WARNING", code: "X", text: "y" }],
          psuMessage: "z",
        },
      }),
      {},
      async ({ connector }) => expect((await connector.openGrant(request, signal)).authorizationUrl).toBe("https://bank.example/auth/1234"),
    ));
});
