import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for databases that need not outlive the test: in memory where the system has such a place, as every commit waits for the disk. */
export function memoryFolder(name: string): string {
  return mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), `${name}-`));
}
