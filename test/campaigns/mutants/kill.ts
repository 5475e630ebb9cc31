import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Mutant } from "./mutants.ts";

const root = new URL("../../..", import.meta.url).pathname;

/** A private copy of the tree, to be broken; the working tree is never touched. */
export function copyOfTree(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const part of ["src", "test", "drizzle", "schema", "package.json", "tsconfig.json"])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** The mutated text; throws where the mutant no longer fits the source, so that the list cannot rot. */
export function mutated({ what, file, find, replace }: Mutant, base = root): string {
  const source = readFileSync(join(base, file), "utf8");
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`${what}: ${file} holds the text ${String(parts.length - 1)} times: ${find}`);
  return parts.join(replace);
}

/** True where some test fails on the copy with the mutant in it. The copy is whole again afterwards. */
export async function isKilled(mutant: Mutant, copy: string, config?: string): Promise<boolean> {
  const path = join(copy, mutant.file);
  const whole = readFileSync(path, "utf8");
  writeFileSync(path, mutated(mutant, copy));
  try {
    return !(await pass(copy, mutant.tests, config));
  } finally {
    writeFileSync(path, whole);
  }
}

/** Runs tests of the copy, on SQLite alone; true = all pass. */
export async function pass(copy: string, tests: readonly string[], config = "test/campaigns/mutants/vitest.config.ts"): Promise<boolean> {
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const child = spawn(process.execPath, [vitest, "run", "--config", config, "--bail", "1", ...tests], {
    cwd: copy,
    env: { ...process.env, NO_COLOR: "1" },
    stdio: "ignore",
  });
  const [code] = (await once(child, "close")) as [number | null];
  return code === 0;
}
