import pg from "pg";
import { SECOND } from "../../domain/time.ts";
import { entitiesOf } from "../entities.ts";
import { postgresKit } from "../kit.ts";
import { migrate, migrationsFolder, readMigrations } from "../migrations.ts";
import { readsOver, txOver } from "../repositories.ts";
import type { Store } from "../store.ts";
import { defineTables } from "../tables.ts";
import { TxScope } from "../tx-scope.ts";
import { postgresDb, type Send } from "./session.ts";

export interface PostgresOptions {
  readonly url: string;
  readonly poolSize: number;
  /** How long a transaction may wait for this process's next statement before the server ends it, in ms. @default 15_000 */
  readonly idleTransactionMs?: number;
  /** @default `drizzle/postgres` of the project */
  readonly migrationsFolder?: string;
}

/** Held while migrating; any number that no other software takes in this database. */
const MIGRATION_LOCK = 7_021_000;
const INT8 = 20;
const DEADLOCK = "40P01";
const SERIALIZATION_FAILURE = "40001";
const MOST_TRIES = 4;

/** Opens a pool on the database and migrates it. Any number of processes may. */
export async function openPostgres({
  url,
  poolSize,
  migrationsFolder: folder,
  idleTransactionMs = 15 * SECOND,
}: PostgresOptions): Promise<Store> {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    keepAlive: true,
    connectionTimeoutMillis: 10 * SECOND,
    // A process that freezes in mid-transaction would hold its row locks against whoever takes over from it, for as long as it sleeps.
    idle_in_transaction_session_timeout: idleTransactionMs,
    application_name: "hub",
    types: { getTypeParser: parserOf },
  });
  // Without a listener an idle connection's end (a database restart) ends the process. The next statement connects again or says why not.
  pool.on("error", () => undefined);
  try {
    await migrateUnderLock(pool, folder ?? migrationsFolder("postgres"));
  } catch (error) {
    await pool.end();
    throw error;
  }

  let sent = 0;
  const onSend = () => void sent++;
  const entities = entitiesOf(defineTables(postgresKit));
  const scope = new TxScope();
  const session = (send: Send) => postgresDb(send, entities, onSend);

  async function transaction<T>(opening: string, fn: (send: Send) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let broken: Error | undefined;
    const onError = (error: Error) => void (broken = error);
    client.on("error", onError);
    const { send, end } = oneByOne(client);
    try {
      await client.query(opening);
      const result = await fn(send);
      await end();
      await client.query("commit");
      return result;
    } catch (error) {
      await end();
      await client.query("rollback").catch((failed: Error) => (broken ??= failed));
      throw error;
    } finally {
      client.off("error", onError);
      client.release(broken);
    }
  }

  return {
    ...readsOver(session((query) => pool.query(query))),
    dialect: "postgres",
    async tx(fn) {
      scope.refuseNested();
      for (let tries = 1; ; tries++) {
        try {
          return await transaction("begin", (send) => scope.run(() => fn(txOver(session(send)))));
        } catch (error) {
          if (tries >= MOST_TRIES || !isRepeatable(error)) throw error;
        }
      }
    },
    snapshot: (fn) => transaction("begin isolation level repeatable read read only", (send) => fn(readsOver(session(send)))),
    async ping() {
      await pool.query("select 1");
    },
    async scrub() {
      // Vacuuming dead rows is the server's own work.
    },
    statements: () => sent,
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

/** A connection's statements in order, and none after the end. */
function oneByOne(client: pg.PoolClient): { send: Send; end(): Promise<void> } {
  let tail: Promise<unknown> = Promise.resolve();
  let ended = false;
  return {
    send(query) {
      if (ended) return Promise.reject(new Error("this transaction has ended: nothing more can be read or written in it"));
      const result = tail.then(() => client.query(query));
      tail = result.catch(() => undefined);
      return result;
    },
    async end() {
      ended = true;
      await tail;
    },
  };
}

async function migrateUnderLock(pool: pg.Pool, folder: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    await migrate(
      {
        execute: async (statement) => void (await client.query(statement)),
        applied: async () => (await client.query<{ tag: string }>("select tag from schema_migration")).rows.map((row) => row.tag),
        record: async (tag) => void (await client.query("insert into schema_migration (tag) values ($1)", [tag])),
      },
      readMigrations(folder),
    );
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

/** Two transactions met in a way that one of them had to end; the database says that it may simply be tried again. */
function isRepeatable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code === DEADLOCK || error.code === SERIALIZATION_FAILURE);
}

/** Whole numbers of ours are safe integers: the kit lets nothing else in. */
const parserOf: typeof pg.types.getTypeParser = ((oid: number, format?: "text") =>
  oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser;
