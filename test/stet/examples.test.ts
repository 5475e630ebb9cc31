import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { StetVersion } from "../../src/sandbox/stet/options.ts";
import { PSU } from "../contracts/connector-bench.ts";
import { openStet } from "./openapi.ts";
import { handleOf, withScript, type Script } from "./scripted-bank.ts";

interface Message {
  readonly schema: string;
  readonly body: Record<string, unknown>;
}
const messages = (version: StetVersion) =>
  JSON.parse(readFileSync(new URL(`../fixtures/stet/${version}/messages.json`, import.meta.url), "utf8")) as Record<string, Message>;
const bodyOf = (version: StetVersion, name: string) => messages(version)[name]?.body;
const signal = new AbortController().signal;
const call = { handle: handleOf(), psu: PSU };
const account = { resourceId: "1", connectorData: null, currency: "EUR" };
const list = { account, from: "2026-11-01", to: null, cursor: null, entryReferenceFrom: null } as const;
const always =
  (body: unknown, status = 200): Script =>
  () => ({ status, body });

describe("the example messages", () => {
  it.each<StetVersion>(["1.4.0", "1.4.2", "1.5"])("of %s fit the file of that version", (version) => {
    const { bodyFaults } = openStet(version);
    const faults = Object.entries(messages(version)).flatMap(([name, { schema, body }]) =>
      bodyFaults(schema, body).map((fault) => `${name}: ${fault}`),
    );
    // The link to the consents is 1.5's; the example of 1.4.0 has it as banks do.
    expect(faults.filter((fault) => !fault.includes('"additionalProperty":"consents"'))).toEqual([]);
  });

  it("accounts of 1.4.0 are unified", () =>
    withScript(always(bodyOf("1.4.0", "accounts-200")), { consent: { model: "full" } }, async ({ connector }) => {
      const { accounts, quarantined } = await connector.accounts(call, signal);
      expect(quarantined).toEqual([]);
      expect(accounts).toEqual([
        {
          ...{
            resourceId: "038-CPT30014567890",
            connectorData: expect.any(String),
            name: "Compte de Mme Exemple",
            ownerName: null,
            type: "CURRENT",
          },
          ...{
            product: "Compte chèques",
            status: "ACTIVE",
            currency: "EUR",
            iban: "FR7630006000011234567890189",
            bban: null,
            sortCode: null,
          },
          ...{ accountNumber: null, maskedPan: null, bic: "BNKAFRPPXXX", balances: null, mayReadBalances: true, mayReadTransactions: true },
        },
      ]);
      // 1.4.0 names the person in the list, and has no call for it.
      expect(await connector.identity(call, accounts, signal)).toEqual([
        { fullName: "Lucie Exemple", birthDate: null, addresses: [], emails: [], phones: [], resourceIds: ["038-CPT30014567890"] },
      ]);
    }));

  it("transactions of 1.4.0 and 1.4.2 are unified, and the next page is followed", () => {
    const common = {
      ...{ status: "BOOKED", amount: "-12.25", currency: "EUR", bookingDate: "2026-11-20", remittance: ["CARTE 19/11 BOULANGERIE"] },
      ...{ bankTransactionId: "AF5T2", entryReference: "AF5T2", structuredReference: null, bankTransactionCode: null },
    };
    return withScript(
      ({ path }) => ({ body: bodyOf(path.includes("038-CPT") ? "1.4.0" : "1.4.2", "transactions-200") }),
      {},
      async ({ connector, received }) => {
        const old = await connector.transactions(call, { ...list, account: { ...account, resourceId: "038-CPT30014567890" } }, signal);
        expect(old.rows).toMatchObject([
          { ...common, valueDate: "2026-11-20", transactionDate: "2026-11-19", description: "CARTE 19/11 BOULANGERIE" },
        ]);
        await connector.transactions(call, { ...list, cursor: old.next }, signal);
        expect(received[1]?.target).toBe("/psd2/v1/accounts/038-CPT30014567890/transactions?page=2");
        const { rows, next } = await connector.transactions(call, list, signal);
        expect(rows).toMatchObject([{ ...common, counterpartyName: "BOULANGERIE EXEMPLE", description: "BOULANGERIE EXEMPLE" }]);
        expect(next).toBeNull();
      },
    );
  });

  it("balances and identities of 1.5 and 1.4.2 are unified", () =>
    withScript(
      ({ path }) => ({
        body: bodyOf(
          path.endsWith("balances") || path.endsWith("owners") ? "1.5" : "1.4.2",
          path.endsWith("balances") ? "balances-200" : path.endsWith("owners") ? "owners-200" : "end-user-identity-200",
        ),
      }),
      {},
      async ({ connector }) => {
        expect(await connector.balances(call, account, signal)).toEqual([
          { type: "CLOSING_BOOKED", amount: "123.70", currency: "EUR", creditLimitIncluded: null, referenceDate: "2026-11-21" },
        ]);
        const memory = {
          v: 1,
          card: false,
          iban: null,
          balances: null,
          transactions: null,
          owners: "v1/accounts/1/owners",
          psuStatus: null,
        };
        const listed = JSON.stringify({ ...memory, endUserIdentity: "v1/end-user-identity", connectedPsu: null });
        const known = {
          ...account,
          connectorData: listed,
          name: "x",
          ownerName: null,
          type: "CURRENT" as const,
          product: null,
          status: "ACTIVE" as const,
        };
        const blank = { iban: null, bban: null, sortCode: null, accountNumber: null, maskedPan: null, bic: null, balances: null };
        const found = await connector.identity(call, [{ ...known, ...blank, mayReadBalances: true, mayReadTransactions: true }], signal);
        expect(found?.map(({ fullName, resourceIds }) => [fullName, resourceIds])).toEqual([["Lucie Exemple", ["1"]]]);
      },
    ));

  it("the refusal of 1.5 is a consent that is not there", () =>
    withScript(always(bodyOf("1.5", "error-403"), 403), {}, async ({ connector }) => {
      await expect(connector.accounts(call, signal)).rejects.toMatchObject({ failure: "CONSENT_INVALID", code: "CONSENT_INVALID" });
    }));
});
