import { getTableColumns, getTableName, type InferSelectModel } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Param, Sql } from "./sql.ts";

/** A row as the driver hands it over: an object whose keys are the select list's aliases. */
export type RawRow = Record<string, unknown>;

/** One table's way between rows and statements, worked out once from its drizzle columns: drizzle's own mapping is too slow per row. */
export interface Entity<Row> {
  readonly name: string;
  /** `a.user_id as "userId", …` for the visible columns. */
  columns(alias: string): Sql;
  /** The row of a {@link columns} list. Changes and returns its argument. */
  decode(raw: RawRow): Row;
  /** `(user_id, …)` of all columns, and the Postgres array types in the same order. */
  readonly insertColumns: string;
  readonly arrayTypes: readonly string[];
  /** Values of all columns in the order of {@link insertColumns}. */
  encode(row: Row): Param[];
  /** `?, ?, …` for one row in the order of {@link insertColumns}. */
  values(row: Row): Sql;
  /** `user_id = ?, …` of the patch's keys, in table order so that equal sets give equal statements. Null for an empty patch. */
  assignments(patch: Partial<Row>): Sql | null;
}

type Mapper = ((value: never) => unknown) | null;

interface Column {
  readonly key: string;
  readonly name: string;
  readonly encode: Mapper;
  readonly decode: Mapper;
  readonly arrayType: string;
}

/** `computed` columns are written from the row's other values and never read back. */
export function entity<T extends SQLiteTable, C extends keyof InferSelectModel<T> & string = never>(
  table: T,
  computed?: { readonly [K in C]: (row: Omit<InferSelectModel<T>, C>) => InferSelectModel<T>[K] },
): Entity<Omit<InferSelectModel<T>, C>> {
  type Row = Omit<InferSelectModel<T>, C>;
  const columns = Object.entries(getTableColumns(table)).map(([key, column]): Column => {
    const arrayType = `${column.getSQLType().split(" ")[0] ?? "text"}[]`;
    const encode: Mapper = (value) => column.mapToDriverValue(value);
    const decode: Mapper = (value) => column.mapFromDriverValue(value);
    // Text passes as it is in both directions, whole numbers need a check on the way in: mappers that change nothing are left out.
    const isText = sameText((value) => column.mapToDriverValue(value));
    const plain = column.mapFromDriverValue("[]" as never) === "[]";
    return { key, name: column.name, encode: isText ? null : encode, decode: plain ? null : decode, arrayType };
  });
  const visible = columns.filter((column) => !(computed && column.key in computed));
  const decoded = visible.filter((column) => column.decode);
  const lists = new Map<string, Sql>();
  const compute = (computed ?? {}) as Record<string, ((row: Row) => unknown) | undefined>;
  const value = (column: Column, from: RawRow): Param => {
    const given = from[column.key];
    if (given === null || given === undefined) return null;
    return (column.encode ? column.encode(given as never) : given) as Param;
  };
  const encode = (row: Row): Param[] => {
    const from = row as RawRow;
    return columns.map((column) => {
      const make = compute[column.key];
      return make ? (make(row) as Param) : value(column, from);
    });
  };
  const marks = columns.map(() => "?").join(", ");
  return {
    name: getTableName(table),
    insertColumns: columns.map((column) => column.name).join(", "),
    arrayTypes: columns.map((column) => column.arrayType),
    columns(alias) {
      let list = lists.get(alias);
      if (!list) {
        list = { text: visible.map((column) => `${alias}.${column.name} as "${column.key}"`).join(", "), params: [] };
        lists.set(alias, list);
      }
      return list;
    },
    decode(row) {
      for (const column of decoded) {
        const stored = row[column.key];
        if (stored !== null) row[column.key] = column.decode?.(stored as never);
      }
      return row as Row; // the select list above names exactly these columns
    },
    encode,
    values: (row) => ({ text: marks, params: encode(row) }),
    assignments(patch) {
      const from = patch as RawRow;
      const set = visible.filter((column) => from[column.key] !== undefined);
      if (set.length === 0) return null;
      return { text: set.map((column) => `${column.name} = ?`).join(", "), params: set.map((column) => value(column, from)) };
    },
  };
}

function sameText(map: (value: never) => unknown): boolean {
  try {
    return map("x" as never) === "x";
  } catch {
    return false;
  }
}
