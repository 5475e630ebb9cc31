import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Change } from "../src/domain/change.ts";
import { newId, type UpdateId } from "../src/domain/ids.ts";
import type { Update } from "../src/domain/update.ts";
import type { Hint } from "../src/events/hints.ts";
import { createWatch, type Watch, type WatchReads } from "../src/events/watch.ts";
import { NOW, update } from "./contracts/store-fixtures.ts";

/** A store in memory whose every read is seen, and hints that the test sends, loses and doubles. */
function bench() {
  const updates = new Map<UpdateId, Update>();
  const log: Change[] = [];
  const reads: (readonly string[])[] = [];
  let listener: (hint: Hint) => void = () => undefined;
  let lost: () => void = () => undefined;
  const userId = newId("usr");
  const store: WatchReads = {
    async updatesForWatch(ids) {
      reads.push(ids);
      return new Map([...updates].filter(([id]) => ids.includes(id)));
    },
    consentsForWatch: async () => new Map(),
    changeSeqs: async () => new Map([[userId, log.length]]),
    changesOfUser: async (_owner, _user, { after, limit, kinds }) =>
      log.filter(({ seq, type }) => seq > after && (kinds === null || type.toUpperCase().startsWith(kinds[0] ?? ""))).slice(0, limit),
  };
  const hints = {
    listen(to: (hint: Hint) => void, onLost: () => void = () => undefined) {
      [listener, lost] = [to, onLost];
      return () => (listener = () => undefined);
    },
  };
  const watch = createWatch({ store, hints });
  const put = (row: Update): void => void updates.set(row.id, row);
  const append = (type: Change["type"] = "TransactionAdded"): void => {
    const seq = log.length + 1;
    log.push({
      userId,
      seq,
      at: NOW,
      type,
      subjectId: `trx_${String(seq)}`,
      consentId: null,
      accountId: null,
      updateId: null,
      reason: null,
      mergedInto: null,
    });
  };
  const owner = { tenantId: newId("ten"), userId: null };
  return { watch, put, append, updates, reads, userId, owner, hint: (hint: Hint) => listener(hint), lose: () => lost() };
}

const row = (given: Partial<Update> = {}): Update => update({ userId: "usr_1", tenantId: "ten_1", consentId: "con_1", ...given });

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

let open: Watch[] = [];
beforeAll(() => (open = []));
afterAll(() => Promise.all(open.map((watch) => watch[Symbol.asyncDispose]())));
const benched = () => {
  const made = bench();
  open.push(made.watch);
  return made;
};

describe("watching an update", () => {
  it("yields the stored state, then newer ones alone, and ends after a final status", async () => {
    const { watch, put, hint } = benched();
    const first = row({ status: "RUNNING", sequence: 3 });
    put(first);
    const states = watch.updates(first.id);
    expect((await states.next()).value).toMatchObject({ sequence: 3 });
    hint({ topic: "update", id: first.id }); // doubled: nothing is newer
    const next = states.next();
    put({ ...first, sequence: 4 });
    hint({ topic: "update", id: first.id });
    expect((await next).value).toMatchObject({ sequence: 4 });
    put({ ...first, sequence: 7, status: "COMPLETED" });
    hint({ topic: "update", id: first.id });
    expect((await all(states)).map(({ sequence }) => sequence)).toEqual([7]);
    expect(watch.watched()).toBe(0);
  });

  it("yields the final state to who comes late, and ends", async () => {
    const { watch, put } = benched();
    const done = row({ status: "FAILED", sequence: 9 });
    put(done);
    expect(await all(watch.updates(done.id))).toEqual([done]);
  });

  it("ends when the row is gone", async () => {
    const { watch, put, updates, hint } = benched();
    const doomed = row();
    put(doomed);
    const states = watch.updates(doomed.id);
    await states.next();
    updates.delete(doomed.id);
    hint({ topic: "update", id: doomed.id });
    expect(await states.next()).toEqual({ value: undefined, done: true });
    expect(await all(watch.updates(newId("upd")))).toEqual([]);
  });

  it("reads everything again when hints were lost, and by itself within seconds without any hint", async () => {
    const { watch, put, lose } = benched();
    const first = row();
    put(first);
    const states = watch.updates(first.id);
    await states.next();
    put({ ...first, sequence: 2 });
    const lostAt = performance.now();
    lose();
    expect((await states.next()).value).toMatchObject({ sequence: 2 });
    expect(performance.now() - lostAt).toBeLessThan(1_000); // long before the backstop
    put({ ...first, sequence: 3 });
    expect((await states.next()).value).toMatchObject({ sequence: 3 });
    await states.return?.();
  }, 10_000);

  it("reads a thousand subscribers' rows in one statement, whatever hints rain down", async () => {
    const { watch, put, hint, reads } = benched();
    const rows = Array.from({ length: 10 }, () => row());
    rows.forEach(put);
    const subscribers = Array.from({ length: 1_000 }, (_, index) => watch.updates(rows[index % 10]?.id ?? newId("upd")));
    await Promise.all(subscribers.map((states) => states.next()));
    expect(reads.map((ids) => ids.length)).toEqual([10]);
    const next = Promise.all(subscribers.map((states) => states.next()));
    for (const each of rows) {
      put({ ...each, sequence: 2 });
      for (let times = 0; times < 50; times++) hint({ topic: "update", id: each.id });
    }
    await next;
    expect(reads.length).toBe(2);
  });

  it("keeps one state, the newest, for a reader who is slow", async () => {
    const { watch, put, hint } = benched();
    const [slow, quick] = [row(), row()];
    put(slow);
    put(quick);
    const [states, pace] = [watch.updates(slow.id), watch.updates(quick.id)];
    await Promise.all([states.next(), pace.next()]);
    for (let sequence = 2; sequence <= 5; sequence++) {
      put({ ...slow, sequence });
      put({ ...quick, sequence });
      hint({ topic: "update", id: slow.id });
      hint({ topic: "update", id: quick.id });
      expect((await pace.next()).value).toMatchObject({ sequence });
    }
    expect((await states.next()).value).toMatchObject({ sequence: 5 });
  });

  it("lets a waiting reader go, and leaves nothing behind", async () => {
    const { watch, put } = benched();
    const first = row();
    put(first);
    const states = watch.updates(first.id);
    await states.next();
    const waiting = states.next();
    await states.return?.();
    expect(await waiting).toEqual({ value: undefined, done: true });
    expect(watch.watched()).toBe(0);
  });
});

describe("following a change log", () => {
  it("replays what is behind the cursor and goes on live, each row once and in order", async () => {
    const { watch, append, userId, owner, hint } = benched();
    for (let count = 0; count < 450; count++) append();
    const changes = watch.changes(owner, userId, 10, null);
    const seen: number[] = [];
    for await (const { seq } of changes) {
      seen.push(seq);
      // Rows that are appended while the replay runs: at the seam, and after it.
      if ([200, 210, 449, 450].includes(seq)) for (let count = 0; count < 3; count++) append();
      hint({ topic: "user", id: userId });
      if (seq === 462) break;
    }
    expect(seen).toEqual(Array.from({ length: 452 }, (_, index) => index + 11));
    expect(watch.watched()).toBe(0);
  });

  it("passes over other kinds without asking for them for ever", async () => {
    const { watch, append, userId, owner, hint } = benched();
    append("ConsentChanged");
    const changes = watch.changes(owner, userId, 0, ["ACCOUNT"]);
    const next = changes.next();
    append("TransactionAdded");
    append("AccountChanged");
    hint({ topic: "user", id: userId });
    expect((await next).value).toMatchObject({ seq: 3, type: "AccountChanged" });
    const waiting = changes.next();
    await changes.return?.();
    expect(await waiting).toMatchObject({ done: true });
  });
});
