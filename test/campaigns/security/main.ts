import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { memoryFolder } from "../memory-folder.ts";
import { copyOfTree, isKilled } from "../mutants/kill.ts";
import { CLAIMS } from "./claims.ts";
import { CONTROLS } from "./controls.ts";

/**
 * npm run campaign:security -- [--controls] [--only TEXT]: runs the tests behind every claim of SECURITY.md, on both databases, and prints
 * a line a claim. With --controls each control is then switched off in a copy of the tree, and some test must turn red.
 */
const { values } = parseArgs({ options: { controls: { type: "boolean", default: false }, only: { type: "string", default: "" } } });
const root = new URL("../../..", import.meta.url).pathname;
const CONFIG = "test/campaigns/security/vitest.config.ts";

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

const folder = memoryFolder("security");
try {
  const began = performance.now();
  if (!values.controls) await claims();
  else await controls();
  process.stdout.write(`${((performance.now() - began) / 1000).toFixed(0)} s\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function claims(): Promise<void> {
  const wanted = CLAIMS.filter(({ claim }) => claim.includes(values.only));
  // Contracts are run by the suite that opens both stores.
  const suiteOf = (file: string): string => (file.startsWith("test/contracts/") ? "test/store.test.ts" : file);
  const files = [...new Set(wanted.flatMap(({ tests }) => tests.map(([file]) => suiteOf(file))))];
  const outputFile = join(folder, "report.json");
  const args = ["run", "--config", "test/vitest.config.ts", "--reporter", "json", "--outputFile", outputFile, ...files];
  const vitest = spawn(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), ...args], { cwd: root, stdio: "ignore" });
  await once(vitest, "close");
  const { testResults } = JSON.parse(readFileSync(outputFile, "utf8")) as Report;
  let broken = 0;
  for (const { claim, tests } of wanted) {
    const runs = tests.map(([file, title]) => {
      const beginning = title.split(/%s|\$\{/)[0] ?? "";
      const found = testResults
        .filter(({ name }) => name.endsWith(suiteOf(file)))
        .flatMap(({ assertionResults }) => assertionResults)
        .filter((one) => one.title.startsWith(beginning));
      return { title, count: found.length, failed: found.filter(({ status }) => status !== "passed").length };
    });
    const bad = runs.filter(({ count, failed }) => count === 0 || failed > 0);
    if (bad.length > 0) broken++;
    const total = runs.reduce((sum, { count }) => sum + count, 0);
    process.stdout.write(`${bad.length === 0 ? "holds " : "BROKEN"} ${claim} (${String(total)} tests)\n`);
    for (const { title, count, failed } of bad)
      process.stdout.write(`         ${title}: ${count === 0 ? "not run" : `${String(failed)} failed`}\n`);
  }
  process.stdout.write(`claims: ${String(wanted.length - broken)} of ${String(wanted.length)} hold · `);
  if (broken > 0) process.exitCode = 1;
}

async function controls(): Promise<void> {
  const wanted = CONTROLS.filter(({ what }) => what.includes(values.only));
  const copy = copyOfTree(join(folder, "copy"));
  let unseen = 0;
  for (const control of wanted) {
    const red = await isKilled(control, copy, CONFIG);
    if (!red) unseen++;
    process.stdout.write(`${red ? "red   " : "UNSEEN"} ${control.what}\n`);
  }
  process.stdout.write(`controls: ${String(wanted.length - unseen)} of ${String(wanted.length)} seen red when off · `);
  if (unseen > 0) process.exitCode = 1;
}
