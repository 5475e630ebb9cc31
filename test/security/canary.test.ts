import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectHub } from "../../src/cli/hub-client.ts";
import { startBerlinGroupBank } from "../../src/sandbox/berlin-group/bank.ts";
import { FAULT_KINDS, type FaultKind } from "../../src/sandbox/kit/faults/fault.ts";
import type { SandboxBank } from "../../src/sandbox/kit/sandbox-bank.ts";
import { ibanOf } from "../../src/sandbox/ledger/iban.ts";
import { databases } from "../databases.ts";
import { createUpdate, giveConsent, hubProcesses, statusOf, type HubProcess, type HubProcesses } from "../hub/processes.ts";
import { createCanaries, watchTokens } from "./canaries.ts";

const USERS = 16;
const ROWS = 14;
/** Faults whose only effect is that a test waits. */
const SLOW: readonly FaultKind[] = ["hang", "delay", "drip", "clock-skew", "signature-missing", "signature-wrong"];
const FAULTS = FAULT_KINDS.filter((kind) => !SLOW.includes(kind) && !kind.startsWith("redirect-"));
/** What must not stand in plain text in any database file, at any time. */
const TOKENS = ["token", "client secret", "code", "state", "key"];

describe.each(databases)("a whole run with every fault on $name", ({ open }) => {
  const canaries = createCanaries();
  const folder = mkdtempSync(join(tmpdir(), "hub-canary-"));
  const file = join(folder, "hub.db");
  const secretKey = randomBytes(32).toString("base64");
  const ofUser = new Map<string, string[]>();
  let logs = "";
  /** What banks' faults became, and what callers' own mistakes did. */
  let errors = "";
  let mistakes = "";
  let postgres: string | undefined;
  let bank: SandboxBank;
  let processes: HubProcesses;
  let hub: HubProcess;
  let watch: Disposable;
  let lastToken = "";
  const consents = new Map<string, string>();

  /** Everything that the database holds: the files' bytes, or every row of every table. */
  async function database(): Promise<string> {
    if (postgres === undefined)
      return readdirSync(folder)
        .filter((one) => one.startsWith("hub.db"))
        .map((one) => readFileSync(join(folder, one), "latin1"))
        .join("\n");
    const client = new pg.Client({ connectionString: postgres });
    await client.connect();
    const tables = await client.query<{ name: string }>("select tablename as name from pg_tables where schemaname = 'public'");
    let text = "";
    for (const { name: table } of tables.rows)
      text += `\n${table}: ${JSON.stringify((await client.query(`select * from "${table}"`)).rows)}`;
    await client.end();
    return text;
  }

  beforeAll(async () => {
    watch = watchTokens(canaries, (token) => (lastToken = token));
    postgres = await open();
    mkdirSync(folder, { recursive: true });
    bank = await startBerlinGroupBank({ businessCount: 10 });
    for (let i = 0; i < USERS; i++) {
      const login = `canary-${randomBytes(6).toString("hex")}`;
      const unique = (): string => `CANARY${randomBytes(8).toString("hex")}`;
      const iban = (): string => ibanOf("DE", String(Math.floor(Math.random() * 1e15)).padStart(18, "3"));
      const own = iban();
      const rows = Array.from({ length: ROWS }, (_, n) => ({
        id: `${login}-${String(n)}`,
        amount: `-${String(n + 1)}.00`,
        enteredAt: new Date(bank.clock.now().getTime() - (n + 1) * 86_400_000).toISOString(),
        party: { name: unique(), iban: iban() },
        remittance: [unique()],
      }));
      bank.admin.addUser({ name: login, fullName: unique(), accounts: [{ id: `acc-${login}`, iban: own, transactions: rows }] });
      const data = [own, ...rows.flatMap(({ party, remittance }) => [party.name, party.iban, ...remittance])];
      canaries.add("data", ...data);
      ofUser.set(login, [login, ...data]);
    }
    canaries.add("client secret", bank.entry.auth.clientSecret);
    canaries.add("key", secretKey);
    processes = hubProcesses(bank, postgres ?? `file:${file}`, (text) => (logs += text));
    hub = await processes.start({ env: { LOG_LEVEL: "trace", HUB_SECRET_KEY: secretKey } });
    canaries.add("key", hub.demoTenantKey.slice(-43));
  }, 60_000);
  afterAll(async () => {
    await processes[Symbol.asyncDispose]();
    await bank[Symbol.asyncDispose]();
    watch[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  /** One update under a fault, until it is final or waits. */
  async function updateUnder(kind: FaultKind, consent: string, user: string): Promise<void> {
    const text = `${lastToken} ${ofUser.get(user)?.[1] ?? ""}`; // a bank whose error bodies repeat the token and the IBAN
    bank.admin.setFault({ kind, ...(kind === "error" ? { params: { text } } : {}) });
    const update = await createUpdate(hub.client, consent).catch((error: unknown) => void (errors += String(error)));
    if (update === undefined) return bank.admin.clearFaults();
    for await (const { status } of statusOf(hub.client, update)) if (status !== "QUEUED" && status !== "RUNNING") break;
    const query =
      "query ($id: ID!) { update(id: $id) { error { code message bankCode supportReference } steps { error { message bankCode } } } }";
    errors += JSON.stringify(await hub.client.run(query, { id: update }));
    await hub.client.run("mutation ($id: ID!) { cancelUpdate(input: { updateId: $id }) { errors { message } } }", { id: update });
    bank.admin.clearFaults();
  }

  it(`uses ${String(FAULTS.length)} faults and over 500 secrets, tokens and IBANs, and reads the data through the API`, async () => {
    for (const [i, user] of [...ofUser.keys()].entries()) {
      const consent = await giveConsent(hub.client, bank, user);
      consents.set(user, consent);
      const first = await createUpdate(hub.client, consent);
      for await (const { status } of statusOf(hub.client, first)) if (status === "COMPLETED") break;
      for (let n = i; n < FAULTS.length; n += USERS) await updateUnder(FAULTS[n] ?? "error", consent, user);
      const { createUserToken } = await hub.client.run<{ createUserToken: { token: string } }>(
        "mutation ($c: String!) { createUserToken(input: { user: { clientId: $c } }) { token } }",
        { c: user },
      );
      canaries.add("token", createUserToken.token.split(".")[2]);
      // The caller's own mistakes, with secrets in them.
      const wrong = connectHub({ ...hub, credential: createUserToken.token });
      for (const query of [
        `{ account(id: "${createUserToken.token}") { iban(x: "${ofUser.get(user)?.[1] ?? ""}") } }`,
        "{ users { nodes { id ",
        "{ tenants { totalCount } }",
      ])
        await wrong.run(query, { secret: createUserToken.token }).catch((error: unknown) => void (mistakes += String(error)));
      await wrong.close();
      for (const path of [`/callback/${bank.id}?state=${lastToken}&code=${lastToken}`, `/callback/${lastToken}`, `/${lastToken}`])
        mistakes += await (await fetch(new URL(path, hub.url))).text();
    }
    const seen = await hub.client.run("{ users(first: 20) { nodes { transactions(first: 50) { nodes { remittance } } } } }");
    expect(canaries.list("data").filter((text) => JSON.stringify(seen).includes(text)).length).toBeGreaterThan(USERS * ROWS - 1);
    expect(canaries.list().length).toBeGreaterThan(500);
    expect(canaries.list("token").length).toBeGreaterThan(2 * USERS);
    expect(canaries.list("code").length + canaries.list("state").length).toBeGreaterThan(USERS);
  }, 240_000);

  it("shows none of them in logs, errors or metrics", async () => {
    const metrics = await (await fetch(new URL("/metrics", hub.url))).text();
    expect(metrics).toContain("hub_http_requests_total");
    expect(logs).toContain('"level":');
    expect(errors.length).toBeGreaterThan(2_000);
    expect(canaries.foundIn(logs)).toEqual([]);
    expect(canaries.foundIn(metrics)).toEqual([]);
    expect(canaries.foundIn(errors)).toEqual([]);
    // GraphQL itself says which of the caller's own words it could not read; what is not the caller's own must not be there.
    expect(canaries.foundIn(mistakes, ...TOKENS)).toEqual([]);
  });

  it("keeps no token and no secret in plain text in the database", async () => {
    const held = await database();
    expect(held).toContain(canaries.list("data")[0]); // the scan does see what is there
    expect(canaries.foundIn(held, ...TOKENS)).toEqual([]);
  });

  it("keeps nothing of a consent or a user that was deleted: not in tables, files, log, jobs or callbacks", async () => {
    const users = [...ofUser.keys()];
    const [byConsent, byUser, kept] = [users.slice(0, 6), users.slice(6, 12), users.slice(12)];
    for (const user of byConsent)
      await hub.client.run("mutation ($id: ID!) { deleteConsent(input: { consentId: $id }) { receipt { id } errors { message } } }", {
        id: consents.get(user),
      });
    for (const user of byUser)
      await hub.client.run(
        "mutation ($c: String!) { deleteUser(input: { user: { clientId: $c } }) { receipt { id } errors { message } } }",
        { c: user },
      );
    const held = await database();
    const found = (list: readonly string[]): readonly string[] => list.filter((text) => held.includes(text));
    expect(byConsent.flatMap((user) => found((ofUser.get(user) ?? []).slice(1)))).toEqual([]); // the user stays, and so does its clientId
    expect(byUser.flatMap((user) => found(ofUser.get(user) ?? []))).toEqual([]);
    for (const user of kept) expect(found(ofUser.get(user) ?? []).length).toBeGreaterThan(ROWS);
  }, 60_000);
});
