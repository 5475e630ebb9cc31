import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectHub, type HubClient } from "../../src/cli/hub-client.ts";
import type { SandboxBank } from "../../src/sandbox/kit/sandbox-bank.ts";
import { approve, REDIRECT_URL } from "../person.ts";

const RUN = fileURLToPath(new URL("../../src/tools/run.mjs", import.meta.url));

/** The hub as `npm start` runs it: the bundle, in a process that can be killed. */
export interface HubProcess {
  readonly url: string;
  readonly ws: string;
  readonly demoTenantKey: string;
  /** For the tenant of the sandbox's demo; not for a worker. */
  readonly client: HubClient;
  /** Freezes the process, as a machine does that swaps or migrates. */
  pause(): void;
  resume(): void;
  /** Ends it by a signal and waits for its end; the exit code, null after SIGKILL. */
  end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null>;
}

export interface HubProcesses extends AsyncDisposable {
  start(options?: { readonly role?: "gateway" | "worker"; readonly env?: Readonly<Record<string, string>> }): Promise<HubProcess>;
}

/** Hub processes over one database and one bank; `databaseUrl` undefined = a SQLite file. All are gone at dispose, and so is the folder. */
export function hubProcesses(
  bank: SandboxBank,
  databaseUrl: string | undefined,
  /** Takes what the hubs write to their logs. @default this process's own standard error */
  onLog?: (text: string) => void,
): HubProcesses {
  const folder = mkdtempSync(join(tmpdir(), "hub-process-"));
  const banksFile = join(folder, "banks.json");
  writeFileSync(banksFile, JSON.stringify([bank.entry]));
  const env = {
    PATH: "",
    PORT: "0",
    SANDBOX_BANKS: "off",
    LOG_LEVEL: "fatal",
    BANKS_FILE: banksFile,
    DATABASE_URL: databaseUrl ?? `file:${join(folder, "hub.db")}`,
    HUB_SECRET_KEY: randomBytes(32).toString("base64"),
  };
  const running = new Set<ChildProcess>();
  const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> => {
    if (!running.delete(child) || child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, "exit");
    child.kill(signal);
    return ((await ended) as [number | null])[0];
  };
  return {
    async start({ role, env: more = {} } = {}) {
      const args = [RUN, "main", "--json", ...(role === undefined ? [] : ["--role", role])];
      const child = spawn(process.execPath, args, {
        env: { ...env, ...more },
        cwd: folder,
        stdio: ["ignore", "pipe", onLog ? "pipe" : "inherit"],
      });
      child.stderr?.on("data", (chunk: Buffer) => onLog?.(chunk.toString()));
      running.add(child);
      const [line] = (await Promise.race([once(child.stdout ?? child, "data"), once(child, "exit").then(() => [null])])) as [Buffer | null];
      if (line === null) throw new Error(`the hub ended before it was ready, with code ${String(child.exitCode)}`);
      const ready = JSON.parse(line.toString()) as { url: string; ws: string; demoTenantKey: string };
      const client = connectHub({ ...ready, credential: ready.demoTenantKey });
      return {
        ...ready,
        client,
        pause: () => void child.kill("SIGSTOP"),
        resume: () => void child.kill("SIGCONT"),
        end: (signal) => end(child, signal),
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...running].map((child) => end(child, "SIGKILL")));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A consent of the user with this clientId, given by `login` at the bank. */
export async function giveConsent(client: HubClient, bank: SandboxBank, login: string): Promise<string> {
  await client.run(`mutation ($u: [URL!]!) { setTenantUrls(input: { redirectUrls: $u }) { errors { message } } }`, { u: [REDIRECT_URL] });
  await client.run(`mutation ($c: String!) { createUser(input: { clientId: $c }) { user { id } } }`, { c: login });
  const { createConsent } = await client.run<{ createConsent: { consent: { id: string; authorizationUrl: string } } }>(
    `mutation ($c: String!, $b: String!, $r: URL!) { createConsent(input: { user: { clientId: $c }, bank: { ref: { bankId: $b, bankIdType: HUB } }, redirectUrl: $r }) { consent { id authorizationUrl } } }`,
    { c: login, b: bank.id, r: REDIRECT_URL },
  );
  const landing = await approve(createConsent.consent.authorizationUrl, login);
  if (landing.searchParams.get("status") !== "GIVEN") throw new Error(`the consent was not given: ${landing.href}`);
  return createConsent.consent.id;
}

export async function createUpdate(client: HubClient, consentId: string): Promise<string> {
  const { createUpdate: made } = await client.run<{ createUpdate: { update: { id: string } } }>(
    `mutation ($id: ID!) { createUpdate(input: { consentId: $id }) { update { id } } }`,
    { id: consentId },
  );
  return made.update.id;
}

export interface Status {
  readonly status: string;
  readonly progress: { readonly transactionsSeen: number; readonly added: number };
}

export async function* statusOf(client: HubClient, updateId: string): AsyncGenerator<Status> {
  const follow = `subscription ($id: ID!) { updateStatus(updateId: $id) { status progress { transactionsSeen added } } }`;
  for await (const { updateStatus } of client.subscribe<{ updateStatus: Status }>(follow, { id: updateId })) yield updateStatus;
}

/** Moves the hub's clock: spares the wait for a dead process's lease. */
export async function advance(hub: HubProcess, duration: string): Promise<void> {
  const response = await fetch(new URL("/sandbox/clock", hub.url), {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${hub.demoTenantKey}` },
    body: JSON.stringify({ advance: duration }),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** Entry references of the user's booked rows in the hub, sorted. */
export async function bookedReferences(client: HubClient, clientId: string): Promise<readonly string[]> {
  interface Page {
    readonly user: {
      readonly transactions: {
        readonly nodes: readonly { readonly entryReference: string | null; readonly status: string }[];
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
      };
    };
  }
  const names: string[] = [];
  for (let cursor: string | null = null; ;) {
    const page: Page = await client.run<Page>(
      `query ($u: String!, $c: String) { user(by: { clientId: $u }) { transactions(first: 500, after: $c) { nodes { entryReference status } pageInfo { hasNextPage endCursor } } } }`,
      { u: clientId, c: cursor },
    );
    const { nodes, pageInfo } = page.user.transactions;
    names.push(...nodes.filter(({ status }) => status === "BOOKED").map(({ entryReference }) => entryReference ?? "none"));
    if (!pageInfo.hasNextPage) return names.toSorted();
    cursor = pageInfo.endCursor;
  }
}

/** The same of the bank's own ledger. */
export function trueReferences(bank: SandboxBank, login: string): readonly string[] {
  const { accounts } = bank.admin.truth(login);
  const booked = accounts.flatMap(({ transactions }) => transactions.filter(({ status }) => status === "booked"));
  return booked.map(({ entryReference }) => entryReference ?? "none").toSorted();
}
