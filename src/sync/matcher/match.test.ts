import { describe, expect, it } from "vitest";
import type { Day } from "../../domain/time.ts";
import type { TransactionFacts } from "../../domain/transaction.ts";
import { amountOf, facts, named, pending, Shelf } from "./matcher.fixture.ts";

/** Takes each list as one whole answer of one page. */
function after(...answers: readonly (readonly TransactionFacts[])[]): Shelf {
  const shelf = new Shelf();
  for (const answer of answers) shelf.take([answer]);
  return shelf;
}

function statuses(shelf: Shelf): string[] {
  return shelf.live.map((row) => row.status).sort();
}

describe("a row keeps its id where the bank", () => {
  it("sends it again as it was: one row, nothing modified", () => {
    const shelf = after([named("a")], [named("a")]);
    expect(shelf.live).toMatchObject([{ revision: 1 }]);
  });

  it("changes the id when pending becomes booked", () => {
    const shelf = after([pending({ bankTransactionId: "p1" })], [named("b1", { bookingDate: "2026-09-09" })]);
    expect(shelf.live).toMatchObject([{ status: "BOOKED", bankTransactionId: "b1", revision: 2, matchedBy: "PENDING_BOOKED" }]);
    expect(shelf.live[0]?.aliases).toContainEqual({ kind: "ID", value: "p1" });
  });

  it("gives the id only after the day is closed", () => {
    expect(after([facts()], [named("late")]).live).toMatchObject([{ bankTransactionId: "late", matchedBy: "CONTENT" }]);
  });

  it("sends new ids and references on every fetch", () => {
    const shelf = after(
      [named("x1", { entryReference: "y1" })],
      [named("x2", { entryReference: "y2" })],
      [named("x3", { entryReference: "y3" })],
    );
    expect(shelf.live).toHaveLength(1);
  });

  it("rewrites texts between fetches, with ids and without", () => {
    expect(after([named("a", { counterpartyName: "SHOP 1" })], [named("a", { counterpartyName: "Shop One Ltd" })]).live).toHaveLength(1);
    expect(after([facts({ counterpartyName: "SHOP 1" })], [facts({ counterpartyName: "Shop One Ltd" })]).live).toHaveLength(1);
  });

  it("books a hold without id, later with id", () => {
    const shelf = after([pending()], [facts({ bookingDate: "2026-09-08" })], [named("b", { bookingDate: "2026-09-08" })]);
    expect(shelf.live).toMatchObject([{ status: "BOOKED", bankTransactionId: "b" }]);
  });

  it("moves the booking day by one, with the same balance after", () => {
    const balance = { balanceAfterAmount: "95.50", balanceAfterCurrency: "EUR" } as const;
    const shelf = after(
      [facts({ ...balance, counterpartyName: "A" })],
      [facts({ ...balance, counterpartyName: "B", bookingDate: "2026-09-08" })],
    );
    expect(shelf.live).toMatchObject([{ matchedBy: "BALANCE_AFTER" }]);
  });

  it("moves the booking day by two, with the same counterparty IBAN", () => {
    const iban = { counterpartyIban: "DE02120300000000202051" };
    const shelf = after([facts(iban)], [facts({ ...iban, bookingDate: "2026-09-09" })]);
    expect(shelf.live).toMatchObject([{ matchedBy: "COUNTERPARTY_IBAN" }]);
  });

  it("books a foreign card payment at a slightly other rate, and only there", () => {
    const exchanged = { exchangeAmount: "-5.00", exchangeCurrency: "USD" } as const;
    expect(after([pending(exchanged)], [facts({ ...exchanged, amount: "-4.61", bookingDate: "2026-09-09" })]).live).toHaveLength(1);
    expect(after([pending()], [facts({ amount: "-4.61", bookingDate: "2026-09-09" })]).live).toHaveLength(2);
    expect(after([pending(exchanged)], [facts({ ...exchanged, amount: "-5.61", bookingDate: "2026-09-09" })]).live).toHaveLength(2);
  });

  it("leaves out fields that it sent before", () => {
    const shelf = after([named("a", { valueDate: "2026-09-08", endToEndId: "e" })], [named("a")]);
    expect(shelf.live).toMatchObject([{ valueDate: "2026-09-08", endToEndId: "e", revision: 1 }]);
  });
});

describe("rows stay apart where the bank", () => {
  it("lists two equal rows on one day, on every later fetch too", () => {
    expect(after([facts(), facts()], [facts(), facts()], [facts(), facts(), facts()]).live).toHaveLength(3);
  });

  it("splits two equal rows over two pages", () => {
    const shelf = new Shelf();
    shelf.take([[facts()], [facts()]]);
    shelf.take([[facts()], [facts()]]);
    expect(shelf.live).toHaveLength(2);
  });

  it("reuses an id for other rows", () => {
    const first = [named("9998", { amount: "-1.00" }), named("9998", { amount: "-2.00", counterpartyName: "Other" })];
    expect(after(first, first).live).toHaveLength(2);
    expect(after([named("9998", { amount: "-1.00" })], [named("9998", { amount: "-2.00" })]).live).toHaveLength(2);
    const later = named("9998", { bookingDate: "2026-08-01" });
    expect(after([named("9998")], [later]).live).toHaveLength(2);
  });

  it("uses one id for a payment and, on another day, its reversal", () => {
    expect(after([named("a")], [named("a", { amount: "4.50", bookingDate: "2026-09-09" })]).live).toHaveLength(2);
  });

  it("numbers rows by position, and the positions move", () => {
    const row = (position: number, shop: string) => named(`2026-09-07.${position}`, { counterpartyName: shop });
    const shelf = after([row(1, "A"), row(2, "B")], [row(1, "New"), row(2, "A"), row(3, "B")]);
    expect(shelf.live.map((one) => one.counterpartyName).sort()).toEqual(["A", "B", "New"]);
    expect(
      shelf.live
        .filter((one) => one.firstSeenAt === 2)
        .map((one) => one.counterpartyName)
        .sort(),
    ).toEqual(["A", "B"]);
  });

  it("names different counterparty accounts for one amount and day", () => {
    const to = (counterpartyIban: string) => facts({ counterpartyIban, counterpartyName: null, description: "Transfer" });
    expect(after([to("DE02120300000000202051")], [to("DE02500105170137075030")]).live).toHaveLength(2);
  });
});

describe("the bank's names", () => {
  const byId = (shelf: Shelf) => new Map(shelf.live.map((row) => [row.entryReference ?? row.bankTransactionId, row.id]));

  it("tell rows apart that nothing else does, references before ids", () => {
    const row = (entryReference: string, bankTransactionId: string | null, shop: string) =>
      facts({ entryReference, bankTransactionId, counterpartyName: shop });
    const rewritten = after([row("r1", null, "A"), row("r2", null, "B")]);
    const before = byId(rewritten);
    rewritten.take([[row("r2", null, "X"), row("r1", null, "Y")]]);
    expect(byId(rewritten)).toEqual(before);
    const named = after([row("r1", "i1", "A"), row("r2", "i2", "A")]);
    const first = byId(named);
    named.take([[row("r2", "i1", "A"), row("r1", "i2", "A")]]);
    expect(byId(named)).toEqual(first);
    expect(named.live.map((one) => one.matchedBy)).toEqual(["ENTRY_REFERENCE", "ENTRY_REFERENCE"]);
  });

  it("carry a row to another day and another wording, where the answer is whole", () => {
    const shelf = after([named("abc")], [named("abc", { bookingDate: "2026-09-09", counterpartyName: "Coffee Bar Ltd" })]);
    expect(shelf.live).toMatchObject([{ bookingDate: "2026-09-09", matchedBy: "BANK_ID" }]);
  });

  it("do not carry a row where they are places in a list, or the other name says no", () => {
    for (const place of ["1", "2026-09-04.5", "20260904-0012"]) {
      expect(after([named(place, { bookingDate: "2026-09-04" })], [named(place)]).live).toHaveLength(2);
    }
    const two = after([named("abc", { entryReference: "r1", bookingDate: "2026-09-04" })], [named("abc", { entryReference: "r2" })]);
    expect(two.live).toHaveLength(2);
  });

  it("do not carry a row from a day that was not asked for", () => {
    const shelf = after([named("abc", { bookingDate: "2026-09-01" })]);
    shelf.take([[named("abc")]], "2026-09-10", "2026-09-05");
    expect(shelf.live).toHaveLength(2);
  });

  it("do not carry a row that a later page shows where it was", () => {
    const shelf = after([named("abc")]);
    const [first] = shelf.live;
    shelf.take([[named("abc", { bookingDate: "2026-09-09" })], [named("abc")]]);
    expect(shelf.live.find((row) => row.bookingDate === "2026-09-07")?.id).toBe(first?.id);
    expect(shelf.live).toHaveLength(2);
  });

  it("say nothing where several stored rows carry one", () => {
    const row = (bookingDate: Day) => named("x9998", { bookingDate });
    expect(after([row("2026-09-03"), row("2026-09-05")], [row("2026-09-07")]).live).toHaveLength(3);
  });
});

describe("one answer that holds a row twice", () => {
  const balance = (balanceAfterAmount: "95.50" | "91.00" | "100.00") => ({ balanceAfterAmount, balanceAfterCurrency: "EUR" }) as const;

  it("is one row under two references with equal balances after, else two", () => {
    const other = facts({ amount: "-9.00", counterpartyName: "X", ...balance("100.00") });
    expect(after([named("a", balance("95.50")), named("b", balance("95.50")), other]).live).toHaveLength(2);
    expect(after([named("a", balance("95.50")), named("b", balance("91.00")), other]).live).toHaveLength(3);
  });

  it("is two rows where a payment back on the same day explains the equal balance", () => {
    const back = facts({ amount: "4.50", counterpartyName: "Refund", ...balance("100.00") });
    expect(after([named("a", balance("95.50")), back, named("b", balance("95.50"))]).live).toHaveLength(3);
  });

  it("is one row where the pages overlap, on the first fetch and on later ones", () => {
    const rows = ["a", "b", "c"].map((id, i) => named(id, { amount: amountOf(-100 * (i + 1)) }));
    const shelf = new Shelf();
    const pages = [rows.slice(0, 2), rows.slice(1)];
    shelf.take(pages);
    shelf.take(pages);
    expect(shelf.live).toHaveLength(3);
  });
});

describe("a pending row", () => {
  it("that is sent again after booking finds the booked row and adds nothing", () => {
    const booked = facts({ bookingDate: "2026-09-09" });
    const shelf = after([pending()], [booked], [booked, pending()], [pending()]);
    expect(shelf.live).toMatchObject([{ status: "BOOKED", revision: 2 }]);
  });

  it("that is sent in the very answer that books it adds nothing", () => {
    const shelf = after(
      [pending({ bankTransactionId: "p" })],
      [named("p", { bookingDate: "2026-09-09" }), pending({ bankTransactionId: "p" })],
    );
    expect(statuses(shelf)).toEqual(["BOOKED"]);
    expect(statuses(after([named("n"), pending({ bankTransactionId: "n" })]))).toEqual(["BOOKED"]);
  });

  it("that is listed without its name beside the booked row of that name adds nothing, on one page and over two", () => {
    const [booked, stale] = [named("p", { bookingDate: "2026-09-09" }), pending()];
    expect(statuses(after([pending({ bankTransactionId: "p" })], [booked, stale], [booked, stale]))).toEqual(["BOOKED"]);
    const shelf = after([pending({ bankTransactionId: "p" })]);
    shelf.take([[stale], [booked]]);
    expect(statuses(shelf)).toEqual(["BOOKED"]);
  });

  it("that shares a used-again name with a booked row of another purchase on its page is a row of its own", () => {
    const bought = (day: Day) => ({ bankTransactionId: "x9998", transactionDate: day });
    const page = [facts({ ...bought("2026-09-04"), bookingDate: "2026-09-04" }), pending(bought("2026-09-07"))];
    expect(statuses(after(page, page))).toEqual(["BOOKED", "PENDING"]);
  });

  it("under the number that a booked row had in the list before is not that row's stale form", () => {
    const coffee = (place: string, more: object) =>
      named(place, { entryReference: null, transactionDate: "2026-09-04", bookingDate: "2026-09-04", ...more });
    const fresh = pending({ bankTransactionId: "1", transactionDate: "2026-09-07" });
    expect(statuses(after([coffee("1", {})], [fresh, coffee("2", {})]))).toEqual(["BOOKED", "PENDING"]);
  });

  it("of a second equal purchase is a row of its own", () => {
    const shelf = after([pending()], [facts({ bookingDate: "2026-09-09" })], [facts({ bookingDate: "2026-09-09" }), pending(), pending()]);
    expect(statuses(shelf)).toEqual(["BOOKED", "PENDING"]);
  });

  it("that the bank never dates is met again on a later day", () => {
    const undated = pending({ transactionDate: null });
    const shelf = new Shelf();
    shelf.take([[undated]], "2026-09-08");
    shelf.take([[undated]], "2026-09-10");
    expect(shelf.live).toMatchObject([{ date: "2026-09-08" }]);
  });

  it("is not booked by a row of six days later, of another IBAN, or of an earlier day", () => {
    const iban = { counterpartyIban: "DE02120300000000202051" };
    expect(after([pending()], [facts({ bookingDate: "2026-09-13" })]).live).toHaveLength(2);
    expect(after([pending(iban)], [facts({ counterpartyIban: "DE02500105170137075030", bookingDate: "2026-09-08" })]).live).toHaveLength(2);
    expect(after([pending()], [facts({ bookingDate: "2026-09-05" })]).live).toHaveLength(2);
  });

  it("books the right one of two that differ in their shop only", () => {
    const [a, b] = [pending({ counterpartyName: "A" }), pending({ counterpartyName: "B" })];
    const shelf = after([a, b], [facts({ counterpartyName: "B", bookingDate: "2026-09-08" }), a]);
    expect(shelf.live.map((row) => [row.counterpartyName, row.status])).toEqual([
      ["A", "PENDING"],
      ["B", "BOOKED"],
    ]);
  });
});

describe("a voided row", () => {
  it("that is back lives again under its id", () => {
    const shelf = after([named("a")]);
    const [row] = shelf.live;
    if (!row) throw new Error("no row");
    shelf.rows.set(row.id, { ...row, status: "VOIDED", voidReason: "DROPPED_BY_BANK" });
    shelf.take([[named("a")]]);
    expect(shelf.live).toMatchObject([{ id: row.id, status: "BOOKED", voidReason: null, revision: 2 }]);
  });
});
