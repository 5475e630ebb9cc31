import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mutated } from "../mutants/kill.ts";
import { CLAIMS } from "./claims.ts";
import { CONTROLS } from "./controls.ts";

const read = (file: string): string => readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");

describe("the claims of SECURITY.md", () => {
  it("stand in it word for word, each with the tests that show it", () => {
    const text = read("SECURITY.md");
    const missing = CLAIMS.flatMap(({ claim, tests }) => [claim, ...tests.map(([file]) => file)]).filter((words) => !text.includes(words));
    expect(missing).toEqual([]);
  });

  it("name tests that there are", () => {
    const missing = CLAIMS.flatMap(({ tests }) => tests.filter(([file, title]) => !read(file).includes(title)));
    expect(missing).toEqual([]);
  });

  it("have controls that can be switched off: each still fits its source once", () => {
    expect(CONTROLS.length).toBeGreaterThan(40);
    for (const control of CONTROLS) expect(mutated(control)).not.toBe("");
  });
});
