import type { Latest } from "./latest.ts";

/** How often rows are read for hints, however many subscribers there are. In ms. */
const READ_EVERY = 50;

/**
 * One kind of row that subscribers watch: keeps who watches which id, and reads the ids that moved in one statement at most every
 * {@link READ_EVERY}. A subscriber gets what `isNewer` lets pass, and its end when the row is gone or `isLast` says so.
 */
export class Reader<Id extends string, Row> {
  readonly #read: (ids: readonly Id[]) => Promise<ReadonlyMap<Id, Row>>;
  readonly #version: (row: Row) => number;
  readonly #isLast: (row: Row) => boolean;
  readonly #watchers = new Map<Id, Set<Watcher<Row>>>();
  readonly #moved = new Set<Id>();
  #timer: NodeJS.Timeout | null = null;
  #reading = false;
  #readAt = -READ_EVERY;

  constructor(parts: {
    read: (ids: readonly Id[]) => Promise<ReadonlyMap<Id, Row>>;
    version: (row: Row) => number;
    isLast: (row: Row) => boolean;
  }) {
    this.#read = parts.read;
    this.#version = parts.version;
    this.#isLast = parts.isLast;
  }

  get size(): number {
    return this.#watchers.size;
  }

  /** Registers before the first read, so that nothing can slip between the two. */
  add(id: Id, latest: Latest<Row>): () => void {
    const watcher: Watcher<Row> = { latest, version: -1 };
    const set = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, set.add(watcher));
    this.moved(id);
    return () => {
      set.delete(watcher);
      if (set.size === 0 && this.#watchers.get(id) === set) this.#watchers.delete(id);
    };
  }

  moved(id: Id): void {
    if (!this.#watchers.has(id)) return;
    this.#moved.add(id);
    this.#schedule();
  }

  /** Hints may have been lost, or it is time to look anyway. */
  allMoved(): void {
    for (const id of this.#watchers.keys()) this.#moved.add(id);
    this.#schedule();
  }

  endAll(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    for (const set of [...this.#watchers.values()]) for (const { latest } of [...set]) latest.end();
  }

  #schedule(): void {
    if (this.#timer || this.#reading || this.#moved.size === 0) return;
    const wait = Math.max(0, this.#readAt + READ_EVERY - performance.now());
    this.#timer = setTimeout(() => void this.#readMoved(), wait);
  }

  async #readMoved(): Promise<void> {
    this.#timer = null;
    this.#reading = true;
    this.#readAt = performance.now();
    const ids = [...this.#moved].filter((id) => this.#watchers.has(id));
    this.#moved.clear();
    try {
      const rows = ids.length === 0 ? new Map<Id, Row>() : await this.#read(ids);
      for (const id of ids) this.#tell(id, rows.get(id));
    } catch {
      // The store is away for a moment: subscribers keep what they have, the backstop reads again.
    } finally {
      this.#reading = false;
      this.#schedule();
    }
  }

  #tell(id: Id, row: Row | undefined): void {
    for (const watcher of [...(this.#watchers.get(id) ?? [])]) {
      if (row !== undefined && this.#version(row) > watcher.version) {
        watcher.version = this.#version(row);
        watcher.latest.put(row);
      }
      if (row === undefined || this.#isLast(row)) watcher.latest.end();
    }
  }
}

interface Watcher<Row> {
  readonly latest: Latest<Row>;
  /** Of the last row that was handed over; -1 = none. */
  version: number;
}
