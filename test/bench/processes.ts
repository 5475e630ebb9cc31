import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface Running extends AsyncDisposable {
  /** The line of JSON that it printed when ready. */
  readonly ready: unknown;
  /** From the spawn to that line, in ms. */
  readonly readyAfter: number;
  readonly startedAt: number;
  /** Resident memory in MB. */
  memory(): number;
}

export interface HubProcess extends Running {
  readonly url: string;
  readonly ws: string;
  readonly key: string;
}

const RUN = fileURLToPath(new URL("../../src/tools/run.mjs", import.meta.url));

/** The hub as `npm start` runs it, on a data folder. */
export async function startHub(folder: string, env: Readonly<Record<string, string>> = {}): Promise<HubProcess> {
  const running = await start([RUN, "main", "--json"], {
    PORT: "0",
    SANDBOX_BANKS: "off",
    LOG_LEVEL: "error",
    DATABASE_URL: `file:${folder}/hub.db`,
    ...env,
  });
  const { url, ws, demoTenantKey: key } = running.ready as { url: string; ws: string; demoTenantKey: string };
  return { ...running, url, ws, key };
}

/** A script of the bench in a process of its own. */
export function startScript(name: string, args: readonly string[]): Promise<Running> {
  return start([fileURLToPath(new URL(name, import.meta.url)), ...args], {});
}

async function start(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Running> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env["PATH"], NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  const line = await firstLine(child, args);
  return {
    ready: JSON.parse(line),
    readyAfter: performance.now() - startedAt,
    startedAt,
    memory: () => Number(execFileSync("ps", ["-o", "rss=", "-p", String(child.pid)]).toString()) / 1_024,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function firstLine(child: ChildProcess, args: readonly string[]): Promise<string> {
  return new Promise((done, fail) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const end = text.indexOf("\n");
      if (end >= 0) done(text.slice(0, end));
    });
    child.once("exit", (code) => fail(new Error(`${args.join(" ")} ended with code ${String(code)}`)));
    child.once("error", fail);
  });
}
