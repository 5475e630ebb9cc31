import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Migration {
  readonly tag: string;
  /** To be run in order, in one transaction with all other missing ones. */
  readonly statements: readonly string[];
}

/** What a dialect can do inside the transaction that migrates. */
export interface MigrationSession {
  execute(statement: string): Promise<void>;
  applied(): Promise<readonly string[]>;
  record(tag: string): Promise<void>;
}

export const CREATE_LEDGER = "create table if not exists schema_migration (tag text primary key not null)";

/**
 * `drizzle/<dialect>` of the project, found upwards from this file: the same in the sources (`src/store`) and in the bundle (`dist`).
 * @throws Error naming where it looked
 */
export function migrationsFolder(dialect: "sqlite" | "postgres"): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    const candidate = join(folder, "drizzle", dialect);
    if (existsSync(join(candidate, "meta", "_journal.json"))) return candidate;
    if (dirname(folder) === folder)
      throw new Error(`no drizzle/${dialect}/meta/_journal.json in ${start} or above: is the package complete?`);
  }
}

/** The migrations that drizzle-kit's journal lists, oldest first. */
export function readMigrations(folder: string): readonly Migration[] {
  const journal: unknown = JSON.parse(readFileSync(join(folder, "meta", "_journal.json"), "utf8"));
  const entries = (journal as { entries: readonly { tag: string }[] }).entries; // written by drizzle-kit, shipped with the code
  return entries.map(({ tag }) => {
    const text = readFileSync(join(folder, `${tag}.sql`), "utf8");
    return { tag, statements: text.split("--> statement-breakpoint").filter((statement) => statement.trim() !== "") };
  });
}

/** Brings the database up to the code. @throws Error for a database that newer code has already changed */
export async function migrate(session: MigrationSession, migrations: readonly Migration[]): Promise<void> {
  await session.execute(CREATE_LEDGER);
  const applied = new Set(await session.applied());
  for (const { tag, statements } of migrations) {
    if (applied.delete(tag)) continue;
    for (const statement of statements) await session.execute(statement);
    await session.record(tag);
  }
  const [unknown] = applied;
  if (unknown !== undefined)
    throw new Error(`the database has migration ${unknown}, which this version does not know: start the newer version`);
}
