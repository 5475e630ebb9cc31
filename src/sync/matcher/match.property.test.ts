import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TransactionId } from "../../domain/ids.ts";
import { addDays, type Day } from "../../domain/time.ts";
import type { TransactionFacts } from "../../domain/transaction.ts";
import { amountOf, facts, Shelf } from "./matcher.fixture.ts";

/**
 * A bank with a ledger that is the truth, and habits of showing it. Days, amounts and shops are few on purpose: equal rows are
 * common. The truth's own key travels in `structuredReference`, which no pass looks at.
 */
interface Purchase {
  readonly key: string;
  readonly day: Day;
  readonly cents: number;
  readonly shop: string;
  /** Days from purchase to booking; 0 = booked at once, never pending. */
  readonly delay: number;
}

const START: Day = "2026-09-01";
const IDS = ["stable", "missing", "random", "late", "changed at booking", "placeholder for some"] as const;

interface Habits {
  readonly ids: (typeof IDS)[number];
  readonly pageSize: number;
  readonly newestFirst: boolean;
  readonly shuffled: boolean;
}

const purchase = fc.record({
  day: fc.integer({ min: 0, max: 9 }).map((days) => addDays(START, days)),
  cents: fc.constantFrom(-450, -450, -1200, -99, 5000),
  shop: fc.constantFrom("Coffee Bar", "Kiosk", "Market 12"),
  delay: fc.integer({ min: 0, max: 4 }),
});
const ledger = fc.array(purchase, { maxLength: 30 }).map((rows) => rows.map((row, i): Purchase => ({ ...row, key: `t${i}` })));
const habits = fc.record({
  ids: fc.constantFrom(...IDS),
  pageSize: fc.constantFrom(1, 3, 7, 100),
  newestFirst: fc.boolean(),
  shuffled: fc.boolean(),
});

function show(row: Purchase, today: Day, habit: Habits, fetch: number): TransactionFacts {
  const bookedOn = addDays(row.day, row.delay);
  const booked = bookedOn <= today;
  const id = {
    stable: row.key,
    missing: null,
    random: `r${fetch}-${row.key}`,
    late: bookedOn < today ? row.key : null,
    "changed at booking": booked ? `b-${row.key}` : `p-${row.key}`,
    "placeholder for some": Number(row.key.slice(1)) % 2 === 0 ? row.key : null,
  }[habit.ids];
  return facts({
    status: booked ? "BOOKED" : "PENDING",
    amount: amountOf(row.cents),
    bookingDate: booked ? bookedOn : null,
    transactionDate: row.day,
    counterpartyName: row.shop,
    description: row.shop,
    bankTransactionId: id,
    structuredReference: row.key,
  });
}

function pages(rows: readonly TransactionFacts[], habit: Habits, fetch: number): TransactionFacts[][] {
  const day = (row: TransactionFacts): string => row.bookingDate ?? row.transactionDate ?? "";
  const sorted = rows.toSorted((a, b) => (habit.newestFirst ? day(b).localeCompare(day(a)) : day(a).localeCompare(day(b))));
  // A shuffle that differs from fetch to fetch and is the same at every run of the test.
  if (habit.shuffled) sorted.sort((a, b) => mix(a.structuredReference ?? "", fetch) - mix(b.structuredReference ?? "", fetch));
  const cut: TransactionFacts[][] = [];
  // Banks put all pending rows on the first page.
  const all = [...sorted.filter((row) => row.status === "PENDING"), ...sorted.filter((row) => row.status === "BOOKED")];
  const first = all.filter((row) => row.status === "PENDING").length + habit.pageSize;
  cut.push(all.slice(0, first));
  for (let i = first; i < all.length; i += habit.pageSize) cut.push(all.slice(i, i + habit.pageSize));
  return cut;
}

function mix(key: string, fetch: number): number {
  let hash = fetch + 1;
  for (const char of key) hash = Math.imul(hash ^ char.charCodeAt(0), 2654435761) >>> 0;
  return hash;
}

/** Rows that nobody could tell apart by what the bank shows. */
function twins(row: Pick<TransactionFacts, "amount" | "counterpartyName" | "transactionDate">): string {
  return `${row.transactionDate} ${row.amount} ${row.counterpartyName}`;
}

function idsByTwins(shelf: Shelf): Map<string, Set<TransactionId>> {
  const found = new Map<string, Set<TransactionId>>();
  for (const row of shelf.rows.values()) found.set(twins(row), (found.get(twins(row)) ?? new Set()).add(row.id));
  return found;
}

describe("over any number of fetches of a growing ledger", () => {
  it("loses no row, doubles none, and never changes an id", () => {
    fc.assert(
      fc.property(ledger, habits, fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 6 }), (rows, habit, gaps) => {
        const shelf = new Shelf();
        let today = addDays(START, 3);
        let before = new Map<string, Set<TransactionId>>();
        for (const [fetch, gap] of gaps.entries()) {
          today = addDays(today, gap);
          const shown = rows.filter((row) => row.day <= today).map((row) => show(row, today, habit, fetch));
          shelf.take(pages(shown, habit, fetch), today);
          const count = (
            all: readonly { readonly amount: string; readonly counterpartyName: string | null; readonly transactionDate: Day | null }[],
          ) => all.map((row) => twins(row as TransactionFacts)).sort();
          expect(count(shelf.live)).toEqual(count(shown));
          expect(shelf.live.filter((row) => row.status === "BOOKED")).toHaveLength(shown.filter((row) => row.status === "BOOKED").length);
          const ids = idsByTwins(shelf);
          for (const [twin, known] of before)
            expect(ids.get(twin)).toSatisfy((now?: Set<TransactionId>) => now !== undefined && known.isSubsetOf(now));
          before = ids;
        }
      }),
      { numRuns: 500 },
    );
  });

  it("follows the truth's own key row by row where the bank's ids are stable", () => {
    fc.assert(
      fc.property(ledger, habits, (rows, habit) => {
        const shelf = new Shelf();
        const known = new Map<string, TransactionId>();
        for (let fetch = 0; fetch < 8; fetch++) {
          const today = addDays(START, 2 * fetch);
          const shown = rows.filter((row) => row.day <= today).map((row) => show(row, today, { ...habit, ids: "stable" }, fetch));
          for (const row of shelf.take(pages(shown, habit, fetch), today)) {
            const key = row.facts.structuredReference ?? "";
            const id = shelf.live.find((one) => one.structuredReference === key)?.id;
            expect(id).toBeDefined();
            if (known.has(key)) expect(id).toBe(known.get(key));
            if (id) known.set(key, id);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("adds nothing when the same answer comes again in any order", () => {
    fc.assert(
      fc.property(ledger, habits, (rows, habit) => {
        const shelf = new Shelf();
        const today = addDays(START, 6);
        const shown = rows.filter((row) => row.day <= today).map((row) => show(row, today, habit, 0));
        shelf.take(pages(shown, habit, 0), today);
        const before = new Map([...shelf.rows].map(([id, row]) => [id, row.revision]));
        shelf.take(pages(shown, { ...habit, shuffled: !habit.shuffled }, 1), today);
        expect([...shelf.rows.keys()]).toEqual([...before.keys()]);
      }),
      { numRuns: 300 },
    );
  });
});
