import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { readOptions, USAGE, type BenchOptions } from "./options.ts";
import { startHub, startScript } from "./processes.ts";
import { measureQueries } from "./query-speed.ts";
import { printTable, say, type Result } from "./report.ts";
import { seedDatabase } from "./seed.ts";
import { measureStart } from "./start-speed.ts";
import { measureUpdates } from "./update-speed.ts";

const SEED = 20_260_301;

/** Everything in one run on one machine: only figures of the same run can be compared. */
async function main(options: BenchOptions, folder: string): Promise<readonly Result[]> {
  say(`Node ${process.version}, ${String(cpus().length)} cores, load ${(loadavg()[0] ?? 0).toFixed(1)}, seed ${String(SEED)}`);
  await using bank = await startScript("bank.ts", [String(options.rows)]);
  const entry = bank.ready as { readonly id: string; readonly name: string };
  const banksFile = join(folder, "banks.json");
  writeFileSync(banksFile, JSON.stringify([entry]));
  await (await startHub(folder, { BANKS_FILE: banksFile }))[Symbol.asyncDispose](); // builds, migrates and makes the demo tenant

  say(`Seeding ${String(options.users)} users and ${String(options.transactions)} transactions …`);
  const file = join(folder, "hub.db");
  const users = await seedDatabase({
    ...options,
    file,
    bankId: entry.id,
    seed: SEED,
    onProgress: (rows) => say(`  ${String(rows)} rows`),
  });

  say("Starting …");
  const starts = await measureStart(folder, options);
  await using hub = await startHub(folder, { BANKS_FILE: banksFile });
  say("Queries …");
  const queries = await (async () => {
    await using plain = await startScript("plain/server.ts", [file, hub.key, entry.id, entry.name]);
    const { url } = plain.ready as { readonly url: string };
    return await measureQueries(hub, { url, key: hub.key }, users, options, SEED);
  })();
  say("Updates …");
  const updates = await measureUpdates({ hub, folder, bankId: entry.id, users }, options, SEED);
  return [...queries, ...updates, ...starts];
}

const options = readOptions(process.argv.slice(2));
if (options) {
  const folder = mkdtempSync(join(tmpdir(), "hub-bench-"));
  // However it ends: the database is large.
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  printTable(await main(options, folder));
} else say(USAGE);
