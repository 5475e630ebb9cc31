import { SECOND } from "../domain/time.ts";

/** How long hints are collected before one read answers them all, in ms. */
const GATHER_MS = 50;
/** Everything that is watched is read again after this long, whatever hints were lost. */
const BACKSTOP_MS = 3 * SECOND;

/** One subscriber's place at one row. */
export interface Waker<Row> {
  /** The newest state not handed over yet: at once for the first call, later after the next read. Null = the row is gone, or aborted. */
  next(signal: AbortSignal): Promise<Row | null>;
  leave(): void;
}

/** All subscribers of one kind of row in this process: one batched read per {@link GATHER_MS}, however many they are. */
export interface Wakers<Id, Row> {
  join(id: Id): Waker<Row>;
  hinted(id: Id): void;
  hintedAll(): void;
  close(): Promise<void>;
}

interface Place<Row> {
  /** What was read and not taken yet; undefined = nothing new. Only the latest is kept: a slow reader costs one row. */
  fresh: Row | null | undefined;
  wake: (() => void) | null;
}

export function createWakers<Id extends string, Row>(read: (ids: readonly Id[]) => Promise<ReadonlyMap<Id, Row>>): Wakers<Id, Row> {
  const places = new Map<Id, Set<Place<Row>>>();
  const dirty = new Set<Id>();
  let timer: NodeJS.Timeout | null = null;
  let reading: Promise<void> = Promise.resolve();
  let closed = false;

  const backstop = setInterval(() => mark(places.keys()), BACKSTOP_MS);
  backstop.unref();

  function mark(ids: Iterable<Id>, delay = GATHER_MS): void {
    for (const id of ids) if (places.has(id)) dirty.add(id);
    if (dirty.size === 0 || timer !== null || closed) return;
    timer = setTimeout(() => {
      timer = null;
      reading = reading.then(flush);
    }, delay);
  }

  async function flush(): Promise<void> {
    const ids = [...dirty];
    dirty.clear();
    try {
      const rows = await read(ids);
      for (const id of ids) for (const place of places.get(id) ?? []) hand(place, rows.get(id) ?? null);
    } catch {
      for (const id of ids) dirty.add(id); // the database is away: the backstop tries again
    }
  }

  return {
    join(id) {
      const place: Place<Row> = { fresh: undefined, wake: null };
      const set = places.get(id) ?? new Set();
      places.set(id, set.add(place));
      mark([id], 0);
      return {
        async next(signal) {
          while (place.fresh === undefined && !signal.aborted && !closed) await waitFor(place, signal);
          const row = place.fresh ?? null;
          place.fresh = undefined;
          return signal.aborted || closed ? null : row;
        },
        leave() {
          set.delete(place);
          if (set.size === 0 && places.get(id) === set) places.delete(id);
        },
      };
    },
    hinted: (id) => mark([id]),
    hintedAll: () => mark(places.keys()),
    async close() {
      closed = true;
      clearInterval(backstop);
      if (timer) clearTimeout(timer);
      for (const set of places.values()) for (const place of set) place.wake?.();
      await reading;
    },
  };
}

function hand<Row>(place: Place<Row>, row: Row | null): void {
  place.fresh = row;
  place.wake?.();
}

function waitFor<Row>(place: Place<Row>, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const wake = (): void => {
      place.wake = null;
      signal.removeEventListener("abort", wake);
      done();
    };
    place.wake = wake;
    signal.addEventListener("abort", wake, { once: true });
  });
}
