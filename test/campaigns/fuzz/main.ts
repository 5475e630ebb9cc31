import { spawn } from "node:child_process";
import { mkdtempSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const USAGE = `Usage: npm run campaign:fuzz -- [--inputs N] [--seed S]

  --inputs  queries, variables, raw HTTP, socket frames, callback URLs and bank bodies, together (100000)
  --seed    the same seed makes the same inputs (random)
`;

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "100000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
    help: { type: "boolean", default: false },
  },
});
if (values.help || ![values.inputs, values.seed].every((value) => /^\d+$/.test(value))) {
  process.stdout.write(USAGE);
  process.exit(values.help ? 0 : 2);
}

// The hub's types have decorators, which Node does not strip: vitest, which the tests compile with, runs the campaign.
const root = new URL("../../..", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "hub-fuzz-"));
const report = join(folder, "report");
writeFileSync(report, "");
const runner = spawn(
  process.execPath,
  [join(root, "node_modules/vitest/vitest.mjs"), "run", "--config", "test/vitest.config.ts", "--project", "all", "test/campaigns/fuzz.test.ts"],
  { cwd: root, stdio: "ignore", env: { ...process.env, FUZZ_INPUTS: values.inputs, FUZZ_SEED: values.seed, FUZZ_REPORT: report } },
); // prettier-ignore

const file = openSync(report, "r");
const buffer = Buffer.alloc(64 * 1024);
function copy(): void {
  for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) process.stdout.write(buffer.subarray(0, read));
}
const timer = setInterval(copy, 500);
runner.once("exit", (code) => {
  clearInterval(timer);
  copy();
  rmSync(folder, { recursive: true });
  process.exit(code ?? 1);
});
