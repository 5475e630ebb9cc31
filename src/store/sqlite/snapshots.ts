import type Database from "better-sqlite3";
import type { Reads } from "../reads.ts";

interface Snapshot {
  readonly handle: Database.Database;
  readonly reads: Reads;
}

/** Idle handles kept for the next snapshots; more are opened when more run at the same time, and closed afterwards. */
const MOST_IDLE = 8;

/** A handle per running snapshot: on a shared one the reads of two requests would end each other's transaction. */
export class SnapshotHandles {
  readonly #open: () => Database.Database;
  readonly #readsOver: (handle: Database.Database) => Reads;
  readonly #idle: Snapshot[] = [];

  constructor(open: () => Database.Database, readsOver: (handle: Database.Database) => Reads) {
    this.#open = open;
    this.#readsOver = readsOver;
  }

  async run<T>(fn: (reads: Reads) => Promise<T>): Promise<T> {
    const snapshot = this.#idle.pop() ?? this.#fresh();
    snapshot.handle.exec("begin");
    try {
      return await fn(snapshot.reads);
    } finally {
      snapshot.handle.exec("commit");
      if (this.#idle.length < MOST_IDLE) this.#idle.push(snapshot);
      else snapshot.handle.close();
    }
  }

  close(): void {
    for (const { handle } of this.#idle.splice(0)) handle.close();
  }

  #fresh(): Snapshot {
    const handle = this.#open();
    return { handle, reads: this.#readsOver(handle) };
  }
}
