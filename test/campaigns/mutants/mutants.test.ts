import { rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { memoryFolder } from "../memory-folder.ts";
import { copyOfTree, isKilled, mutated } from "./kill.ts";
import { MUTANTS } from "./mutants.ts";

describe("the mutants of the engine", () => {
  it("are many, and each still fits its source once", () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(25);
    for (const mutant of MUTANTS) expect(mutated(mutant)).not.toBe("");
  });

  // All of them: npm run campaign:mutants. The quick ones are those of the matcher.
  const quick = MUTANTS.filter(({ tests }) => tests.every((path) => path === "src/sync/matcher"));
  const one = quick[Math.floor(Math.random() * quick.length)];
  it(`are noticed by a test: ${one?.what ?? ""}`, async () => {
    if (!one) throw new Error("no mutant");
    const folder = memoryFolder("mutant");
    try {
      expect(await isKilled(one, copyOfTree(folder))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
