import fc from "fast-check";
import type { TransactionsRequest, TransactionPage } from "../../../src/connectors/connector.ts";
import { addDays, type Day } from "../../../src/domain/time.ts";
import type { TransactionFacts } from "../../../src/domain/transaction.ts";
import { amountOf, facts } from "../../../src/sync/matcher/matcher.fixture.ts";
import { page } from "../../../src/sync/scripted-bank.fixture.ts";

/** A purchase in the bank's books. Days, amounts and shops are few on purpose: equal rows are common. */
export interface Purchase {
  /** The truth's own name; travels in `structuredReference`, which no pass looks at. */
  readonly key: string;
  /** Days from the day of the first fetch. */
  readonly day: number;
  readonly cents: number;
  readonly shop: string;
  /** Days from purchase to booking. */
  readonly delay: number;
  readonly shownPending: boolean;
}

const NAMES = [
  "stable",
  "missing",
  "random",
  "after the day",
  "changed at booking",
  "for some",
  "one for half",
  "by position",
  "by position and day",
] as const;

/** How the bank shows its books. */
export interface Habits {
  readonly ids: (typeof NAMES)[number];
  readonly references: (typeof NAMES)[number];
  readonly rewritesTexts: boolean;
  readonly printsBalances: boolean;
  readonly resendsStalePending: boolean;
  readonly order: "newest" | "oldest" | "shuffled";
  readonly pageSize: number;
  /** On this fetch the answer lacks this row (an index into what the hub has seen booked). */
  readonly omits: { readonly fetch: number; readonly row: number } | null;
}

export interface Fetch {
  /** Days since the fetch before. */
  readonly gap: number;
  /** The process dies after so many commits of the update, before or after its next one is stored; each time anew. */
  readonly crashes: readonly { readonly commits: number; readonly stored: boolean }[];
}

export interface History {
  readonly purchases: readonly Purchase[];
  readonly habits: Habits;
  readonly fetches: readonly Fetch[];
}

const purchase = fc.record({
  day: fc.integer({ min: -40, max: 14 }),
  cents: fc.constantFrom(-450, -450, -1200, -99, 5000),
  shop: fc.constantFrom("Coffee Bar", "Kiosk", "Market 12"),
  delay: fc.integer({ min: 0, max: 4 }),
  shownPending: fc.boolean(),
});

const habits: fc.Arbitrary<Habits> = fc.record({
  ids: fc.constantFrom(...NAMES),
  references: fc.constantFrom(...NAMES),
  rewritesTexts: fc.boolean(),
  printsBalances: fc.boolean(),
  resendsStalePending: fc.boolean(),
  order: fc.constantFrom("newest", "oldest", "shuffled"),
  pageSize: fc.constantFrom(1, 3, 7, 100),
  omits: fc.option(fc.record({ fetch: fc.integer({ min: 1, max: 5 }), row: fc.nat(30) })),
});

const fetches = fc.array(
  fc.record({
    gap: fc.integer({ min: 0, max: 3 }),
    crashes: fc.array(fc.record({ commits: fc.integer({ min: 0, max: 14 }), stored: fc.boolean() }), { maxLength: 3 }),
  }),
  { minLength: 2, maxLength: 6 },
);

export const history: fc.Arbitrary<History> = fc.record({
  purchases: fc.array(purchase, { maxLength: 25 }).map((rows) => rows.map((row, i): Purchase => ({ ...row, key: `t${String(i)}` }))),
  habits,
  fetches,
});

/** The bank of a history: answers as its habits are, and freezes an answer while it is paged. */
export class HistoryBank {
  readonly #history: History;
  readonly #start: Day;
  readonly #answers: TransactionFacts[][] = [];
  readonly #bookedSeen = new Set<string>();
  /** By key: the last fetch that showed the row pending. */
  readonly #pendingSeen = new Map<string, number>();
  fetch = 0;
  today: Day;

  constructor(history: History, start: Day) {
    this.#history = history;
    this.#start = start;
    this.today = start;
  }

  /** What the bank's books hold today, as far as it ever shows it. */
  shown(): readonly Purchase[] {
    return this.#history.purchases.filter((row) => (row.shownPending ? this.#bought(row) : this.#booked(row)) <= this.today);
  }

  isBooked(row: Purchase): boolean {
    return this.#booked(row) <= this.today;
  }

  serve({ from, to, cursor }: TransactionsRequest): TransactionPage {
    const { pageSize } = this.#history.habits;
    const [answer, offset] = cursor === null ? [this.#answer(from, to), 0] : (cursor.split(":").map(Number) as [number, number]);
    const rows = this.#answers[answer] ?? [];
    const end = offset + pageSize;
    return page(rows.slice(offset, end), { next: end < rows.length ? `${String(answer)}:${String(end)}` : null });
  }

  /** The hub has stored the whole answer: what it has seen pending and then booked may be sent again as pending. */
  ended(): void {
    for (const row of this.shown()) {
      if (this.isBooked(row)) this.#bookedSeen.add(row.key);
      else this.#pendingSeen.set(row.key, this.fetch);
    }
  }

  #answer(from: Day | null, to: Day | null): number {
    const { habits } = this.#history;
    const day = (row: TransactionFacts): Day => row.bookingDate ?? row.transactionDate ?? this.today;
    const all = this.shown();
    const met = all.filter((row) => this.#bookedSeen.has(row.key));
    const omitted = habits.omits?.fetch === this.fetch ? met[habits.omits.row % Math.max(1, met.length)] : undefined;
    const rows = all.filter((row) => row !== omitted).map((row) => this.#facts(row, this.isBooked(row)));
    if (habits.resendsStalePending) {
      for (const row of all) {
        const fresh = this.#booked(row) >= addDays(this.today, -4);
        const lastPending = this.#pendingSeen.get(row.key);
        // An old record, with the text it had.
        if (fresh && lastPending !== undefined && this.#bookedSeen.has(row.key)) rows.push(this.#facts(row, false, lastPending));
      }
    }
    const asked = rows.filter((row) => (from === null || day(row) >= from) && (to === null || day(row) <= to));
    const sorted = asked.sort((a, b) => (habits.order === "newest" ? day(b).localeCompare(day(a)) : day(a).localeCompare(day(b))));
    if (habits.order === "shuffled") sorted.sort((a, b) => mix(a, this.fetch) - mix(b, this.fetch));
    // Banks put all pending rows on the first pages.
    const listed = [...sorted.filter((row) => row.status === "PENDING"), ...sorted.filter((row) => row.status === "BOOKED")];
    return this.#answers.push(listed.map((row, i) => this.#named(row, i))) - 1;
  }

  #facts(row: Purchase, booked: boolean, fetch = this.fetch): TransactionFacts {
    const { habits } = this.#history;
    const shop = habits.rewritesTexts && fetch % 2 === 1 ? `${row.shop.toUpperCase()} ${String(fetch)}` : row.shop;
    const balance = habits.printsBalances && booked ? this.#balanceAfter(row) : null;
    return facts({
      status: booked ? "BOOKED" : "PENDING",
      amount: amountOf(row.cents),
      bookingDate: booked ? this.#booked(row) : null,
      transactionDate: this.#bought(row),
      counterpartyName: shop,
      description: shop,
      structuredReference: row.key,
      balanceAfterAmount: balance === null ? null : amountOf(balance),
      balanceAfterCurrency: balance === null ? null : "EUR",
    });
  }

  /** Running in booking order, as of the last booking known today: later bookings of earlier purchases come after. */
  #balanceAfter(row: Purchase): number {
    const order = (one: Purchase): string => `${this.#booked(one)} ${one.key.padStart(4, "0")}`;
    const before = this.#history.purchases.filter((one) => order(one) <= order(row));
    return before.reduce((sum, one) => sum + one.cents, 1_000_000);
  }

  #named(row: TransactionFacts, index: number): TransactionFacts {
    const { ids, references } = this.#history.habits;
    const name = (habit: Habits["ids"], prefix: string): string | null => {
      const key = `${prefix}${row.structuredReference ?? ""}`;
      switch (habit) {
        case "stable":
          return key;
        case "missing":
          return null;
        case "random":
          return `${key}-${String(this.fetch)}-${String(index)}`;
        case "after the day":
          return row.bookingDate !== null && row.bookingDate < this.today ? key : null;
        case "changed at booking":
          return `${row.status}-${key}`;
        case "for some":
          return Number(row.structuredReference?.slice(1)) % 2 === 0 ? key : null;
        case "one for half":
          return this.#sharesName(row.structuredReference ?? "") ? `${prefix}9998` : key;
        case "by position":
          return String(index + 1);
        case "by position and day":
          return row.bookingDate === null ? null : `${row.bookingDate}.${String(index + 1)}`;
      }
    };
    return { ...row, bankTransactionId: name(ids, "i-"), entryReference: row.status === "PENDING" ? null : name(references, "r-") };
  }

  /**
   * Half of the rows share a name, but never two equal ones: a row sent twice under one name with one content is what pages that
   * overlap look like, and nobody could tell the two apart. The hub takes them for one row.
   */
  #sharesName(key: string): boolean {
    const odd = this.#history.purchases.filter((row) => Number(row.key.slice(1)) % 2 === 1);
    const mine = odd.find((row) => row.key === key);
    const alike = odd.find((row) => row.day === mine?.day && row.cents === mine.cents && row.shop === mine.shop);
    return mine !== undefined && alike === mine;
  }

  #bought(row: Purchase): Day {
    return addDays(this.#start, row.day);
  }

  #booked(row: Purchase): Day {
    return addDays(this.#start, row.day + row.delay);
  }
}

/** An order that differs from fetch to fetch and is the same at every run. */
function mix(row: TransactionFacts, fetch: number): number {
  let hash = fetch + 1;
  for (const char of row.structuredReference ?? "") hash = Math.imul(hash ^ char.charCodeAt(0), 2654435761) >>> 0;
  return hash;
}
