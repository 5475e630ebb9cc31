import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { startTestHub } from "../hub.ts";

const RUN = fileURLToPath(new URL("../../src/tools/run.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "hub-refusal-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts the hub as `npm start` does, expects it to refuse, and answers what a person reads. */
async function refusal(env: Record<string, string>, ...options: string[]): Promise<string> {
  const base = { PORT: "0", SANDBOX_BANKS: "off", LOG_LEVEL: "silent", DATABASE_URL: `file:${join(folder, "hub.db")}` };
  const child = spawn(process.execPath, [RUN, "main", ...options], { env: { ...base, ...env }, stdio: ["ignore", "ignore", "pipe"] });
  let text = "";
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, "close")) as [number];
  expect(code).toBe(1);
  expect(text).not.toMatch(/^\s+at /m);
  return text;
}

it("refuses a data file that another process has, and names that process", async () => {
  await using first = await startTestHub();
  const text = await refusal({ DATABASE_URL: `file:${join(first.folder, "hub.db")}` });
  expect(text).toContain(`in use by process ${String(process.pid)}`);
});

it("refuses a port that is taken", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  expect(await refusal({ PORT: String(port) })).toContain(`PORT ${String(port)} on 127.0.0.1 is in use`);
  server.close();
});

it("refuses a data folder that cannot be written", async () => {
  const file = join(folder, "a-file");
  writeFileSync(file, "");
  expect(await refusal({ DATABASE_URL: `file:${join(file, "hub.db")}` })).toContain("cannot be written");
});

it("refuses a BANKS_FILE that is missing or faulty, with file and place", async () => {
  expect(await refusal({ BANKS_FILE: join(folder, "none.json") })).toContain("none.json");
  const file = join(folder, "banks.json");
  writeFileSync(
    file,
    JSON.stringify([{ id: "a", name: "A", country: "DE", standard: "BERLIN_GROUP", baseUrl: "https://a.example", auth: {} }]),
  );
  expect(await refusal({ BANKS_FILE: file })).toContain("banks.json: [0].auth.clientId");
});

it("refuses a database that cannot be reached, without its password", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  const text = await refusal({ DATABASE_URL: `postgres://hub:sesame@127.0.0.1:${String(port)}/hub` });
  expect(text).toContain("DATABASE_URL names a database that cannot be reached (ECONNREFUSED)");
  expect(text).not.toContain("sesame");
});

it("shows the usage for an option it does not know", async () => {
  expect(await refusal({}, "--colour")).toContain("Usage: npm start");
});
