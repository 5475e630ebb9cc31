import type { Entities } from "./entities.ts";
import type { Entity, RawRow } from "./entity.ts";
import type { Param, Sql } from "./sql.ts";

/** One connection's (or pool's) way to run statements; what the repositories are written against. */
export interface Session {
  /** The rows, as fresh objects that the caller may keep and change. */
  all(statement: Sql): Promise<RawRow[]>;
  /** How many rows it touched. */
  run(statement: Sql): Promise<number>;
}

/** A session together with what differs between the dialects. */
export interface Db extends Session {
  readonly dialect: "sqlite" | "postgres";
  readonly entities: Entities;
  /** `column` is one of `values`: one parameter however many they are. */
  among(column: string, values: readonly string[]): Sql;
  /** A table expression `p` with one row per value in `p.value`. */
  parents(values: readonly string[]): Sql;
  /** Inserts any number of rows. */
  insert<Row>(entity: Entity<Row>, rows: readonly Row[]): Promise<void>;
  /** Replaces whole rows by id: every column but those in `fixed`. */
  replace<Row extends { readonly id: string }>(entity: Entity<Row>, fixed: readonly string[], rows: readonly Row[]): Promise<void>;
  /** The smaller and the larger of two SQL values, of which neither is null. */
  readonly least: Sql;
  readonly greatest: Sql;
  /** Position of the second text in the first, 1-based; 0 = not in it. */
  readonly position: Sql;
  /** Locks the selected rows until the transaction ends; empty where one writer holds the whole database. */
  readonly forUpdate: Sql;
}

export async function rowsOf<Row>(db: Db, entity: Entity<Row>, statement: Sql): Promise<Row[]> {
  const rows = await db.all(statement);
  return rows.map(entity.decode);
}

export async function rowOf<Row>(db: Db, entity: Entity<Row>, statement: Sql): Promise<Row | null> {
  const rows = await db.all(statement);
  const row = rows[0];
  return row ? entity.decode(row) : null;
}

/** The first column named `value` of the first row. */
export async function valueOf(db: Db, statement: Sql): Promise<unknown> {
  const rows = await db.all(statement);
  return rows[0]?.["value"] ?? null;
}

export type { Param, Sql };
