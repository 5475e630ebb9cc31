import { expect } from "vitest";
import { bankErrorOf, iban, PSU, type Clause } from "./connector-bench.ts";

export const accountClauses: readonly Clause[] = [
  {
    id: "AC-01",
    name: "MUST list every account of the grant once, cards included, with what identifies it",
    async check(bench) {
      const [one, two] = [iban(), iban()];
      const user = bench.person([
        { id: `a-${one}`, iban: one, name: "Giro" },
        { id: `a-${two}`, iban: two, kind: "savings", name: "Spar" },
        { id: `c-${one}`, kind: "card", maskedPan: "525412******3241", name: "Karte" },
      ]);
      const handle = await bench.grant(user);
      const { accounts, quarantined } = await bench.connector.accounts({ handle, psu: PSU }, bench.signal);
      expect(quarantined).toEqual([]);
      expect(accounts.map(({ type, iban, maskedPan, currency, name }) => ({ type, iban, maskedPan, currency, name }))).toEqual([
        { type: "CURRENT", iban: one, maskedPan: null, currency: "EUR", name: "Giro" },
        { type: bench.has("savings-type") ? "SAVINGS" : "CURRENT", iban: two, maskedPan: null, currency: "EUR", name: "Spar" },
        { type: "CARD", iban: null, maskedPan: "525412******3241", currency: "EUR", name: "Karte" },
      ]);
    },
  },
  {
    id: "AC-02",
    name: "MUST read balances exactly, with debt negative",
    async check(bench) {
      const user = bench.person([
        { id: `a-${iban()}`, iban: iban(), transactions: [{ id: "b1", amount: "-0.10", enteredAt: bench.ago(3) }], opening: "0.30" },
        {
          id: `c-${iban()}`,
          kind: "card",
          maskedPan: "525412******0001",
          transactions: [{ id: "b2", amount: "-20.05", enteredAt: bench.ago(3) }],
        },
      ]);
      const handle = await bench.grant(user);
      const { accounts } = await bench.connector.accounts({ handle, psu: PSU }, bench.signal);
      const truth = bench.truth(user);
      expect(truth.map(({ bookedBalance }) => bookedBalance)).toEqual(["0.20", "-20.05"]);
      for (const [index, account] of accounts.entries()) {
        const balances = await bench.connector.balances({ handle, psu: PSU }, account, bench.signal);
        expect(balances.map(({ amount }) => amount)).toContain(truth[index]?.bookedBalance);
        expect(balances.every(({ currency }) => currency === "EUR")).toBe(true);
      }
    },
  },
  {
    id: "AC-03",
    name: "MUST name the holders where the grant covers identity, and nobody where it does not",
    async check(bench) {
      const account = { id: `a-${iban()}`, iban: iban(), owners: ["Anna Muster", "Ben Muster"] };
      const user = bench.person([account], { fullName: "Anna Muster" });
      const identify = async (scopes: Parameters<typeof bench.grant>[1]) => {
        const handle = await bench.grant(user, scopes);
        const { accounts } = await bench.connector.accounts({ handle, psu: PSU }, bench.signal);
        return bench.connector.identity({ handle, psu: PSU }, accounts, bench.signal);
      };
      const found = await identify(["ACCOUNTS", "BALANCES", "TRANSACTIONS", "IDENTITY"]);
      expect(found?.map(({ fullName }) => fullName)).toEqual(["Anna Muster", "Ben Muster"]);
      expect(found?.[0]?.resourceIds).toHaveLength(1);
      expect(await identify(["ACCOUNTS", "BALANCES", "TRANSACTIONS"])).toBeNull();
    },
  },
  {
    id: "AC-04",
    name: "MUST ask for no more than the scopes, and tell what may not be read",
    async check(bench) {
      const handle = await bench.grant(bench.person([{ id: `a-${iban()}`, iban: iban() }]), ["ACCOUNTS", "BALANCES"]);
      const { accounts } = await bench.connector.accounts({ handle, psu: PSU }, bench.signal);
      expect(accounts.map(({ mayReadBalances, mayReadTransactions }) => [mayReadBalances, mayReadTransactions])).toEqual([[true, false]]);
    },
  },
  {
    id: "AC-05",
    name: "MUST report an account that is blocked at the bank as such, in the list or where its data is asked for, and keep the others",
    async check(bench) {
      const [one, two] = [iban(), iban()];
      const user = bench.person([
        { id: `a-${one}`, iban: one },
        { id: `a-${two}`, iban: two },
      ]);
      const handle = await bench.grant(user);
      bench.bank.admin.setAccountStatus(one, "blocked");
      const { accounts } = await bench.connector.accounts({ handle, psu: PSU }, bench.signal);
      expect(accounts.map(({ iban, status }) => [iban, status])).toEqual([
        [one, bench.has("account-status") ? "BLOCKED" : "ACTIVE"],
        [two, "ACTIVE"],
      ]);
      const [blocked, open] = accounts;
      if (!blocked || !open) return;
      const error = await bankErrorOf(bench.connector.balances({ handle, psu: PSU }, blocked, bench.signal));
      expect([error.failure, error.code]).toEqual(["ACCOUNT_UNAVAILABLE", "ACCOUNT_NOT_ACCESSIBLE"]);
      expect(await bench.connector.balances({ handle, psu: PSU }, open, bench.signal)).not.toEqual([]);
    },
  },
];
