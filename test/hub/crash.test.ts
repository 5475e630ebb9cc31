import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { connectHub } from "../../src/cli/hub-client.ts";
import { startBerlinGroupBank } from "../../src/sandbox/berlin-group/bank.ts";
import { approve, REDIRECT_URL } from "../hub.ts";

const RUN = fileURLToPath(new URL("../../src/tools/run.mjs", import.meta.url));
const ROWS = 5_000;
const KILL_AFTER = 1_000;

interface Process {
  readonly child: ChildProcess;
  readonly url: string;
  readonly ws: string;
  readonly demoTenantKey: string;
}

const running: ChildProcess[] = [];

afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
});

/** The hub as `npm start` runs it: the bundle, in a process that can be killed. */
async function startProcess(env: Record<string, string>): Promise<Process> {
  const child = spawn(process.execPath, [RUN, "main", "--json"], {
    env: { ...env, PATH: String(env["PATH"]) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.push(child);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { child, ...(JSON.parse(line.toString()) as Omit<Process, "child">) };
}

it("completes an update whose process was killed in the middle, with no row lost or doubled", { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "hub-crash-"));
  await using bank = await startBerlinGroupBank({ businessCount: ROWS, bigPageSize: 100 });
  const banksFile = join(folder, "banks.json");
  writeFileSync(banksFile, JSON.stringify([bank.entry]));
  const env = {
    PATH: "",
    PORT: "0",
    SANDBOX_BANKS: "off",
    LOG_LEVEL: "fatal",
    BANKS_FILE: banksFile,
    DATABASE_URL: `file:${join(folder, "hub.db")}`,
  };

  const first = await startProcess(env);
  const before = connectHub({ ...first, credential: first.demoTenantKey });
  await before.run(`mutation ($u: [URL!]!) { setTenantUrls(input: { redirectUrls: $u }) { errors { message } } }`, { u: [REDIRECT_URL] });
  await before.run(`mutation { createUser(input: { clientId: "b" }) { user { id } } }`);
  const { createConsent } = await before.run<{ createConsent: { consent: { id: string; authorizationUrl: string } } }>(
    `mutation ($b: String!, $r: URL!) { createConsent(input: { user: { clientId: "b" }, bank: { ref: { bankId: $b, bankIdType: HUB } }, redirectUrl: $r }) { consent { id authorizationUrl } } }`,
    { b: bank.id, r: REDIRECT_URL },
  );
  const consentId = createConsent.consent.id;
  expect((await approve(createConsent.consent.authorizationUrl, "business")).searchParams.get("status")).toBe("GIVEN");
  const { createUpdate } = await before.run<{ createUpdate: { update: { id: string } } }>(
    `mutation ($id: ID!) { createUpdate(input: { consentId: $id }) { update { id } } }`,
    { id: consentId },
  );
  const id = createUpdate.update.id;
  const follow = `subscription ($id: ID!) { updateStatus(updateId: $id) { status progress { transactionsSeen added } } }`;
  interface Event {
    readonly updateStatus: { readonly status: string; readonly progress: { readonly transactionsSeen: number; readonly added: number } };
  }
  for await (const { updateStatus } of before.subscribe<Event>(follow, { id })) {
    expect(updateStatus.status).not.toBe("COMPLETED"); // else it was killed too late to prove anything
    if (updateStatus.progress.transactionsSeen >= KILL_AFTER) break;
  }
  const killed = once(first.child, "exit");
  first.child.kill("SIGKILL");
  await killed;

  const second = await startProcess(env);
  const after = connectHub({ ...second, credential: second.demoTenantKey });
  // The dead process's lease runs out; time travel spares the wait.
  await fetch(new URL("/sandbox/clock", second.url), {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${second.demoTenantKey}` },
    body: JSON.stringify({ advance: "PT2M" }),
  });
  let last: Event["updateStatus"] | undefined;
  for await (const { updateStatus } of after.subscribe<Event>(follow, { id })) last = updateStatus;
  expect(last?.status).toBe("COMPLETED");

  const names: string[] = [];
  let cursor: string | null = null;
  do {
    interface Page {
      readonly user: {
        readonly transactions: {
          readonly nodes: readonly { entryReference: string | null; status: string }[];
          readonly pageInfo: { hasNextPage: boolean; endCursor: string };
        };
      };
    }
    const page: Page = await after.run<Page>(
      `query ($c: String) { user(by: { clientId: "b" }) { transactions(first: 500, after: $c) { nodes { entryReference status } pageInfo { hasNextPage endCursor } } } }`,
      { c: cursor },
    );
    const { nodes, pageInfo } = page.user.transactions;
    names.push(...nodes.filter((node) => node.status === "BOOKED").map((node) => node.entryReference ?? "none"));
    cursor = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (cursor !== null);
  const truth = bank.admin
    .truth("business")
    .accounts.flatMap(({ transactions }) => transactions.filter((row) => row.status === "booked").map((row) => row.entryReference));
  expect(names.toSorted()).toEqual(truth.toSorted());
  await after.close();
  rmSync(folder, { recursive: true, force: true });
});
