import type { Reads } from "./reads.ts";
import type { Writes } from "./writes.ts";

/**
 * The hub's own store. Reads see committed data; every write happens in {@link Store.tx}, whose callback may await nothing but
 * the store. All instants come from the caller.
 */
export interface Store extends Reads, AsyncDisposable {
  readonly dialect: "sqlite" | "postgres";
  /**
   * Runs `fn` in one write transaction (SQLite: BEGIN IMMEDIATE; Postgres: READ COMMITTED) and commits it, or rolls back
   * when `fn` throws. Reads inside see the transaction's own writes. Do not nest: that throws. Postgres runs `fn` again when it ended
   * the transaction to break a deadlock (at most three times), so let `fn` change nothing outside the store that may not happen twice.
   */
  tx<T>(fn: (tx: Tx) => Promise<T>): Promise<T>;
  /** Runs reads on one snapshot. */
  snapshot<T>(fn: (reads: Reads) => Promise<T>): Promise<T>;
  /** Cheap liveness: throws when the database cannot be reached. */
  ping(): Promise<void>;
  /** After an erasure: SQLite truncates the write-ahead log so that no erased page survives in it; nothing on Postgres. */
  scrub(): Promise<void>;
  /** How many statements this store has sent since it was opened; what the N+1 test counts. */
  statements(): number;
}

export interface Tx extends Reads, Writes {}

/** A position between rows of a keyset-ordered list. `key` is the sort column's value where the order is not by id alone. */
export interface Position {
  readonly key: string | null;
  readonly id: string;
}

/** `backward` = the last `limit` rows before `position`, still returned in display order. */
export interface PageRequest {
  readonly limit: number;
  readonly position: Position | null;
  readonly backward: boolean;
}

/** Rows in display order; `hasMore` = there are rows beyond the page in the direction asked. */
export interface Slice<T> {
  readonly rows: readonly T[];
  readonly hasMore: boolean;
}
