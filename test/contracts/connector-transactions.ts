import { expect } from "vitest";
import { addDays } from "../../src/domain/time.ts";
import type { FaultKind } from "../../src/sandbox/kit/faults/fault.ts";
import { bankErrorOf, PSU, type Clause } from "./connector-bench.ts";

const texts = (rows: readonly { readonly amount: string }[]) => rows.map(({ amount }) => amount).sort();

export const transactionClauses: readonly Clause[] = [
  {
    id: "TX-01",
    name: "MUST return every row exactly once over all pages",
    async check(bench) {
      const { handle, account, user } = await bench.account(bench.rows(250));
      const { rows, pages } = await bench.pages(handle, account);
      expect(pages.length).toBeGreaterThan(2);
      expect(new Set(pages.map(({ next }) => next)).size).toBe(pages.length);
      expect(rows.map((row) => row.bankTransactionId).sort()).toEqual(
        bench
          .truth(user)[0]
          ?.transactions.map(({ id }) => id)
          .sort(),
      );
      expect(texts(rows)).toEqual(texts(bench.truth(user)[0]?.transactions ?? []));
    },
  },
  {
    id: "TX-02",
    name: "MUST answer an empty account with no rows and no next page",
    async check(bench) {
      const { handle, account } = await bench.account([]);
      const request = { account, from: null, to: null, cursor: null, entryReferenceFrom: null };
      const page = await bench.connector.transactions({ handle, psu: PSU }, request, bench.signal);
      expect(page).toEqual({ rows: [], quarantined: [], next: null, pendingUnknown: false, complete: true });
    },
  },
  {
    id: "TX-03",
    name: "MUST show a row as pending until it is booked, with the same amount",
    async check(bench) {
      const soon = new Date(bench.clock.now() + 3_600_000).toISOString();
      const row = { id: "p1", amount: "-12.30", enteredAt: bench.ago(1), bookedAt: soon, party: { name: "Kaffee" } };
      const { handle, account } = await bench.account([row]);
      const before = await bench.pages(handle, account);
      expect(before.rows.map(({ status, amount, bookingDate }) => [status, amount, bookingDate])).toEqual([["PENDING", "-12.30", null]]);
      bench.bank.clock.advance("PT2H");
      const fresh = await bench.connector.refresh(handle, bench.signal);
      const after = await bench.pages(fresh ?? handle, account);
      expect(after.rows.map(({ status, amount }) => [status, amount])).toEqual([["BOOKED", "-12.30"]]);
      expect(after.rows[0]?.bookingDate).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    },
  },
  {
    id: "TX-04",
    name: "MUST give money out a minus and money in none, on cards too",
    async check(bench) {
      const signs = ["-10.00", "25.50"];
      const giro = await bench.account(bench.rows(2, (index) => signs[index - 1] ?? "0"));
      expect(texts((await bench.pages(giro.handle, giro.account)).rows)).toEqual([...signs].sort());
      const card = await bench.account(
        bench.rows(2, (index) => signs[index - 1] ?? "0"),
        { kind: "card", maskedPan: "525412******7777", iban: undefined },
      );
      expect(card.account.type).toBe("CARD");
      expect(texts((await bench.pages(card.handle, card.account)).rows)).toEqual([...signs].sort());
    },
  },
  {
    id: "TX-05",
    name: "MUST keep amounts exact, however the bank spells them",
    async check(bench) {
      const exact = ["-0.10", "0.20", "123456789.01", "-1234.56", "7.00"];
      const { handle, account } = await bench.account(bench.rows(5, (index) => exact[index - 1] ?? "0"));
      const spellings: readonly (FaultKind | null)[] = [
        null,
        "amount-number",
        "amount-plus",
        "amount-comma",
        "amount-spaces",
        "amount-three-decimals",
      ];
      for (const kind of spellings) {
        bench.bank.admin.clearFaults();
        if (kind !== null) bench.bank.admin.setFault({ kind, operation: "transactions", count: null });
        const { rows, quarantined } = await bench.pages(handle, account);
        expect({ kind, amounts: texts(rows), quarantined }).toEqual({ kind, amounts: [...exact].sort(), quarantined: [] });
      }
    },
  },
  {
    id: "TX-06",
    name: "MUST keep currencies without minor units and with three",
    async check(bench) {
      for (const [currency, amount] of [
        ["JPY", "-1500"],
        ["KWD", "1.234"],
      ] as const) {
        const { handle, account } = await bench.account(
          bench.rows(1, () => amount),
          { currency },
        );
        const { rows } = await bench.pages(handle, account);
        expect(rows.map((row) => [row.amount, row.currency])).toEqual([[amount, currency]]);
      }
    },
  },
  {
    id: "TX-07",
    name: "MUST keep the days of the bank, and both ends of the window",
    async check(bench) {
      const { handle, account, user } = await bench.account(bench.rows(40));
      const all = await bench.pages(handle, account);
      const truth = bench.truth(user)[0]?.transactions ?? [];
      const days = ({ bookingDate, valueDate }: { bookingDate: string | null; valueDate: string | null }) =>
        `${String(bookingDate)} ${bench.has("value-dates") ? String(valueDate) : ""}`;
      expect(all.rows.map(days).sort()).toEqual(truth.map(days).sort());
      const [from, to] = [addDays(bench.today(), -4), addDays(bench.today(), -2)];
      const some = await bench.pages(handle, account, { from, to });
      expect([...new Set(some.rows.map(({ bookingDate }) => bookingDate))].sort()).toEqual([from, addDays(from, 1), to]);
    },
  },
  {
    id: "TX-08",
    name: "MUST ignore fields and codes that it does not know, and live without those that are null",
    async check(bench) {
      const { handle, account } = await bench.account(bench.rows(3));
      for (const kind of ["extra-fields", "unknown-enum", "null-fields"] as const) {
        bench.bank.admin.clearFaults();
        bench.bank.admin.setFault({ kind, operation: "transactions" });
        const { rows, quarantined } = await bench.pages(handle, account);
        expect({ kind, rows: rows.length, quarantined }).toEqual({ kind, rows: 3, quarantined: [] });
        expect(rows.filter(({ description }) => description.trim() === "")).toEqual([]);
      }
    },
  },
  {
    id: "TX-09",
    name: "MUST set a row that cannot be read aside, name the place, and keep the rest",
    async check(bench) {
      const { handle, account } = await bench.account(bench.rows(4));
      bench.bank.admin.setFault({ kind: "bad-row", operation: "transactions" });
      const bad = await bench.pages(handle, account);
      expect([bad.rows.length, bad.quarantined.length]).toEqual([4, 1]);
      expect(bad.quarantined[0]?.reason).toMatch(/\[2\].*[aA]mount/);
      expect(JSON.parse(bad.quarantined[0]?.raw ?? "")).toMatchObject({ transactionAmount: "garbage" });
      bench.bank.admin.clearFaults();
      bench.bank.admin.setFault({ kind: "amount-null", operation: "transactions" });
      const without = await bench.pages(handle, account);
      expect([without.rows.length, without.quarantined.length]).toEqual([3, 1]);
      expect(without.quarantined[0]?.reason).toMatch(/\[0\].*[aA]mount.*null/);
    },
  },
  {
    id: "TX-10",
    name: "MUST treat placeholders and blanks as no id",
    async check(bench) {
      const { handle, account } = await bench.account(bench.rows(3));
      for (const kind of ["ids-missing", "ids-blank", "ids-reused"] as const) {
        bench.bank.admin.clearFaults();
        bench.bank.admin.setFault({ kind, operation: "transactions" });
        const { rows } = await bench.pages(handle, account);
        expect({ kind, ids: rows.map((row) => row.bankTransactionId) }).toEqual({ kind, ids: [null, null, null] });
      }
    },
  },
  {
    id: "TX-11",
    name: "MUST follow next links in every form, and know those that lead nowhere",
    needs: "page-links",
    async check(bench) {
      const { handle, account } = await bench.account(bench.rows(120));
      for (const [kind, rows] of [
        ["next-bare", 120],
        ["next-relative", 120],
        ["next-null", 100],
        ["next-empty", 100],
        ["next-string", 100],
      ] as const) {
        bench.bank.admin.clearFaults();
        bench.bank.admin.setFault({ kind, operation: "transactions" });
        expect({ kind, rows: (await bench.pages(handle, account)).rows.length }).toEqual({ kind, rows });
      }
    },
  },
  {
    id: "TX-12",
    name: "MUST NOT follow a link to another origin",
    needs: "page-links",
    async check(bench) {
      const { handle, account } = await bench.account(bench.rows(120));
      bench.bank.admin.setFault({ kind: "next-other-host", operation: "transactions" });
      const error = await bankErrorOf(bench.pages(handle, account));
      expect([error.failure, error.code]).toEqual(["PROTOCOL", "BANK_BAD_RESPONSE"]);
    },
  },
  {
    id: "TX-13",
    name: "MUST hand on an empty page that has a next one, and a page that repeats itself with the same cursor",
    async check(bench) {
      const { handle, account } = await bench.account(bench.rows(3));
      const page = (cursor: string | null) =>
        bench.connector.transactions(
          { handle, psu: PSU },
          { account, from: addDays(bench.today(), -10), to: null, cursor, entryReferenceFrom: null },
          bench.signal,
        );
      bench.bank.admin.setFault({ kind: "empty-page-with-next", operation: "transactions" });
      const empty = await page(null);
      expect([empty.rows.length, empty.next === null]).toEqual([0, false]);
      bench.bank.admin.clearFaults();
      bench.bank.admin.setFault({ kind: "next-loop", operation: "transactions", count: null });
      const first = await page(null);
      expect((await page(first.next)).next).toBe(first.next);
    },
  },
  {
    id: "TX-14",
    name: "MUST ask in another way where the bank refuses the form of the question (booked and pending rows together, a form of dates)",
    needs: "joint-list",
    async check(bench) {
      const later = new Date(bench.clock.now() + 86_400_000).toISOString();
      const pending = { id: "p2", amount: "-1.00", enteredAt: bench.ago(0, -600), bookedAt: later };
      const { handle, account } = await bench.account([...bench.rows(2), pending]);
      bench.bank.admin.setFault({ kind: "booking-status-unsupported", operation: "transactions" });
      const { rows, pages } = await bench.pages(handle, account);
      expect(rows.map(({ status }) => status).sort()).toEqual(["BOOKED", "BOOKED", "PENDING"]);
      expect(pages.some((page) => page.pendingUnknown)).toBe(false);
      bench.bank.admin.clearRequests();
      await bench.pages(handle, account);
      expect(bench.bank.admin.requests("transactions").every(({ status }) => status === 200)).toBe(true);
    },
  },
  {
    id: "TX-15",
    name: "MUST say that pending rows are unknown where the bank lists booked ones only",
    needs: "status-filter",
    async check(bench) {
      const { handle, account } = await bench.account(bench.rows(2));
      // Where both come in one list: refused together, given booked, refused pending.
      const joint = [{ after: 0 }, { after: 2 }].map((when) => ({ kind: "booking-status-unsupported" as const, ...when }));
      const [operation, ...others] = bench.pendingOperations;
      if (bench.has("joint-list")) bench.bank.admin.setFault(...joint.map((fault) => ({ ...fault, operation: operation ?? "" })));
      else for (const name of [operation, ...others]) bench.bank.admin.setFault({ kind: "booking-status-unsupported", operation: name ?? "", count: null }); // prettier-ignore
      const { rows, pages } = await bench.pages(handle, account);
      expect([rows.length, pages.at(-1)?.pendingUnknown]).toEqual([2, true]);
      expect((await bench.pages(handle, account)).pages.map((page) => page.pendingUnknown)).toEqual([true]);
    },
  },
  {
    id: "TX-16",
    name: "MUST name the other side as counterparty, never the holder",
    async check(bench) {
      const party = { name: "Stadtwerke", iban: "DE02120300000000202051", bic: "BYLADEM1001" };
      const rows = [
        { id: "o", amount: "-5.00", enteredAt: bench.ago(2), party },
        { id: "i", amount: "6.00", enteredAt: bench.ago(2), party: { name: "Employer" } },
        { id: "n", amount: "7.00", enteredAt: bench.ago(2), remittance: ["Only words"] },
      ];
      const { handle, account } = await bench.account(rows);
      const read = new Map((await bench.pages(handle, account)).rows.map((row) => [row.bankTransactionId, row]));
      expect(read.get("o")).toMatchObject({ counterpartyName: party.name, counterpartyIban: party.iban, counterpartyBic: party.bic });
      expect(read.get("i")).toMatchObject({ counterpartyName: "Employer", counterpartyIban: null });
      expect(read.get("n")).toMatchObject({ counterpartyName: null, description: "Only words", remittance: ["Only words"] });
    },
  },
  {
    id: "TX-17",
    name: "MUST read bodies with a false encoding, content type or charset, and with a byte order mark",
    async check(bench) {
      const rows = bench.rows(1).map((row) => ({ ...row, party: { name: "Bäckerei Öl" } }));
      const { handle, account } = await bench.account(rows);
      for (const kind of ["false-gzip", "bom", "latin1", "wrong-content-type"] as const) {
        bench.bank.admin.clearFaults();
        bench.bank.admin.setFault({ kind, operation: "transactions" });
        const read = await bench.pages(handle, account);
        expect({ kind, names: read.rows.map((row) => row.counterpartyName) }).toEqual({ kind, names: ["Bäckerei Öl"] });
      }
    },
  },
];
