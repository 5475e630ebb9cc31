import { readdirSync, statSync, watch } from "node:fs";
import { dirname, join } from "node:path";

/** Editors and copies write in several steps: they are over when nothing has moved for this long. */
const QUIET_MS = 200;
/** Network mounts tell nothing, and a system's number of watches is limited: looked at all the same. */
const POLL_MS = 5_000;

/**
 * Calls `changed` after the file, or anything in the folder, was written, renamed, added or removed; also where it is not there for a
 * while. The system's events only say when to look; what counts is that size, time or identity differ.
 */
export function followFiles(path: string, changed: () => void): Disposable {
  let seen = fingerprint(path);
  let quiet: NodeJS.Timeout | undefined;
  const look = (): void => {
    const now = fingerprint(path);
    if (now === seen) return;
    seen = now;
    changed();
  };
  const soon = (): void => {
    clearTimeout(quiet);
    quiet = setTimeout(look, QUIET_MS).unref();
  };
  const watcher = startWatch(path, soon);
  const poll = setInterval(look, POLL_MS).unref();
  return {
    [Symbol.dispose]() {
      watcher?.close();
      clearTimeout(quiet);
      clearInterval(poll);
    },
  };
}

/** A file is watched by its folder: replaced by a rename, it would be lost from sight. */
function startWatch(path: string, soon: () => void): { close(): void } | null {
  try {
    const watcher = watch(isFolder(path) ? path : dirname(path), { persistent: false }, soon);
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return null; // the poll remains
  }
}

function fingerprint(path: string): string {
  const paths = isFolder(path) ? namesIn(path).map((name) => join(path, name)) : [path];
  return paths.map((one) => `${one} ${stateOf(one)}`).join("\n");
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function stateOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? `${String(stat.ino)} ${String(stat.size)} ${String(stat.mtimeMs)}` : "none";
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
