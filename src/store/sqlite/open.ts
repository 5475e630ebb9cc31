import { setTimeout as pause } from "node:timers/promises";
import Database from "better-sqlite3";
import { SECOND } from "../../domain/time.ts";
import { entitiesOf } from "../entities.ts";
import { sqliteKit } from "../kit.ts";
import { migrate, migrationsFolder, readMigrations } from "../migrations.ts";
import { readsOver, txOver } from "../repositories.ts";
import type { Store } from "../store.ts";
import { defineTables } from "../tables.ts";
import { TxScope } from "../tx-scope.ts";
import { Mutex } from "./mutex.ts";
import { SnapshotHandles } from "./snapshots.ts";
import { sqliteDb } from "./session.ts";

export interface SqliteOptions {
  readonly file: string;
  /** @default `drizzle/sqlite` of the project */
  readonly migrationsFolder?: string;
}

/** How long a writer waits for another thread's transaction before it gives up. */
const BEGIN_WITHIN = 10 * SECOND;
const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 8;
const TRUNCATE_TRIES = 100;
/** SQLite's own 2 MB make a first update read back every index page it has just written. Taken only as far as used. */
const WRITE_CACHE_KIB = 65_536;
const READ_CACHE_KIB = 16_384;

/**
 * Opens the data file, creates and migrates it. One handle writes behind a mutex, others read; another thread of this process may
 * have its own store on the same file. Other processes are kept out by `lockDataFile`.
 */
export async function openSqlite({ file, migrationsFolder: folder = migrationsFolder("sqlite") }: SqliteOptions): Promise<Store> {
  const writer = openHandle(file);
  try {
    return await openOn(writer, file, folder);
  } catch (error) {
    writer.close();
    throw error;
  }
}

async function openOn(writer: Database.Database, file: string, folder: string): Promise<Store> {
  const mutex = new Mutex();
  const scope = new TxScope();
  await begin(writer);
  try {
    await migrate(
      {
        execute: async (statement) => void writer.exec(statement),
        applied: async () => writer.prepare<[], string>("select tag from schema_migration").pluck().all(),
        record: async (tag) => void writer.prepare("insert into schema_migration (tag) values (?)").run(tag),
      },
      readMigrations(folder),
    );
    writer.exec("commit");
  } catch (error) {
    rollback(writer);
    throw error;
  }

  let sent = 0;
  const onSend = () => void sent++;
  const entities = entitiesOf(defineTables(sqliteKit));
  const openReader = () => openHandle(file, true);
  const reader = openReader();
  const snapshots = new SnapshotHandles(openReader, (handle) => readsOver(sqliteDb(handle, entities, onSend, () => undefined)));
  const tx = txOver(
    sqliteDb(writer, entities, onSend, () => {
      if (!writer.inTransaction) throw new Error("this transaction has ended: nothing more can be read or written in it");
    }),
  );

  return {
    ...readsOver(sqliteDb(reader, entities, onSend, () => undefined)),
    dialect: "sqlite",
    async tx(fn) {
      scope.refuseNested();
      using _turn = await mutex.take();
      await begin(writer);
      try {
        const result = await scope.run(() => fn(tx));
        writer.exec("commit");
        return result;
      } catch (error) {
        rollback(writer);
        throw error;
      }
    },
    snapshot: (fn) => snapshots.run(fn),
    async ping() {
      reader.prepare("select 1").get();
    },
    async scrub() {
      using _turn = await mutex.take();
      // A reader in the middle of something keeps the log; it is done within a moment.
      for (let tries = 0; tries < TRUNCATE_TRIES; tries++) {
        const [result] = writer.pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[];
        if (result?.busy === 0) return;
        await pause(LONGEST_PAUSE);
      }
      throw new Error(`the write-ahead log of ${file} cannot be emptied: a reader has held it for too long`);
    },
    statements: () => sent,
    async [Symbol.asyncDispose]() {
      using _turn = await mutex.take();
      snapshots.close();
      reader.close();
      writer.close();
    },
  };
}

function openHandle(file: string, readonly = false): Database.Database {
  const handle = new Database(file, { readonly, fileMustExist: readonly, timeout: 5 * SECOND });
  handle.pragma("foreign_keys = on");
  handle.pragma("temp_store = memory"); // sorted rows must not reach a temporary file that nobody scrubs
  handle.pragma(`cache_size = -${readonly ? READ_CACHE_KIB : WRITE_CACHE_KIB}`);
  if (readonly) return handle;
  handle.pragma("journal_mode = wal");
  handle.pragma("synchronous = full"); // NORMAL loses acknowledged commits at a power cut
  handle.pragma("secure_delete = on");
  // Waiting inside SQLite would stop this thread's event loop: `begin` waits outside.
  handle.pragma("busy_timeout = 0");
  return handle;
}

/** Takes the write lock; while another thread has it, this one's event loop goes on. */
async function begin(writer: Database.Database): Promise<void> {
  const until = performance.now() + BEGIN_WITHIN;
  for (let wait = FIRST_PAUSE; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
    try {
      writer.exec("begin immediate");
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error;
      await pause(wait);
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY");
}

function rollback(writer: Database.Database): void {
  if (writer.inTransaction) writer.exec("rollback"); // SQLite itself rolls back on some errors (disk full, I/O)
}
