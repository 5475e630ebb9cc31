import type { Change, ChangeKind } from "../domain/change.ts";
import type { Consent } from "../domain/consent.ts";
import type { ConsentId, UpdateId, UserId } from "../domain/ids.ts";
import type { Owner } from "../domain/tenant.ts";
import { isFinal, type Update } from "../domain/update.ts";
import type { Reads } from "../store/reads.ts";
import type { Hints } from "./hints.ts";
import { Latest } from "./latest.ts";
import { Reader } from "./reader.ts";

/**
 * Level-triggered watching (design.md 4.3): a subscriber gets the stored state first, then only what is newer. Hints merely say
 * when to look; a lost one costs at most {@link BACKSTOP}. Whoever asks has been checked before: ids are not checked here.
 */
export interface Watch extends AsyncDisposable {
  /** The update now, then every newer `sequence` seen; ends after a final status, or when the row is gone. */
  updates(id: UpdateId): AsyncIterableIterator<Update>;
  /** The consent now, then every newer `version` seen; ends when it is deleted. */
  consents(id: ConsentId): AsyncIterableIterator<Consent>;
  /** What the log holds behind `after`, then what is appended, each row once and in order; ends when the user is deleted. */
  changes(owner: Owner, user: UserId, after: number, kinds: readonly ChangeKind[] | null): AsyncIterableIterator<Change>;
  /** How many ids are watched; for metrics and for tests that look for leaks. */
  watched(): number;
}

/** Everything watched is read again this often, hints or not. In ms. */
const BACKSTOP = 3_000;
const LOG_PAGE = 200;

export type WatchReads = Pick<Reads, "updatesForWatch" | "consentsForWatch" | "changeSeqs" | "changesOfUser">;

export function createWatch({ store, hints }: { readonly store: WatchReads; readonly hints: Pick<Hints, "listen"> }): Watch {
  const updates = new Reader<UpdateId, Update>({
    read: (ids) => store.updatesForWatch(ids),
    version: ({ sequence }) => sequence,
    isLast: ({ status }) => isFinal(status),
  });
  const consents = new Reader<ConsentId, Consent>({
    read: (ids) => store.consentsForWatch(ids),
    version: ({ version }) => version,
    isLast: () => false,
  });
  const logs = new Reader<UserId, number>({ read: (ids) => store.changeSeqs(ids), version: (seq) => seq, isLast: () => false });
  const readers = [updates, consents, logs];

  const readAll = (): void => readers.forEach((reader) => reader.allMoved());
  const unlisten = hints.listen((hint) => {
    if (hint.topic === "update") updates.moved(hint.id);
    if (hint.topic === "consent") consents.moved(hint.id);
    if (hint.topic === "user") logs.moved(hint.id);
  }, readAll);
  const backstop = setInterval(readAll, BACKSTOP);
  backstop.unref();

  return {
    updates: (id) => follow(updates, id),
    consents: (id) => follow(consents, id),
    changes: (owner, user, after, kinds) => replay(store, follow(logs, user), owner, user, after, kinds),
    watched: () => readers.reduce((sum, { size }) => sum + size, 0),
    async [Symbol.asyncDispose]() {
      clearInterval(backstop);
      unlisten();
      for (const reader of readers) reader.endAll();
    },
  };
}

function follow<Id extends string, Row>(reader: Reader<Id, Row>, id: Id): Latest<Row> {
  let remove = (): void => undefined;
  const latest = new Latest<Row>(() => remove());
  remove = reader.add(id, latest);
  return latest;
}

/**
 * Reads the log by its positions alone, page by page, whenever its end has moved: what is replayed and what is live come from the
 * same reads, so there is no seam where a row could be missed or doubled.
 */
function replay(
  store: Pick<Reads, "changesOfUser">,
  ends: Latest<number>,
  owner: Owner,
  user: UserId,
  after: number,
  kinds: readonly ChangeKind[] | null,
): AsyncIterableIterator<Change> {
  async function* rows(): AsyncGenerator<Change> {
    let position = after;
    for await (const end of ends) {
      for (let full = position < end; full;) {
        const page = await store.changesOfUser(owner, user, { after: position, kinds, limit: LOG_PAGE });
        for (const change of page) yield change;
        full = page.length === LOG_PAGE;
        // Rows up to `end` are committed: after an unfilled page all of them were looked at, those of other kinds too.
        position = Math.max(page[page.length - 1]?.seq ?? position, full ? 0 : end);
      }
    }
  }
  const generator = rows();
  return {
    next: () => generator.next(),
    // A generator that waits cannot return: its source ends first.
    return: async () => {
      await ends.return();
      return generator.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
