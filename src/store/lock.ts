import { readFileSync, rmSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";

/** A handle that nobody refers to is collected and closed, and its lock ends with it: these live until they are released. */
const held = new Set<Database.Database>();

/** Another process has the data file. The message is for the operator. */
export class DataFileInUse extends Error {
  override readonly name = "DataFileInUse";
}

/**
 * Keeps other processes off a data file until the answer is called or the process dies, however it dies: the guard is a lock of the
 * operating system on `<file>.lock`, which no crash leaves behind. `<file>.pid` only names the holder.
 * @throws DataFileInUse naming the file, the process that has it, and what to do
 */
export function lockDataFile(file: string): () => void {
  const holder = `${file}.pid`;
  const guard = new Database(`${file}.lock`, { timeout: 0 });
  try {
    // A rollback journal: in WAL mode an exclusive transaction would keep only writers out.
    guard.pragma("journal_mode = delete");
    guard.exec("begin exclusive");
  } catch (error) {
    guard.close();
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith("SQLITE_BUSY")) throw error;
    throw new DataFileInUse(
      `${file} is in use by process ${readHolder(holder)}: one process at a time may open a SQLite data file. ` +
        `Stop that process, give this one another file (DATABASE_URL=file:...), or use PostgreSQL for several processes.`,
      { cause: error },
    );
  }
  held.add(guard);
  writeFileSync(holder, `${process.pid}\n`, { mode: 0o600 });
  return () => {
    if (!held.delete(guard)) return; // a second call must not remove the name of the next holder
    rmSync(holder, { force: true });
    guard.close();
  };
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, "utf8").trim() || "(unknown)";
  } catch {
    return "(unknown)"; // it is just starting or stopping
  }
}
