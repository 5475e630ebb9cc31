import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ConfigError } from "./config/config-error.ts";
import { loadConfig, type Role } from "./config/config.ts";
import { readEnv } from "./config/env.ts";
import { printReady } from "./cli/ready.ts";

const USAGE = `Usage: npm start [-- --json] [-- --role gateway|worker]

  --json   print one line of JSON when ready instead of the text for people
  --role   one part only, with DATABASE_URL=postgres://…: gateway (HTTP, sockets) or worker (updates); default: both

Settings are environment variables: see .env.example.
`;

/** Starts the hub, waits for a stop signal, closes in order. @returns the exit code */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      role: { type: "string", default: "all" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (!isRole(values.role)) throw new ConfigError(["--role must be gateway or worker"]);
  const stop = new AbortController();
  // A second signal while stopping ends the process at once: the stores survive that.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => (stop.signal.aborted ? process.exit(130) : stop.abort()));
  const env = readEnv();
  const config = loadConfig(env, values.role);
  // Node keeps the compiled code beside the bundle, for the next start; where it may not write there it does without.
  if (import.meta.url.endsWith(".mjs")) enableCompileCache(fileURLToPath(new URL(".cache", import.meta.url)));
  const { startHub } = await import("./app.ts");
  await using hub = await startHub(config, env);
  printReady(hub, values.json, process.stdout);
  const stopped = new Promise((done) => (stop.signal.aborted ? done(null) : stop.signal.addEventListener("abort", done)));
  await Promise.race([stopped, hub.failed]);
  return 0;
}

function isRole(text: string): text is Role {
  return text === "all" || text === "gateway" || text === "worker";
}

try {
  process.exitCode = await main();
} catch (error) {
  const badOption = error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
  const text = badOption
    ? `${error.message}\n\n${USAGE}`
    : error instanceof ConfigError
      ? `The hub cannot start:\n${error.faults.map((fault) => `  - ${fault}`).join("\n")}\n`
      : `The hub failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
  process.stderr.write(text);
  process.exit(1);
}
