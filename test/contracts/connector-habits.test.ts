import { describe, expect, it } from "vitest";
import type { Connector, TransactionPage, TransactionsRequest } from "../../src/connectors/connector.ts";
import { bankErrorOf, PSU } from "./connector-bench.ts";
import { handleOf, withScript, type Received, type Script } from "./connector-scripted-bank.ts";

const signal = new AbortController().signal;
const account = { resourceId: "a-1", connectorData: null, currency: "EUR" };
const list: TransactionsRequest = { account, from: "2026-11-01", to: "2026-11-20", cursor: null, entryReferenceFrom: null };
const row = (id: string, more: object = {}) => {
  return { transactionId: id, bookingDate: "2026-11-19", transactionAmount: { amount: "-1", currency: "EUR" }, ...more };
};

async function pages(connector: Connector, request = list): Promise<readonly TransactionPage[]> {
  const found: TransactionPage[] = [];
  for (let cursor: string | null = null; found.length < 20;) {
    const page: TransactionPage = await connector.transactions({ handle: handleOf(), psu: PSU }, { ...request, cursor }, signal);
    found.push(page);
    cursor = page.next;
    if (cursor === null) break;
  }
  return found;
}
const ids = (found: readonly TransactionPage[]) =>
  found.flatMap(({ rows }) => rows.map((one) => `${one.status[0] ?? ""}:${String(one.bankTransactionId)}`));
const tpp = (code: string) => ({ tppMessages: [{ category: "ERROR", code }] });

describe("a list of transactions", () => {
  it.each<[string, unknown, readonly string[]]>([
    ["without a list of booked rows", { transactions: { pending: [row("p")] } }, ["P:p"]],
    ["with an empty object", { transactions: {} }, []],
    ["as a plain list", { transactions: [row("b"), row("p", { status: "pending" })] }, ["B:b", "P:p"]],
    ["as a list around the object", { transactions: [{ booked: [row("b")] }] }, ["B:b"]],
    ["with one row instead of a list", { transactions: { booked: row("b") } }, ["B:b"]],
    ["of cards", { cardTransactions: { booked: [row("b")] } }, ["B:b"]],
    ["with standing orders, which are none", { transactions: { booked: [row("b")], information: [row("i")] } }, ["B:b"]],
  ])("is read %s", (_name, body, expected) =>
    withScript(
      () => ({ body }),
      {},
      async ({ connector }) => expect(ids(await pages(connector))).toEqual(expected),
    ),
  );

  it.each<[string, unknown]>([
    ["missing", {}],
    ["null", { transactions: null }],
    ["a text", { transactions: "none" }],
    ["inside a list of bodies", [{}, {}]],
  ])("is never taken for empty where it is %s", (_name, body) =>
    withScript(
      () => ({ body }),
      {},
      async ({ connector }) => expect((await bankErrorOf(pages(connector))).code).toBe("BANK_BAD_RESPONSE"),
    ),
  );

  it("goes back as far as the bank is said to go, else two years", () =>
    withScript(
      () => ({ body: { transactions: {} } }),
      {},
      async ({ connector, received }) => {
        await pages(connector, { ...list, from: null, to: null });
        expect(Object.fromEntries(received[0]?.query ?? [])).toEqual({ bookingStatus: "both", dateFrom: "2024-11-25" });
      },
    ));
});

describe("a bank that refuses a booking status", () => {
  const refusing =
    (status: number, ...refused: readonly string[]): Script =>
    ({ query }) => {
      const asked = query.get("bookingStatus") ?? "";
      if (refused.includes(asked)) return { status, body: tpp("PARAMETER_NOT_SUPPORTED") };
      return { body: { transactions: asked === "pending" ? { pending: [row("p")] } : { booked: [row("b")] } } };
    };
  const statuses = (received: readonly Received[]) => received.map(({ query }) => query.get("bookingStatus"));

  it.each([400, 422])("is asked apart, and is known for that afterwards (%i)", (status) =>
    withScript(refusing(status, "both"), {}, async ({ connector, received }) => {
      expect(ids(await pages(connector))).toEqual(["B:b", "P:p"]);
      expect(ids(await pages(connector))).toEqual(["B:b", "P:p"]);
      expect(statuses(received)).toEqual(["both", "booked", "pending", "booked", "pending"]);
    }),
  );

  it("is asked for booked rows only, and says that pending ones are unknown", () =>
    withScript(refusing(400, "both", "pending"), {}, async ({ connector, received }) => {
      expect((await pages(connector)).map(({ pendingUnknown }) => pendingUnknown)).toEqual([false, true]);
      expect((await pages(connector)).map(({ pendingUnknown }) => pendingUnknown)).toEqual([true]);
      expect(statuses(received)).toEqual(["both", "booked", "pending", "booked"]);
    }));

  it("without rows under one status is asked for the next at once: an empty page with a next one would mean that it is not ready", () =>
    withScript(
      ({ query }) => ({ body: { transactions: query.get("bookingStatus") === "pending" ? { pending: [row("p")] } : { booked: [] } } }),
      { transactions: { bookingStatus: "apart", maxRangeDays: 8 } },
      async ({ connector, received }) => {
        const found = await pages(connector);
        expect([found.length, ids(found)]).toEqual([1, ["P:p"]]);
        expect(statuses(received)).toEqual(["booked", "booked", "booked", "pending"]);
      },
    ));

  it("is not suspected where booked rows alone are refused as well", () =>
    withScript(refusing(400, "both", "booked"), {}, async ({ connector, received }) => {
      expect((await bankErrorOf(pages(connector))).failure).toBe("NOT_SUPPORTED");
      await bankErrorOf(pages(connector));
      expect(statuses(received)).toEqual(["both", "booked", "both", "booked"]);
    }));
});

describe("the profile of a bank", () => {
  it("splits long ranges, newest first, pending rows once", () =>
    withScript(
      () => ({ body: { transactions: { booked: [] } } }),
      { transactions: { maxRangeDays: 8, bookingStatus: "apart" } },
      async ({ connector, received }) => {
        await pages(connector);
        expect(received.map(({ query }) => [query.get("bookingStatus"), query.get("dateFrom"), query.get("dateTo")])).toEqual([
          ["booked", "2026-11-13", "2026-11-20"],
          ["booked", "2026-11-05", "2026-11-12"],
          ["booked", "2026-11-01", "2026-11-04"],
          ["pending", "2026-11-01", "2026-11-20"],
        ]);
      },
    ));

  it("asks by reference, leaves dateTo out, and repeats the request id over the pages of one list", () =>
    withScript(
      ({ query }) => {
        const next = query.has("page") ? {} : { _links: { next: "?page=2" } };
        return { body: { transactions: { booked: [], ...next } } };
      },
      { transactions: { entryReferenceFrom: true, omitDateTo: true }, paging: { sameRequestId: true } },
      async ({ connector, received }) => {
        await pages(connector, { ...list, entryReferenceFrom: "E-77" });
        await pages(connector);
        expect(received.map(({ query }) => query.toString())).toEqual([
          "bookingStatus=both&entryReferenceFrom=E-77",
          "page=2",
          "bookingStatus=both&dateFrom=2026-11-01",
          "page=2",
        ]);
        const [a, b, c, d] = received.map(({ headers }) => headers["x-request-id"]);
        expect([a === b, c === d, a === c]).toEqual([true, true, false]);
      },
    ));
});

describe("accounts", () => {
  const accounts = { accounts: [{ resourceId: "a", currency: "EUR" }] };
  const listed = (connector: Connector) => connector.accounts({ handle: handleOf(), psu: PSU }, signal);

  it.each([
    [404, "", 2],
    [404, tpp("RESOURCE_UNKNOWN"), 2],
    [405, tpp("SERVICE_INVALID"), 2],
    [401, tpp("CONSENT_INVALID"), 3],
  ])("live without card accounts where the bank answers %i %j there", (status, body, calls) =>
    withScript(
      ({ path }) => (path.endsWith("/card-accounts") ? { status, body } : { body: accounts }),
      {},
      async ({ connector, received }) => {
        expect((await listed(connector)).accounts).toHaveLength(1);
        await listed(connector);
        // What a bank never has is asked for once; what a consent does not cover may be covered by the next.
        expect(received.length).toBe(calls + 1);
      },
    ),
  );

  it("fail where card accounts fail for a while: cards must not seem to be gone", () =>
    withScript(
      ({ path }) => (path.endsWith("/card-accounts") ? { status: 429, body: tpp("ACCESS_EXCEEDED") } : { body: accounts }),
      {},
      async ({ connector }) => expect((await bankErrorOf(listed(connector))).failure).toBe("RATE_LIMITED"),
    ));

  it("set aside what has no id, and name the place", () =>
    withScript(
      ({ path }) =>
        path.endsWith("/card-accounts") ? { body: { cardAccounts: [] } } : { body: { accounts: [...accounts.accounts, { name: "x" }] } },
      {},
      async ({ connector }) => {
        const { accounts: found, quarantined } = await listed(connector);
        expect(found).toHaveLength(1);
        expect(quarantined).toEqual([{ reason: "accounts[1].resourceId: missing", raw: '{"name":"x"}' }]);
      },
    ));
});
