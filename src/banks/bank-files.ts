import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ConfigError } from "../config/config-error.ts";
import type { Bank } from "../domain/bank.ts";
import type { BankId } from "../domain/ids.ts";
import { parseEntries, type ParseOptions } from "./load.ts";

/** What one reading of BANKS_FILE gave. */
export interface Loaded {
  /** In the order of the files' names, then of their entries. */
  readonly banks: readonly Bank[];
  /** What was left out: each with file, JSON path and reason. */
  readonly faults: readonly string[];
  /** Where each bank stands, by base name. */
  readonly fileOf: ReadonlyMap<BankId, string>;
  /** Banks that are there but cannot be read; null in the list = it has no id. */
  readonly faulty: ReadonlyMap<string, readonly (BankId | null)[]>;
}

/** The name of every file that is read: all `*.json` of a folder, or the one file. Other files of a folder hold keys. */
export function bankFiles(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => name.endsWith(".json") && !name.startsWith("."));
  return names.sort().map((name) => join(path, name));
}

/**
 * Reads BANKS_FILE (design.md section 2): a JSON list of banks, or a folder of such files. A faulty entry, and a faulty file beside others,
 * is named in `faults` and left out; the others load.
 * @throws ConfigError where nothing can be trusted: the path cannot be read, its only file is no JSON list, or no entry of any is right
 */
export function loadBanks(path: string, options: ParseOptions): Loaded {
  const files = readable(path, () => bankFiles(path));
  const banks: Bank[] = [];
  const faults: string[] = [];
  const fileOf = new Map<BankId, string>();
  const faulty = new Map<string, readonly (BankId | null)[]>();
  const taken = new Map(options.taken);
  for (const file of files) {
    const name = basename(file);
    let entries: readonly unknown[];
    try {
      entries = readList(file, name);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      faults.push(...error.faults);
      faulty.set(name, [null]);
      continue;
    }
    const parsed = parseEntries(entries, name, { ...options, folder: dirname(file), taken });
    faults.push(...parsed.faults);
    if (parsed.faulty.length > 0) faulty.set(name, parsed.faulty);
    for (const bank of parsed.banks) {
      banks.push(bank);
      fileOf.set(bank.id, name);
      taken.set(bank.id, name);
    }
  }
  if (banks.length === 0 && faults.length > 0) throw new ConfigError(faults);
  return { banks, faults, fileOf, faulty };
}

function readList(file: string, name: string): readonly unknown[] {
  const text = readable(file, () => readFileSync(file, "utf8"));
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    // V8's message quotes the text around the fault, and secrets stand in this file.
    throw new ConfigError([`${name} is not JSON`]);
  }
  if (!Array.isArray(entries)) throw new ConfigError([`${name}: must be a list of banks`]);
  return entries;
}

function readable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new ConfigError([`BANKS_FILE ${path} cannot be read (${reason})`]);
  }
}

/**
 * What to go on with after a reading while the hub runs. A bank whose entry is faulty now stays as it was: a slip of the pen must not cut
 * off its users. So does every bank of a file that cannot be read, or that has an entry without an id. What is simply no longer there goes.
 */
export function withLastGood(before: Loaded, now: Loaded): Loaded {
  const kept = before.banks.filter(({ id }) => {
    if (now.fileOf.has(id)) return false;
    const file = before.fileOf.get(id) ?? "";
    return [...now.faulty].some(([name, ids]) => ids.includes(id) || (name === file && ids.includes(null)));
  });
  const fileOf = new Map(now.fileOf);
  for (const { id } of kept) fileOf.set(id, before.fileOf.get(id) ?? "");
  return { ...now, banks: [...now.banks, ...kept], fileOf };
}
