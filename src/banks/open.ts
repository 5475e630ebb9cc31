import { ConfigError } from "../config/config-error.ts";
import type { Bank } from "../domain/bank.ts";
import type { BankId } from "../domain/ids.ts";
import { loadBanks, withLastGood, type Loaded } from "./bank-files.ts";
import { bundledBanks } from "./bundled.ts";
import { followFiles } from "./follow-files.ts";
import { LiveDirectory } from "./live-directory.ts";
import { parseBanks, type LoadOptions, type ProfileCheck } from "./load.ts";
import { drawLogo, logoPath } from "./logo.ts";

export interface BankSources extends LoadOptions {
  readonly profileFaults: ProfileCheck;
  /** A file or a folder of files, followed while the hub runs. Null = the bundled directory, whose banks are merely listed. */
  readonly banksFile: string | null;
  /** Entries of the sandbox banks that run with the hub; their ids are taken. */
  readonly sandboxEntries: readonly unknown[];
  /** `http(s)://host[:port]` under which the hub serves the logos that it draws. */
  readonly publicUrl: string;
  readonly log: BanksLog;
}

/** The part of the logger that is used here: fields first, then what happened. */
export interface BanksLog {
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}

/** The directory with what it is made of. */
export interface Banks extends Disposable {
  readonly directory: LiveDirectory;
  /** The banks that are not merely listed, as their entries state them. */
  entries(): readonly Bank[];
  /** Told after every change, first those who asked first. */
  onChange(listener: () => void): void;
  /** A sandbox bank's picture as SVG; null for an id that has none. */
  logo(id: BankId): string | null;
  state(): BanksState;
}

export interface BanksState {
  readonly connectable: number;
  /** What of BANKS_FILE was left out at its newest reading, and whether that reading was of use at all. */
  readonly faults: number;
  readonly refused: boolean;
}

const FAULTS_LOGGED = 50;

/**
 * BANKS_FILE or the bundled directory, then the sandbox banks.
 *
 * At start a BANKS_FILE that cannot be read, is no JSON list, or has entries of which none is right is refused. Else a faulty entry is named
 * in the log and left out. While the hub runs the same rule decides whether a new reading is taken at all; where it is not, everything
 * stays as it was, and where it is, an entry that has become faulty stays as it was.
 * @throws ConfigError
 */
export function openBanks(sources: BankSources): Banks {
  const { banksFile, sandboxEntries, publicUrl, log, ...options } = sources;
  const sandbox = parseBanks(sandboxEntries, "sandbox banks", options);
  const taken = new Map(sandbox.map(({ id }) => [id, "a sandbox bank"]));
  const read = (): Loaded => loadBanks(banksFile ?? "", { ...options, taken });
  let loaded: Loaded = banksFile === null ? NOTHING : read();
  logFaults(log, loaded.faults);
  let refused = false;

  const withLogo = (bank: Bank): Bank => {
    const path = logoPath(bank);
    return path === null ? bank : { ...bank, logo: publicUrl + path };
  };
  const entries = (): readonly Bank[] => [...loaded.banks, ...sandbox];
  const all = (): readonly Bank[] => entries().map(withLogo);
  const directory = new LiveDirectory(all(), banksFile === null ? () => bundledBanks(options.unattendedCallsPerDay) : undefined);
  const listeners: (() => void)[] = [];

  const reload = (): void => {
    try {
      const now = withLastGood(loaded, read());
      loaded = now;
      refused = false;
      logFaults(log, now.faults);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      refused = true;
      log.error({ faults: error.faults.slice(0, FAULTS_LOGGED) }, "BANKS_FILE refused: the directory stays as it was");
      return;
    }
    directory.replace(all());
    log.info({ banks: loaded.banks.length, faults: loaded.faults.length }, "BANKS_FILE read again");
    for (const listener of listeners) listener();
  };
  const following = banksFile === null ? null : followFiles(banksFile, reload);

  return {
    directory,
    entries,
    onChange: (listener) => void listeners.push(listener),
    logo(id) {
      const bank = entries().find((one) => one.id === id);
      return bank && logoPath(bank) !== null ? drawLogo(bank) : null;
    },
    state: () => ({ connectable: directory.banks.length, faults: loaded.faults.length, refused }),
    [Symbol.dispose]: () => following?.[Symbol.dispose](),
  };
}

const NOTHING: Loaded = { banks: [], faults: [], fileOf: new Map(), faulty: new Map() };

function logFaults(log: BanksLog, faults: readonly string[]): void {
  for (const fault of faults.slice(0, FAULTS_LOGGED)) log.warn({ fault }, "a bank of BANKS_FILE is left out");
  if (faults.length > FAULTS_LOGGED) log.warn({ more: faults.length - FAULTS_LOGGED }, "more banks of BANKS_FILE are left out");
}
