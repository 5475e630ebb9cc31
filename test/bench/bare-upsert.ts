import Database from "better-sqlite3";
import { openStore } from "../../src/store/open.ts";

const TABLES = { bank_transaction: ["account_id", "date", "id"], change_log: ["user_id", "seq"] } as const;

/** Writes a user's rows of both big tables into a fresh database: prepared upserts in one transaction, and nothing else. */
export async function bareUpsert(from: string, userId: string, to: string): Promise<{ readonly rowsPerSecond: number }> {
  await (await openStore({ dialect: "sqlite", file: to }))[Symbol.asyncDispose](); // the hub's own tables
  using source = closing(new Database(from, { readonly: true }));
  using target = closing(new Database(to));
  target.db.pragma("synchronous = full");
  const work = Object.entries(TABLES).map(([table, key]) => {
    const rows = source.db.prepare<[string], unknown[]>(`select * from ${table} where user_id = ?`).raw(true).all(userId);
    const columns = source.db.pragma(`table_info(${table})`) as { readonly name: string }[];
    const names = columns.map(({ name }) => name);
    const set = names.filter((name) => !key.some((one) => one === name)).map((name) => `${name} = excluded.${name}`);
    const text = `insert into ${table} (${names.join(", ")}) values (${names.map(() => "?").join(", ")})
      on conflict (${key.join(", ")}) do update set ${set.join(", ")}`;
    return { rows, upsert: target.db.prepare<unknown[]>(text) };
  });
  const start = performance.now();
  target.db.transaction(() => {
    for (const { rows, upsert } of work) for (const row of rows) upsert.run(row);
  })();
  const seconds = (performance.now() - start) / 1_000;
  return { rowsPerSecond: (work[0]?.rows.length ?? 0) / seconds };
}

function closing(db: Database.Database): Disposable & { readonly db: Database.Database } {
  return { db, [Symbol.dispose]: () => void db.close() };
}
