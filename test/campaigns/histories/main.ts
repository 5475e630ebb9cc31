import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import fc from "fast-check";
import { openStore } from "../../../src/store/open.ts";
import { startPostgres } from "../../postgres.ts";
import { history } from "./history.ts";
import { liveHistory } from "./live-history.ts";
import { memoryFolder } from "../memory-folder.ts";

/** npm run campaign:histories -- [--runs 1000] [--seed N] [--database sqlite|postgres]. Exit code 1 and the shrunk history on a failure. */
const { values } = parseArgs({
  options: { runs: { type: "string", default: "1000" }, seed: { type: "string" }, database: { type: "string", default: "sqlite" } },
});
const [runs, seed] = [Number(values.runs), values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)];
const folder = memoryFolder("histories");
const server = values.database === "postgres" ? await startPostgres() : null;
if (values.database === "postgres" && server === null) throw new Error("there is no PostgreSQL");
const store = await openStore(
  server === null
    ? { dialect: "sqlite", file: join(folder, "hub.db") }
    : { dialect: "postgres", url: await server.createDatabase(), poolSize: 4 },
);
let [lived, updates, crashes] = [0, 0, 0];
const began = performance.now();
try {
  await fc.assert(
    fc.asyncProperty(history, async (one) => {
      const seen = await liveHistory(store, one);
      lived++;
      updates += seen.updates;
      crashes += seen.crashes;
    }),
    { numRuns: runs, seed },
  );
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(
    `histories: ${String(lived)} of ${String(runs)} hold on ${values.database} · ${String(updates)} updates · ${String(crashes)} crashes · seed ${String(seed)} · ${seconds} s\n`,
  );
} catch (error) {
  process.stdout.write(`${String(error)}\nhistories: FAILED after ${String(lived)} on ${values.database} · seed ${String(seed)}\n`);
  process.exitCode = 1;
} finally {
  await store[Symbol.asyncDispose]();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}
