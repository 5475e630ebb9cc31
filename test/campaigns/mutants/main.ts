import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { memoryFolder } from "../memory-folder.ts";
import { copyOfTree, isKilled, pass } from "./kill.ts";
import { MUTANTS } from "./mutants.ts";

/** npm run campaign:mutants -- [--only TEXT] [--workers 2]: breaks a copy of the engine once a mutant and expects a test to notice. */
const { values } = parseArgs({ options: { only: { type: "string", default: "" }, workers: { type: "string", default: "2" } } });
const folder = memoryFolder("mutants");
const queue = MUTANTS.filter(({ what }) => what.includes(values.only));
const total = queue.length;
const survivors: string[] = [];
const began = performance.now();

async function work(copy: string): Promise<void> {
  for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
    const killed = await isKilled(mutant, copy);
    if (!killed) survivors.push(mutant.what);
    process.stdout.write(`${killed ? "killed  " : "SURVIVED"} ${mutant.what}\n`);
  }
}

try {
  const copies = Array.from({ length: Number(values.workers) }, (_, i) => copyOfTree(join(folder, String(i))));
  const tests = [...new Set(queue.flatMap((mutant) => mutant.tests))];
  if (!(await pass(copies[0] ?? folder, tests))) throw new Error("the tests fail on the tree as it is: nothing would be learned");
  await Promise.all(copies.map(work));
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stdout.write(`mutants: ${String(total - survivors.length)} of ${String(total)} killed · ${seconds} s\n`);
  if (survivors.length > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
