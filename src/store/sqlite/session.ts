import type Database from "better-sqlite3";
import type { Db } from "../db.ts";
import type { Entities } from "../entities.ts";
import type { Entity, RawRow } from "../entity.ts";
import { raw, sql, type Param, type Sql } from "../sql.ts";

type Handle = Database.Database;
type Statement = Database.Statement<unknown[], RawRow>;

/** Shapes of statements are few; this only stops a mistake from filling the memory. */
const MOST_STATEMENTS = 1_000;

/** Prepared statements of one handle, by their text. */
export class Statements {
  readonly #handle: Handle;
  readonly #prepared = new Map<string, Statement>();
  readonly #onSend: () => void;

  constructor(handle: Handle, onSend: () => void) {
    this.#handle = handle;
    this.#onSend = onSend;
  }

  /** Prepared once; counted as sent. */
  get(text: string): Statement {
    this.#onSend();
    let statement = this.#prepared.get(text);
    if (!statement) {
      if (this.#prepared.size >= MOST_STATEMENTS) this.#prepared.clear();
      statement = this.#handle.prepare<unknown[], RawRow>(text);
      this.#prepared.set(text, statement);
    }
    return statement;
  }
}

/** The dialect's half of the repositories over one handle. `check` runs before every statement. */
export function sqliteDb(handle: Handle, entities: Entities, onSend: () => void, check: () => void): Db {
  const statements = new Statements(handle, onSend);
  const all = (statement: Sql): RawRow[] => {
    check();
    return statements.get(statement.text).all(bindable(statement.params));
  };
  const run = (statement: Sql): number => {
    check();
    return statements.get(statement.text).run(bindable(statement.params)).changes;
  };
  const runEach = (text: string, rows: Iterable<readonly Param[]>): void => {
    check();
    for (const values of rows) statements.get(text).run(bindable(values));
  };
  return {
    dialect: "sqlite",
    entities,
    // Async functions, so that a failing statement rejects instead of throwing at the caller's feet.
    all: async (statement) => all(statement),
    run: async (statement) => run(statement),
    among: (column, values) =>
      values.length === 1 ? sql`${raw(column)} = ${values[0] ?? ""}` : sql`${raw(column)} in (select value from json_each(${values}))`,
    parents: (values) => sql`json_each(${values}) p`,
    insert: async (entity, rows) => runEach(insertText(entity), mapped(rows, entity.encode)),
    async replace(entity, fixed, rows) {
      const columns = entity.insertColumns.split(", ");
      const kept = columns.map((column, i) => ({ column, i })).filter(({ column }) => !fixed.includes(column));
      const text = `update ${entity.name} set ${kept.map(({ column }) => `${column} = ?`).join(", ")} where id = ?`;
      runEach(
        text,
        mapped(rows, (row) => {
          const values = entity.encode(row);
          return [...kept.map(({ i }) => values[i] ?? null), row.id];
        }),
      );
    },
    least: raw("min"),
    greatest: raw("max"),
    position: raw("instr"),
    forUpdate: raw(""),
  };
}

function insertText<Row>(entity: Entity<Row>): string {
  return `insert into ${entity.name} (${entity.insertColumns}) values (${entity.arrayTypes.map(() => "?").join(", ")})`;
}

function* mapped<A, B>(rows: readonly A[], map: (row: A) => B): Iterable<B> {
  for (const row of rows) yield map(row);
}

function bindable(params: readonly Param[]): unknown[] {
  return params.map((value) =>
    typeof value === "object" && value !== null ? JSON.stringify(value) : typeof value === "boolean" ? Number(value) : value,
  );
}
