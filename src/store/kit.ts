import type { BuildExtraConfigColumns } from "drizzle-orm";
import * as pg from "drizzle-orm/pg-core";
import * as lite from "drizzle-orm/sqlite-core";

/**
 * The column builders of both dialects under one vocabulary. Columns are named by their place in the table:
 * `userId` becomes `user_id`. Every column is `not null` unless its builder says `OrNull`.
 */
export type Kit = typeof sqliteKit;

/** Refuses what is no whole number: SQLite would store 1.5 in an integer column without a word. */
function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is no whole number: integer columns take nothing else`);
  return value;
}

function parse(text: string): unknown {
  return JSON.parse(text);
}

const liteInt = lite.customType<{ data: number; driverData: number }>({ dataType: () => "integer", toDriver: whole });
const liteJson = lite.customType<{ data: unknown; driverData: string }>({
  dataType: () => "text",
  toDriver: (v) => JSON.stringify(v),
  fromDriver: parse,
});
const pgInt = pg.customType<{ data: number; driverData: number }>({ dataType: () => "bigint", toDriver: whole });
// Byte order, as SQLite has it: a language's collation would sort ids, days and amount keys otherwise, and cannot serve keyset pages.
const pgText = pg.customType<{ data: string; driverData: string }>({ dataType: () => 'text collate "C"' });
// Text and not jsonb: nothing queries inside, jsonb reorders keys and cannot hold U+0000, and both dialects read the same bytes.
const pgJson = pg.customType<{ data: unknown; driverData: string }>({
  dataType: () => "text",
  toDriver: (v) => JSON.stringify(v),
  fromDriver: parse,
});

export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

type LiteColumns = Record<string, (name: string) => lite.SQLiteColumnBuilderBase>;
type Named<C extends LiteColumns> = { [K in keyof C]: ReturnType<C[K]> };

function named<B>(columns: Record<string, (name: string) => B>): Record<string, B> {
  return Object.fromEntries(Object.entries(columns).map(([key, build]) => [key, build(snake(key))]));
}

function liteTable<C extends LiteColumns>(
  name: string,
  columns: C,
  extras: (table: BuildExtraConfigColumns<string, Named<C>, "sqlite">) => lite.SQLiteTableExtraConfigValue[],
) {
  // `Named` says exactly what `named` does; TypeScript cannot follow Object.fromEntries.
  return lite.sqliteTable(name, named(columns) as Named<C>, (table) =>
    extras(table as BuildExtraConfigColumns<string, Named<C>, "sqlite">),
  );
}

export const sqliteKit = {
  dialect: "sqlite" as "sqlite" | "postgres",
  table: liteTable,
  text:
    <T extends string = string>() =>
    (name: string) =>
      lite.text(name).$type<T>().notNull(),
  textOrNull:
    <T extends string = string>() =>
    (name: string) =>
      lite.text(name).$type<T>(),
  int: () => (name: string) => liteInt(name).notNull(),
  intOrNull: () => (name: string) => liteInt(name),
  bool: () => (name: string) => lite.integer(name, { mode: "boolean" }).notNull(),
  boolOrNull: () => (name: string) => lite.integer(name, { mode: "boolean" }),
  json:
    <T>() =>
    (name: string) =>
      liteJson(name).$type<T>().notNull(),
  jsonOrNull:
    <T>() =>
    (name: string) =>
      liteJson(name).$type<T>(),
  index: lite.index,
  uniqueIndex: lite.uniqueIndex,
  primaryKey: lite.primaryKey,
  foreignKey: lite.foreignKey,
};

const postgres = {
  dialect: "postgres" as "sqlite" | "postgres",
  table: (
    name: string,
    columns: Record<string, (name: string) => pg.PgColumnBuilderBase>,
    extras: (table: object) => pg.PgTableExtraConfigValue[],
  ) => pg.pgTable(name, named(columns), extras),
  text: () => (name: string) => pgText(name).notNull(),
  textOrNull: () => (name: string) => pgText(name),
  int: () => (name: string) => pgInt(name).notNull(),
  intOrNull: () => (name: string) => pgInt(name),
  bool: () => (name: string) => pg.boolean(name).notNull(),
  boolOrNull: () => (name: string) => pg.boolean(name),
  json: () => (name: string) => pgJson(name).notNull(),
  jsonOrNull: () => (name: string) => pgJson(name),
  index: pg.index,
  uniqueIndex: pg.uniqueIndex,
  primaryKey: pg.primaryKey,
  foreignKey: pg.foreignKey,
};

/** The one cast of design.md 4.1: tables and repositories are typed by the SQLite side; the parity test compares both at run time. */
export const postgresKit = postgres as unknown as Kit;
