import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FaultKind } from "../../src/sandbox/kit/faults/fault.ts";
import { databases } from "../databases.ts";
import { startTestHub, type TestHub } from "../hub.ts";

/** The user is there: no allowance stands between the test and the next fetch. */
const ATTENDED = { psuContext: { ipAddress: "203.0.113.7", userAgent: "test" } };
const PAGE = 500;

interface Row {
  readonly id: string;
  readonly status: string;
  readonly amount: { readonly amount: string };
  readonly bookingDate: string | null;
}

interface AccountPage {
  readonly iban: string | null;
  readonly maskedPan: string | null;
  readonly transactions: {
    readonly nodes: readonly Row[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** Row faults a whole fetch may suffer from while every row still arrives. */
const HARMLESS: readonly FaultKind[] = [
  "ids-missing",
  "ids-blank",
  "ids-reused",
  "ids-random",
  "ids-change-at-booking",
  "references-missing",
  "pending-without-date",
  "amount-plus",
  "amount-number",
  "null-fields",
  "unknown-enum",
  "extra-fields",
  "history-rewritten",
  "page-duplicates",
  "pages-overlap",
  "page-reordered",
];

describe.each(databases)("on $name, against a bank whose ledger is known", (database) => {
  let t: TestHub;
  beforeAll(async () => {
    const databaseUrl = await database.open();
    t = await startTestHub({ ...(databaseUrl === undefined ? {} : { databaseUrl }), bank: { businessCount: 150 } });
  });
  afterAll(async () => t[Symbol.asyncDispose]());

  async function rowsOf(consentId: string): Promise<ReadonlyMap<string, readonly Row[]>> {
    const { consent } = await t.client.run<{ consent: { accounts: { nodes: readonly { id: string }[] } } }>(
      `query ($id: ID!) { consent(id: $id) { accounts { nodes { id } } } }`,
      { id: consentId },
    );
    const found = new Map<string, Row[]>();
    for (const { id } of consent.accounts.nodes) {
      for (let after: string | null = null; ;) {
        const { node }: { node: AccountPage } = await t.client.run(
          `query ($id: ID!, $after: String) { node(id: $id) { ... on Account { iban maskedPan
             transactions(first: ${PAGE}, after: $after) { nodes { id status amount { amount } bookingDate } pageInfo { hasNextPage endCursor } } } } }`,
          { id, after },
        );
        const key = node.iban ?? node.maskedPan ?? id;
        found.set(key, [...(found.get(key) ?? []), ...node.transactions.nodes]);
        if (!node.transactions.pageInfo.hasNextPage) break;
        after = node.transactions.pageInfo.endCursor;
      }
    }
    return found;
  }

  async function expectTruth(consentId: string): Promise<ReadonlySet<string>> {
    const rows = await rowsOf(consentId);
    const truth = t.bank.admin.truth("demo");
    // The bank serves two years; older rows are in its ledger only.
    const since = new Date(Date.parse(truth.now) - 700 * 86_400_000).toISOString().slice(0, 10);
    const served = (row: { readonly bookingDate: string | null }): boolean => row.bookingDate === null || row.bookingDate >= since;
    for (const account of truth.accounts) {
      const key = account.iban ?? account.maskedPan ?? "";
      const mine = (rows.get(key) ?? [])
        .filter(served)
        .map((row) => `${row.status} ${Number(row.amount.amount)} ${row.bookingDate ?? ""}`)
        .sort();
      const theirs = account.transactions
        .filter(served)
        .map((row) => `${row.status.toUpperCase()} ${Number(row.amount)} ${row.bookingDate ?? ""}`)
        .sort();
      expect({ key, rows: mine }).toEqual({ key, rows: theirs });
    }
    return new Set([...rows.values()].flat().map((row) => row.id));
  }

  it("holds exactly the bank's rows after a first update and on each of six days, and keeps every id", async () => {
    const { consentId } = await t.givenConsent();
    let before: ReadonlySet<string> = new Set();
    for (let day = 0; day < 6; day++) {
      expect((await t.update(consentId, ATTENDED)).at(-1)).toMatchObject({ status: "COMPLETED" });
      const ids = await expectTruth(consentId);
      expect([...before].filter((id) => !ids.has(id))).toEqual([]);
      before = ids;
      await t.advance("P1D");
    }
  });

  it.each(HARMLESS)("holds exactly the bank's rows on two days of %s", async (kind) => {
    const { consentId } = await t.givenConsent();
    t.bank.admin.setFault({ kind, operation: "transactions", count: null });
    try {
      let before: ReadonlySet<string> = new Set();
      for (let day = 0; day < 2; day++) {
        const last = (await t.update(consentId, ATTENDED)).at(-1);
        expect(last).toMatchObject({ status: "COMPLETED" });
        const ids = await expectTruth(consentId);
        expect([...before].filter((id) => !ids.has(id))).toEqual([]);
        before = ids;
        await t.advance("P1D");
      }
    } finally {
      t.bank.admin.clearFaults();
    }
  });
});
