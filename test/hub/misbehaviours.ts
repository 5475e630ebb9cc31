import type { UserJson } from "../../src/sandbox/ledger/from-json.ts";
import type { Json, Passing, Spoiled } from "./spoiling-proxy.ts";

/** What the hub should hold: one row of the ledger as a client sees it. */
export interface Expected {
  /** The ledger's own key; null for rows that nobody can tell apart. */
  readonly key: string | null;
  readonly status: string;
  readonly amount: string;
  readonly currency: string;
  readonly bookingDate: string | null;
}

type AccountJson = UserJson["accounts"][number];
type RowJson = NonNullable<AccountJson["transactions"]>[number];

export interface Scenario {
  /** The row of the table in engine.md section 3. */
  readonly bank: string;
  /** Days after the first one; an update runs on each. @default 3 */
  readonly days?: number;
  /** @default one account with {@link STORY} */
  readonly accounts?: (start: Start) => AccountJson[];
  readonly profile?: Json;
  /** Rows keep `balanceAfterTransaction`. @default false: without it, matching is harder */
  readonly balances?: boolean;
  /** Changes one answer that holds rows. */
  readonly rows?: (rows: WireRows, passing: Passing) => Spoiled | void;
  /** Changes any answer. */
  readonly answer?: (passing: Passing) => Spoiled | void;
  /** Changes what the bank is asked for transactions. */
  readonly ask?: (url: URL) => void;
  /** Ids of pending ledger rows that are released before the update of a day. */
  readonly cancel?: Readonly<Record<number, readonly string[]>>;
  /** How the update of a day ends. @default COMPLETED */
  readonly status?: Readonly<Record<number, string>>;
  /** Days on which rows may still be missing (never doubled, never wrong). */
  readonly partial?: readonly number[];
  /** The truth as this bank lets anybody see it. */
  readonly seen?: (rows: readonly Expected[], day: number, start: Start) => readonly Expected[];
}

export interface WireRows {
  readonly booked: Json[];
  readonly pending: Json[];
  readonly all: readonly Json[];
}

/** Midnight at the beginning of the first day. */
export interface Start {
  /** The day so many days later, YYYY-MM-DD. */
  day(offset: number): string;
  /** An instant on that day, just after midnight UTC: later days begin with it. */
  at(offset: number): string;
}

export function startAt(now: number): Start {
  const midnight = Math.floor(now / 86_400_000) * 86_400_000;
  const instant = (offset: number): string => new Date(midnight + offset * 86_400_000 + 30_000).toISOString();
  return { day: (offset) => instant(offset).slice(0, 10), at: instant };
}

const IBAN = "DE89370400440532013000";

function row(start: Start, id: string, amount: string, entered: number, more: Partial<RowJson> & { books?: number } = {}): RowJson {
  const { books = entered, ...rest } = more;
  return {
    id,
    amount,
    enteredAt: start.at(entered),
    bookedAt: start.at(books),
    valueDate: start.day(entered),
    party: { name: `Shop ${id}` },
    remittance: [`Purchase at ${id}`],
    endToEndId: `E-${id}`,
    ...rest,
  };
}

/** Booked rows old and new, holds that book on the first and second day, rows that come each day. */
export function story(start: Start): RowJson[] {
  const past = Array.from({ length: 9 }, (_, i) => row(start, `past${String(i)}`, `-${String(10 + i)}.5${String(i)}`, -2 * i - 1));
  return [
    ...past,
    row(start, "ancient", "-99.00", -100),
    row(start, "salary", "2500.00", -6, { party: { name: "Employer", iban: IBAN } }),
    row(start, "hold1", "-33.10", -1, { books: 1 }),
    row(start, "hold2", "-44.20", 0, { books: 2 }),
    row(start, "new1", "-5.01", 1),
    row(start, "new2", "-6.02", 2),
    row(start, "new3", "-7.03", 3),
  ];
}

function account(start: Start, more: Partial<AccountJson> = {}): AccountJson {
  return { id: `acc-${crypto.randomUUID()}`, iban: "DE02120300000000202051", opening: "1000.00", transactions: story(start), ...more };
}

/** A row whose e2e id cannot give it away. */
function twin(start: Start, id: string, amount: string, day: number, more: Partial<RowJson> = {}): RowJson {
  const { endToEndId: _key, ...rest } = row(start, id, amount, day);
  return { ...rest, party: { name: "Coffee Bar" }, remittance: ["Coffee"], ...more };
}

const named = (rows: WireRows, name: (wire: Json, booked: boolean) => unknown): void => {
  for (const wire of rows.all) wire["transactionId"] = name(wire, rows.booked.includes(wire));
};

const key = (wire: Json): string => String(wire["endToEndId"] ?? wire["transactionId"]);
const amountOf = (wire: Json): Json => wire["transactionAmount"] as Json;
const refused = (status: number, code: string, text = ""): Spoiled => ({
  status,
  text: JSON.stringify({ tppMessages: [{ category: "ERROR", code, text }] }),
});
const linksOf = (passing: Passing): Json => (passing.body["transactions"] as Json)["_links"] as Json;
const bookedOnly = (rows: readonly Expected[]): readonly Expected[] => rows.filter((one) => one.status === "BOOKED");
let random = 0;

export const SCENARIOS: readonly Scenario[] = [
  { bank: "behaves" },
  {
    bank: "changes the id when pending becomes booked",
    rows: (rows) => named(rows, (wire, booked) => `${booked ? "B" : "P"}-${key(wire)}`),
  },
  {
    bank: "gives the id only after the day is closed",
    rows: (rows, { day }) => {
      const newest = rows.booked
        .map((wire) => String(wire["bookingDate"]))
        .sort()
        .at(-1);
      for (const wire of rows.all) {
        if (wire["bookingDate"] !== undefined && wire["bookingDate"] !== newest) continue;
        if (day >= 0) delete wire["transactionId"];
        delete wire["entryReference"];
      }
    },
  },
  {
    bank: "numbers rows by position, first null",
    rows: (rows, { day }) => {
      named(rows, (wire, booked) => (day === 0 || !booked ? null : `${String(wire["bookingDate"])}.${String(rows.booked.indexOf(wire))}`));
      for (const wire of rows.all) delete wire["entryReference"];
    },
  },
  {
    bank: "numbers rows of a list 1, 2, 3",
    rows: (rows) => {
      named(rows, (wire) => String(rows.all.indexOf(wire) + 1));
      for (const wire of rows.all) delete wire["entryReference"];
    },
  },
  {
    bank: "sends new ids and references on every fetch",
    rows: (rows) => {
      named(rows, () => `x${String(random++)}`);
      for (const wire of rows.booked) wire["entryReference"] = `r${String(random++)}`;
    },
  },
  {
    bank: "reuses an id for other rows",
    rows: (rows) => {
      named(rows, (wire) => (rows.all.indexOf(wire) % 2 === 0 ? "9998" : key(wire)));
      for (const wire of rows.all) delete wire["entryReference"];
    },
  },
  {
    bank: "sends placeholders",
    rows: (rows) => {
      named(rows, (wire) => ["NOTPROVIDED", " ", ""][rows.all.indexOf(wire) % 3]);
      for (const wire of rows.all) wire["entryReference"] = "NOTPROVIDED";
    },
  },
  {
    bank: "uses one id in two accounts",
    accounts: (start) => [account(start), account(start, { iban: "DE02500105170137075030" })],
    rows: (rows) => {
      named(rows, key);
      for (const wire of rows.booked) wire["entryReference"] = `REF-${key(wire)}`;
    },
  },
  {
    bank: "lists two equal rows on one day",
    accounts: (start) => [
      account(start, {
        transactions: [...story(start), ...[-2, -2, 1, 1, 2].map((day, i) => twin(start, `coffee${String(i)}`, "-4.50", day))],
      }),
    ],
    rows: (rows) => {
      for (const wire of rows.all) {
        delete wire["transactionId"];
        delete wire["entryReference"];
      }
    },
  },
  {
    bank: "delivers one row twice in one answer under two references, balances equal",
    balances: true,
    rows: (rows) => {
      const [first] = rows.booked;
      if (first) rows.booked.push({ ...first, entryReference: `${String(first["entryReference"])}-X`, transactionId: `${key(first)}-X` });
    },
  },
  {
    bank: "delivers two equal rows with balances that differ",
    balances: true,
    accounts: (start) => [
      account(start, { transactions: [...story(start), twin(start, "c1", "-4.50", -1), twin(start, "c2", "-4.50", -1)] }),
    ],
  },
  {
    bank: "rewrites texts between fetches",
    rows: (rows, { day }) => {
      for (const wire of rows.all) {
        for (const field of ["creditorName", "debtorName", "remittanceInformationUnstructured"]) {
          if (typeof wire[field] === "string") wire[field] = day % 2 === 0 ? wire[field] : `${wire[field].toUpperCase()} /${String(day)}`;
        }
        delete wire["transactionId"];
        delete wire["entryReference"];
      }
    },
  },
  {
    bank: "books a hold without id, later with id",
    rows: (rows, { day }) => {
      for (const wire of rows.all) delete wire["entryReference"];
      named(rows, (wire, booked) => (booked && day >= 3 ? key(wire) : undefined));
    },
  },
  {
    bank: "never books a pending",
    days: 10,
    accounts: (start) => [account(start, { transactions: [...story(start), row(start, "never", "-77.70", 0, { books: 30 })] })],
    cancel: { 3: ["never"] },
    seen: (rows, day, start) => {
      const status = day >= 7 ? "VOIDED" : "PENDING";
      const gone = { key: "never", status, amount: "-77.70", currency: "EUR", bookingDate: null };
      void start;
      return day >= 3 ? [...rows, gone] : rows;
    },
  },
  {
    bank: "re-sends a stale pending after booking",
    rows: (rows, { query, day }) => {
      if (query.get("bookingStatus") === "booked" || query.has("page") || day < 1) return;
      for (const wire of rows.booked.filter((one) => /hold/.test(key(one)))) {
        const { bookingDate: _date, entryReference: _reference, ...pending } = wire;
        rows.pending.push({ ...pending, transactionId: undefined });
      }
    },
  },
  {
    bank: "omits rows in one answer",
    rows: (rows, { day }) => {
      if (day === 1) rows.booked.splice(0, rows.booked.length, ...rows.booked.filter((wire) => key(wire) !== "E-past1"));
    },
  },
  {
    bank: "omits a row for days and has it back",
    days: 4,
    rows: (rows, { day }) => {
      if (day === 1 || day === 2) rows.booked.splice(0, rows.booked.length, ...rows.booked.filter((wire) => key(wire) !== "E-past1"));
    },
    seen: (rows, day) => rows.map((one) => (one.key === "past1" && day === 2 ? { ...one, status: "VOIDED" } : one)),
  },
  {
    bank: "pages in a circle",
    answer: (passing) => {
      if (passing.list !== "transactions" || passing.day !== 1 || linksOf(passing)["next"] !== undefined) return;
      const query = new URLSearchParams(passing.query);
      query.delete("page");
      const self = (linksOf(passing)["account"] as Json)["href"];
      linksOf(passing)["next"] = { href: `${String(self)}/transactions?${query.toString()}` };
    },
    status: { 1: "PARTIALLY_COMPLETED" },
  },
  {
    bank: "repeats a page key",
    answer: (passing) => {
      if (passing.list !== "transactions" || passing.day !== 1 || !passing.query.has("page")) return;
      const self = (linksOf(passing)["account"] as Json)["href"];
      linksOf(passing)["next"] = { href: `${String(self)}/transactions?${passing.query.toString()}` };
    },
    accounts: (start) => [
      account(start, {
        transactions: [...story(start), ...Array.from({ length: 10 }, (_, i) => row(start, `many${String(i)}`, `-0.${String(10 + i)}`, 0))],
      }),
    ],
    status: { 1: "PARTIALLY_COMPLETED" },
    partial: [1],
  },
  {
    bank: "ignores the date filter",
    ask: (url) => {
      url.searchParams.set("dateFrom", "2000-01-01");
      url.searchParams.delete("dateTo");
    },
    status: { 0: "PARTIALLY_COMPLETED" },
  },
  {
    bank: "answers with an empty page and a next link",
    rows: (rows, passing) => {
      if (passing.query.has("again") || passing.query.has("page") || passing.fetch !== 1 || passing.day === 0) return;
      rows.booked.length = 0;
      rows.pending.length = 0;
      const query = new URLSearchParams(passing.query);
      query.set("again", "1");
      const self = (linksOf(passing)["account"] as Json)["href"];
      linksOf(passing)["next"] = { href: `${String(self)}/transactions?${query.toString()}` };
    },
  },
  {
    bank: "refuses the pending filter",
    answer: ({ list, query }) => {
      return list === "transactions" && query.get("bookingStatus") !== "booked" ? refused(400, "PARAMETER_NOT_SUPPORTED") : undefined;
    },
    seen: bookedOnly,
  },
  {
    bank: "sends currency XXX for the account",
    answer: ({ list, body }) => {
      if (list === "accounts") for (const one of (body["accounts"] ?? []) as Json[]) one["currency"] = "XXX";
    },
  },
  {
    bank: "serves one IBAN in several currencies",
    accounts: (start) => [
      account(start),
      account(start, { currency: "USD", transactions: [row(start, "usd0", "-1.25", -1), row(start, "usd1", "-2.25", 1)] }),
    ],
  },
  {
    bank: "sends commas, plus signs and spaces in amounts",
    rows: (rows) => {
      for (const [i, wire] of rows.all.entries()) {
        const amount = String(amountOf(wire)["amount"]);
        const positive = amount.startsWith("-") ? amount : `+${amount}`;
        amountOf(wire)["amount"] = [amount.replace(".", ","), positive, ` ${amount} `, `${amount}0`, Number(amount)][i % 5];
      }
    },
  },
  {
    bank: "sends amounts with decimals that the currency has not",
    rows: (rows) => {
      for (const wire of rows.all) if (key(wire) === "E-past2") amountOf(wire)["amount"] = "-14.525";
    },
    seen: (rows) => rows.map((one) => (one.key === "past2" ? { ...one, amount: "-14.525" } : one)),
  },
  {
    bank: "swaps the credit/debit sign",
    profile: { amounts: { signRule: "inverted" } },
    rows: (rows) => {
      for (const wire of rows.all) {
        const amount = String(amountOf(wire)["amount"]);
        amountOf(wire)["amount"] = amount.startsWith("-") ? amount.slice(1) : `-${amount}`;
      }
    },
  },
  {
    bank: "omits the credit/debit sign",
    profile: { amounts: { signRule: "counterparty" } },
    rows: (rows) => {
      for (const wire of rows.all) amountOf(wire)["amount"] = String(amountOf(wire)["amount"]).replace("-", "");
    },
  },
  {
    bank: "sends only an instant",
    rows: (rows) => {
      // 23:30 UTC of the day before is this day in Berlin, in winter and in summer.
      for (const wire of rows.booked) {
        const before = new Date(Date.parse(String(wire["bookingDate"])) - 30 * 60_000);
        wire["bookingDate"] = before.toISOString();
      }
    },
  },
  {
    bank: "sends future dates, value before booking, none at all",
    rows: (rows) => {
      for (const wire of rows.all) {
        if (key(wire) === "E-past3") wire["valueDate"] = "2099-01-01";
        if (key(wire) === "E-past4") wire["valueDate"] = "2001-01-01";
        if (key(wire) === "E-new1" || /hold/.test(key(wire))) {
          delete wire["bookingDate"];
          delete wire["valueDate"];
        }
      }
    },
    seen: (rows) => rows.map((one) => (one.key === "new1" || /hold/.test(one.key ?? "") ? { ...one, bookingDate: null } : one)),
  },
  {
    bank: "answers with an error page, truncated JSON, 204, a wrong content type",
    days: 5,
    answer: ({ list, day, body }) => {
      if (list !== "transactions") return undefined;
      const answers: Readonly<Record<number, Spoiled>> = {
        1: { type: "text/html", text: "<html>Wartung</html>" },
        2: { text: JSON.stringify(body).slice(0, 200) },
        3: { status: 204, text: "" },
        4: { type: "text/plain", text: "OK" },
      };
      return answers[day];
    },
    status: { 1: "PARTIALLY_COMPLETED", 2: "PARTIALLY_COMPLETED", 3: "PARTIALLY_COMPLETED", 4: "PARTIALLY_COMPLETED" },
    partial: [1, 2, 3, 4],
  },
  {
    bank: "says the quota is spent in its own words",
    days: 5,
    answer: ({ list, day }) => {
      if (list !== "transactions") return undefined;
      const answers: Readonly<Record<number, Spoiled>> = {
        1: refused(429, "ACCESS_EXCEEDED"),
        2: refused(400, "HUB046"),
        3: { status: 429, type: "text/plain", text: "slow down" },
        4: refused(400, "ODD", "The consented multiplicity of accesses is exceeded"),
      };
      return answers[day];
    },
    status: { 1: "WAITING", 2: "WAITING", 3: "WAITING", 4: "WAITING" },
    partial: [1, 2, 3, 4],
  },
  {
    bank: "ends tokens early",
    answer: ({ list, fetch }) => (list === "balances" && fetch === 0 && random++ % 2 === 0 ? refused(401, "TOKEN_EXPIRED") : undefined),
  },
  {
    bank: "serves 90 days outside the first minutes",
    answer: ({ list, query }) => {
      const from = query.get("dateFrom") ?? "";
      const least = new Date(Date.now() - 91 * 86_400_000).toISOString().slice(0, 10);
      return list === "transactions" && from < least ? refused(400, "PERIOD_INVALID") : undefined;
    },
    seen: (rows) => rows.filter((one) => one.key !== "ancient"),
  },
];
