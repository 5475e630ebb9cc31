import { spawn } from "node:child_process";
import { once } from "node:events";
import { randomBytes } from "node:crypto";
import { request as httpsRequest } from "node:https";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startHub, type Hub } from "../../src/app.ts";
import { loadConfig } from "../../src/config/config.ts";
import { certificateRequest, foreignCertificate } from "../certificates.ts";

const RUN = fileURLToPath(new URL("../../src/tools/run.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "hub-production-"));
let env: Record<string, string>;
let hub: Hub;
let request: Awaited<ReturnType<typeof certificateRequest>>;

beforeAll(async () => {
  const server = await foreignCertificate("CN=localhost");
  request = await certificateRequest();
  for (const [name, text] of [["cert.pem", server.cert], ["key.pem", server.key], ["tenant.csr", request.csr]] as const) writeFileSync(join(folder, name), text); // prettier-ignore
  env = {
    HUB_ENV: "production",
    HUB_SECRET_KEY: randomBytes(32).toString("base64"),
    DATABASE_URL: `file:${join(folder, "hub.db")}`,
    PORT: "0",
    TLS_CERT: join(folder, "cert.pem"),
    TLS_KEY: join(folder, "key.pem"),
  };
  hub = await startHub({ ...loadConfig(env), logLevel: "silent" }, env, { engineInline: true });
}, 60_000);
afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** What an operator types, and the one line that comes of it. */
async function tenant(...args: string[]): Promise<Record<string, unknown> & { readonly code: number; readonly error: string }> {
  const child = spawn(process.execPath, [RUN, "tenant", ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  let [out, error] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (error += chunk.toString()));
  const [code] = (await once(child, "close")) as [number];
  const line = out.trim().split("\n").at(-1) ?? "";
  return { ...((line === "" ? {} : JSON.parse(line)) as Record<string, unknown>), code, error };
}

type Identity = { readonly cert: string; readonly key: string } | null;
function post(query: string, credential: string, identity: Identity): Promise<{ status: number; body: string }> {
  return new Promise((done, fail) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${credential}` };
    const sent = httpsRequest(hub.url, { method: "POST", rejectUnauthorized: false, agent: false, headers, ...identity }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.on("end", () => done({ status: response.statusCode ?? 0, body }));
    });
    sent.on("error", fail);
    sent.end(JSON.stringify({ query }));
  });
}

describe("a hub in production", () => {
  it("serves a tenant that has key, certificate and address, as the command line gives them, over HTTP and sockets", async () => {
    const made = await tenant("create", "--name", "Bank app", "--environment", "production", "--redirect-url", "https://app.example/back");
    const [id, apiKey] = [String(made["tenantId"]), String(made["apiKey"])];
    expect(apiKey).toMatch(/^hub_production_/);
    const issued = await tenant("issue-certificate", "--tenant", id, "--csr", join(folder, "tenant.csr"));
    expect(issued).toMatchObject({ code: 0, tenantId: id, pem: expect.stringContaining("BEGIN CERTIFICATE"), authority: expect.stringContaining("BEGIN CERTIFICATE") }); // prettier-ignore
    const identity = { cert: String(issued["pem"]), key: request.key };

    expect((await post("{ tenant { id } }", apiKey, identity)).status).toBe(401); // no address is listed yet
    expect(await tenant("add-ip", "--tenant", id, "--ip", "127.0.0.1")).toMatchObject({ allowedAddresses: ["127.0.0.1"] });
    expect(await post("{ tenant { id } }", apiKey, identity)).toMatchObject({ status: 200, body: expect.stringContaining(id) });
    expect((await post("{ tenant { id } }", apiKey, null)).status).toBe(401);
    expect((await post("{ tenant { id } }", `${apiKey.slice(0, -2)}xx`, identity)).status).toBe(401);

    const own = await post('mutation { createUser(input: {}) { user { id } } }', apiKey, identity); // prettier-ignore
    const user = /usr_\w+/.exec(own.body)?.[0] ?? "";
    const issuedToken = await post(`mutation { createUserToken(input: {user: {id: "${user}"}}) { token } }`, apiKey, identity);
    const { token } = (JSON.parse(issuedToken.body) as { data: { createUserToken: { token: string } } }).data.createUserToken;
    expect((await post("{ viewer { id } }", token, null)).body).toContain(user); // a browser has no certificate

    class Socket extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, protocols, { rejectUnauthorized: false, ...identity });
      }
    }
    const closed = new Promise<number>((done) => {
      const client = createClient({
        url: hub.ws, webSocketImpl: Socket, lazy: false, retryAttempts: 0, connectionParams: { authorization: `Bearer ${apiKey}` },
        onNonLazyError: () => undefined,
        on: { connected: () => void tenant("revoke-certificate", "--fingerprint", String(issued["fingerprint"])), closed: (event) => done((event as { code: number }).code) },
      }); // prettier-ignore
      void client;
    });
    expect(await closed).toBe(4403);
    expect((await post("{ tenant { id } }", apiKey, identity)).status).toBe(401);
  }, 60_000);

  it("has no demo tenant, no moving clock, and knows no sandbox key", async () => {
    expect(hub.demoTenantKey).toBeNull();
    const made = await tenant("create", "--name", "Try", "--environment", "sandbox");
    expect((await post("{ tenant { id } }", String(made["apiKey"]), null)).status).toBe(401);
    const status = await new Promise((done) => {
      const url = new URL("/sandbox/clock", hub.url);
      httpsRequest(url, { method: "POST", rejectUnauthorized: false, agent: false }, (response) =>
        done(response.resume().statusCode),
      ).end();
    });
    expect(status).toBe(404);
  });
});

describe("the command line", () => {
  it("lists tenants with keys and certificates and no secret, and notes what it did in the tenant's log", async () => {
    const made = await tenant("create", "--name", "Listed", "--environment", "production", "--ip", "192.0.2.0/24");
    const id = String(made["tenantId"]);
    await tenant("rotate-key", "--tenant", id);
    const listed = await tenant("list");
    expect(listed).toMatchObject({ id, name: "Listed", status: "VERIFIED", allowedAddresses: ["192.0.2.0/24"], certificates: [] });
    expect(listed["keys"]).toHaveLength(2);
    expect(JSON.stringify(listed)).not.toMatch(/hash|callbackSecret|whsec/);
    expect(await tenant("refuse", "--tenant", id)).toMatchObject({ status: "REFUSED" });
    const { openStore } = await import("../../src/store/open.ts");
    await using store = await openStore({ dialect: "sqlite", file: join(folder, "hub.db") });
    const { rows } = await store.auditEntries(id as `ten_${string}`, { limit: 10, position: null, backward: false });
    expect(rows.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
      "command-line refuseTenant",
      "command-line rotateApiKey",
      "command-line createTenant",
    ]);
  });

  it.each<[string[], RegExp]>([
    [["add-ip", "--tenant", "ten_x", "--ip", "0.0.0.0/0"], /too wide/],
    [["issue-certificate", "--tenant", "ten_x", "--csr", "/nowhere"], /cannot be read/],
    [["approve", "--tenant", "ten_x"], /no such tenant/],
    [["rotate-master-key"], /HUB_SECRET_KEY_PREVIOUS/],
    [["create"], /--name is missing/],
    [["revoke-key", "--key", "x"], /no live key/],
  ])("says what is wrong with %j and ends with 1", async (args, reason) => {
    const { code, error } = await tenant(...args);
    expect([code, error]).toEqual([1, expect.stringMatching(reason)]);
    expect(error).not.toMatch(/^\s+at /m);
  });
});
