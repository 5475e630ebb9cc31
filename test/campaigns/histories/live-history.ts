import { deepStrictEqual } from "node:assert";
import type { TransactionId } from "../../../src/domain/ids.ts";
import { addDays, DAY, MINUTE } from "../../../src/domain/time.ts";
import type { Transaction } from "../../../src/domain/transaction.ts";
import type { Update } from "../../../src/domain/update.ts";
import type { Store } from "../../../src/store/store.ts";
import { runUpdate } from "../../../src/sync/engine.ts";
import { TODAY } from "../../../src/sync/scripted-bank.fixture.ts";
import { startWorldOn, type World } from "../../../src/sync/sync.fixture.ts";
import { HistoryBank, type History, type Purchase } from "./history.ts";

/** What a client sees of a row. */
type Visible = Omit<Transaction, "aliases" | "matchedBy" | "missedFetches" | "missedOn">;

/**
 * Lives a history on a store: an update on each fetch day, with the process dying where the history says, and after each update
 * what engine.md promises: COMPLETED is true, nothing is lost, nothing doubled, no id changes, the change log replayed onto an
 * empty map is what a query answers. Throws an AssertionError that says what does not hold.
 */
export async function liveHistory(store: Store, history: History): Promise<{ readonly updates: number; readonly crashes: number }> {
  await using world = await startWorldOn(store, { scopes: ["ACCOUNTS", "TRANSACTIONS"], bank: { unattendedCallsPerDay: 1_000 } });
  const bank = new HistoryBank(history, TODAY);
  world.bank.serve = (request) => bank.serve(request);
  const replayed = new Map<TransactionId, Visible>();
  const known = new Map<string, ReadonlySet<TransactionId>>();
  let cursor = 0;
  let crashes = 0;
  for (const [i, { gap, crashes: planned }] of history.fetches.entries()) {
    bank.fetch = i;
    bank.today = addDays(bank.today, gap);
    world.advance(gap * DAY);
    const update = await world.ask();
    for (const crash of planned) if (await dies(world, update, crash)) crashes++;
    const ended = await world.run(update);
    deepStrictEqual([i, ended.status], [i, "COMPLETED"]);
    bank.ended();
    const rows = (await world.transactions()).filter((row) => row.status !== "VOIDED");
    deepStrictEqual(
      [i, rows.map(classOfRow).sort()],
      [
        i,
        bank
          .shown()
          .map((row) => classOf(row, bank.isBooked(row)))
          .sort(),
      ],
    );
    keepsIds(known, rows);
    cursor = await replay(world, replayed, cursor);
    deepStrictEqual(new Map(rows.map((row) => [row.id, visible(row)])), replayed);
    await countersAreTrue(world, ended);
  }
  return { updates: history.fetches.length, crashes };
}

/** Runs the update in a process that dies; the next one finds its lease run out. False = it was over before. */
async function dies(world: World, update: Update, crash: { readonly commits: number; readonly stored: boolean }): Promise<boolean> {
  let left = crash.commits;
  let dead = false;
  const powerCut = (): never => {
    dead = true;
    throw new Error("power cut");
  };
  const store = new Proxy(world.store, {
    get(target, name) {
      if (name !== "tx") return Reflect.get(target, name, target) as unknown;
      const tx: Store["tx"] = async (fn) => {
        if (dead || (left <= 0 && !crash.stored)) powerCut();
        const result = await world.store.tx(fn);
        if (left <= 0) powerCut();
        left--;
        return result;
      };
      return tx;
    },
  });
  try {
    await runUpdate({ ...world.parts, store }, update.id, new AbortController().signal);
  } catch (error) {
    if (!dead) throw error;
  }
  world.advance(2 * MINUTE);
  return dead;
}

/** Rows of one class differ in nothing that a bank with unreliable names and texts shows. */
function classOf(row: Purchase, booked: boolean): string {
  return `${addDays(TODAY, row.day)} ${String(row.cents)} ${booked ? "BOOKED" : "PENDING"}`;
}

function classOfRow(row: Transaction): string {
  return `${row.transactionDate ?? ""} ${row.amount.replace(".", "").replace(/^(-?)0+/, "$1")} ${row.status}`;
}

function keepsIds(known: Map<string, ReadonlySet<TransactionId>>, rows: readonly Transaction[]): void {
  const now = new Map<string, Set<TransactionId>>();
  for (const row of rows) {
    const key = `${row.transactionDate ?? ""} ${row.amount}`;
    now.set(key, (now.get(key) ?? new Set()).add(row.id));
  }
  for (const [key, ids] of known) deepStrictEqual([key, [...ids].filter((id) => !now.get(key)?.has(id))], [key, []]);
  for (const [key, ids] of now) known.set(key, ids);
}

/** Does what a client does that was away: takes the log's entries since its cursor. */
async function replay(world: World, map: Map<TransactionId, Visible>, after: number): Promise<number> {
  let cursor = after;
  for (;;) {
    const page = await world.store.changesOfUser(world.owner, world.user.id, { after: cursor, kinds: ["TRANSACTION"], limit: 50 });
    const ids = page.map((change) => change.subjectId as TransactionId);
    const rows = await world.store.transactionsByIds(world.owner, ids);
    for (const { type, subjectId } of page) {
      const id = subjectId as TransactionId;
      const row = rows.get(id);
      if (type === "TransactionRemoved" || row === undefined || row.status === "VOIDED") map.delete(id);
      else map.set(id, visible(row));
    }
    cursor = page.at(-1)?.seq ?? cursor;
    if (page.length < 50) return cursor;
  }
}

async function countersAreTrue(world: World, update: Update): Promise<void> {
  const changes = await world.store.changesOfUpdate(world.owner, update.id, { after: 0, limit: 10_000 });
  const count = (type: string): number => changes.filter((change) => change.type === type).length;
  deepStrictEqual(
    [count("TransactionAdded"), count("TransactionModified"), count("TransactionRemoved"), count("UpdateChanged")],
    [update.added, update.modified, update.removed, update.sequence],
  );
}

function visible({ aliases: _aliases, matchedBy: _by, missedFetches: _missed, missedOn: _on, ...rest }: Transaction): Visible {
  return rest;
}
