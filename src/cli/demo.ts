import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startHub } from "../app.ts";
import { loadConfig } from "../config/config.ts";
import { readEnv } from "../config/env.ts";
import { announced } from "../demo-tenant.ts";
import { playEverywhere } from "./demo-all.ts";
import { playMainJob, type RunningHub } from "./demo-run.ts";
import { createScreen } from "./screen.ts";

const USAGE = `Usage: npm run demo [-- --bank <id> | --all]

Plays the main job as a client over HTTP and WebSocket: at the hub that \`npm start\` runs on this machine, else at a temporary one.
A day passes there each time.
  --bank <id>  at this sandbox bank (as npm start prints it); without it, at the first one
  --all        at every sandbox bank in turn, with a table at the end
`;

async function main(): Promise<void> {
  const no = { type: "boolean", default: false } as const;
  const { values } = parseArgs({ options: { bank: { type: "string" }, all: no, help: no } });
  if (values.help) return void process.stdout.write(USAGE);
  if (values.all && values.bank !== undefined) throw new Error("--bank and --all exclude each other");
  const env = readEnv();
  const running = announced(loadConfig(env).dataFolder) as RunningHub | null;
  if (running && (await answers(running.url))) return play(running, values);
  process.stdout.write("No running hub found: a temporary one is started (npm start keeps one running).\n");
  const folder = mkdtempSync(join(tmpdir(), "psd2-hub-demo-"));
  try {
    const config = loadConfig({ ...env, PORT: "0", DATABASE_URL: `file:${join(folder, "hub.db")}`, LOG_LEVEL: env["LOG_LEVEL"] ?? "warn" });
    await using hub = await startHub(config, env);
    if (hub.demoTenantKey === null) throw new Error("the demo needs HUB_ENV=sandbox");
    await play({ ...hub, demoTenantKey: hub.demoTenantKey }, values);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function play(hub: RunningHub, wanted: { readonly bank?: string | undefined; readonly all: boolean }): Promise<void> {
  const bank = wanted.bank?.replace(/^bank_/, "") ?? hub.banks[0]?.id;
  if (bank === undefined) throw new Error("the hub has no sandbox bank: start it with SANDBOX_BANKS=on");
  if (!hub.banks.some(({ id }) => id === bank))
    throw new Error(`no sandbox bank ${bank}: there are ${hub.banks.map(({ id }) => id).join(", ")}`);
  if (wanted.all) return playEverywhere(hub, process.stdout);
  await playMainJob(hub, bank, createScreen(process.stdout));
  process.stdout.write("\nThe whole main job went through.\n");
}

const isMistyped = (error: unknown): boolean =>
  error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");

async function answers(url: string): Promise<boolean> {
  return fetch(new URL("/readyz", url)).then(
    (response) => response.ok,
    () => false,
  );
}

try {
  await main();
} catch (error) {
  process.stderr.write(
    `\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n${isMistyped(error) ? `\n${USAGE}` : ""}`,
  );
  process.exitCode = 1;
}
