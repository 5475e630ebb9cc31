import { parseArgs } from "node:util";
import { startPostgres } from "../../postgres.ts";
import { crashCampaign } from "./campaign.ts";

const USAGE = `Usage: npm run campaign:crash -- [--kills N] [--seed S] [--database sqlite|postgres|both]

  --kills     how often the hub is killed, on each database (100)
  --seed      the same seed plays the same people, actions and moments (random)
  --database  where the hub keeps its data (both)
`;

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
    database: { type: "string", default: "both" },
    help: { type: "boolean", default: false },
  },
});
const [kills, seed] = [Number(values.kills), Number(values.seed)];
const wanted = values.database === "both" ? ["sqlite", "postgres"] : [values.database];
if (
  values.help ||
  !Number.isInteger(kills) ||
  kills < 1 ||
  !Number.isInteger(seed) ||
  wanted.some((name) => !/^(sqlite|postgres)$/.test(name))
) {
  process.stdout.write(USAGE);
  process.exit(values.help ? 0 : 2);
}

let failed = false;
for (const database of wanted) {
  const server = database === "postgres" ? await startPostgres() : null;
  if (database === "postgres" && server === null) throw new Error("no PostgreSQL for this platform: set TEST_POSTGRES_URL");
  const databaseUrl = await server?.createDatabase();
  const began = Date.now();
  const report = (line: string): void => void (process.stdout.isTTY && process.stdout.write(`\r\x1b[K${database} ${line}`));
  const { settled, rowsCompared, idsCompared, actions, violations } = await crashCampaign({ kills, seed, databaseUrl, report });
  await server?.stop();
  for (const violation of violations) process.stdout.write(`\nVIOLATION ${violation}`);
  const done = Object.entries(actions).map(([name, times]) => `${name} ${String(times)}`);
  process.stdout.write(
    `\ncrash on ${database}: ${String(kills)} kills (${done.join(", ")}), everything compared ${String(settled)} times, ` +
      `${String(rowsCompared)} rows and ${String(idsCompared)} ids, ${String(violations.length)} violations, seed ${String(seed)}, ` +
      `${String(Math.round((Date.now() - began) / 1000))} s\n`,
  );
  failed ||= violations.length > 0;
}
process.exit(failed ? 1 : 0);
