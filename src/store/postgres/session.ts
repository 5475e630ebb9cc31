import type pg from "pg";
import type { Db } from "../db.ts";
import type { Entities } from "../entities.ts";
import type { Entity, RawRow } from "../entity.ts";
import { raw, sql, type Param, type Sql } from "../sql.ts";

/** Runs one statement: on a pool's next free connection, or on the connection of a transaction. */
export type Send = (query: { name: string; text: string; values: unknown[] }) => Promise<pg.QueryResult<RawRow>>;

/** Statement texts with `$1, $2, …`, each under the name by which every connection prepares it once. */
const prepared = new Map<string, { readonly name: string; readonly text: string }>();

/** The dialect's half of the repositories. */
export function postgresDb(send: Send, entities: Entities, onSend: () => void): Db {
  const query = (statement: Sql) => {
    onSend();
    return send({ ...numbered(statement.text), values: statement.params.map(storable) });
  };
  return {
    dialect: "postgres",
    entities,
    all: async (statement) => (await query(statement)).rows,
    run: async (statement) => (await query(statement)).rowCount ?? 0,
    among: (column, values) =>
      values.length === 1 ? sql`${raw(column)} = ${values[0] ?? ""}` : sql`${raw(column)} = any(${values}::text[])`,
    parents: (values) => sql`unnest(${values}::text[]) as p(value)`,
    async insert(entity, rows) {
      if (rows.length === 0) return;
      const columns = raw(entity.insertColumns);
      const values = rows.length === 1 && rows[0] ? entity.values(rows[0]) : null;
      await query(
        values
          ? sql`insert into ${raw(entity.name)} (${columns}) values (${values})`
          : sql`insert into ${raw(entity.name)} (${columns}) select * from unnest(${arrays(entity, rows)})`,
      );
    },
    async replace(entity, fixed, rows) {
      if (rows.length === 0) return;
      const columns = entity.insertColumns.split(", ");
      const set = columns.filter((column) => !fixed.includes(column)).map((column) => `${column} = v.${column}`);
      // The user names the partition; it never changes.
      await query(sql`update ${raw(entity.name)} t set ${raw(set.join(", "))}
        from unnest(${arrays(entity, rows)}) as v(${raw(entity.insertColumns)}) where t.id = v.id and t.user_id = v.user_id`);
    },
    least: raw("least"),
    greatest: raw("greatest"),
    position: raw("strpos"),
    forUpdate: raw("for update"),
  };
}

/** One array parameter per column: the statement is the same for any number of rows. */
function arrays<Row>(entity: Entity<Row>, rows: readonly Row[]): Sql {
  const columns: (string | number | boolean | null)[][] = entity.arrayTypes.map(() => []);
  for (const row of rows) {
    const values = entity.encode(row);
    for (let i = 0; i < values.length; i++) columns[i]?.push(scalar(values[i] ?? null));
  }
  return { text: entity.arrayTypes.map((type) => `?::${type}`).join(", "), params: columns };
}

function scalar(value: Param): string | number | boolean | null {
  if (typeof value === "object" && value !== null) throw new TypeError("a column holds no arrays: JSON is text");
  return value;
}

function numbered(text: string): { readonly name: string; readonly text: string } {
  let query = prepared.get(text);
  if (!query) {
    let n = 0;
    query = { name: `s${prepared.size}`, text: text.replaceAll("?", () => `$${++n}`) };
    prepared.set(text, query);
  }
  return query;
}

/** Postgres cannot store U+0000 in text; banks have sent it. */
function storable(value: Param): unknown {
  if (typeof value === "string") return value.includes("\0") ? value.replaceAll("\0", "\ufffd") : value;
  return Array.isArray(value) ? value.map(storable) : value;
}
