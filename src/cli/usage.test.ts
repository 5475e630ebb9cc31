import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

/** Runs a command as it is written: help and mistyped words are answered before anything is opened. */
function run(command: string, ...words: string[]): { readonly status: number | null; readonly out: string; readonly err: string } {
  const file = new URL(`${command}.ts`, import.meta.url).pathname;
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...words], { encoding: "utf8" });
  return { status, out: stdout, err: stderr };
}

describe("the command of tenants", () => {
  it("explains itself with --help, which was an unknown option", () => {
    const { status, out } = run("tenant", "--help");
    expect(out).toContain("Usage: npm run -s tenant -- <command>");
    expect(status).toBe(0);
  });

  it.each([
    ["create", "--nam", "x"],
    ["create", "--name"],
  ])("shows its usage after a mistyped option: %s %s", (...words: string[]) => {
    const { status, err } = run("tenant", ...words);
    expect(err).toMatch(/^(Unknown option '--nam'|Option '--name <value>' argument missing)\nUsage:/);
    expect(status).toBe(1);
  });
});
