import { connectHub, type HubClient } from "../../src/cli/hub-client.ts";
import { actAsPerson } from "../../src/sandbox/person.ts";
import type { UserId } from "../../src/domain/ids.ts";
import { bareUpsert } from "./bare-upsert.ts";
import { Client, type Ask } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import type { HubProcess } from "./processes.ts";
import { DASHBOARD } from "./queries.ts";
import { randomOf } from "./random.ts";
import { median, p99, say, type Result } from "./report.ts";

const REDIRECT_URL = "http://127.0.0.1:9/back"; // never opened: the person stops at the redirect to it

interface Setting {
  readonly hub: HubProcess;
  readonly folder: string;
  readonly bankId: string;
  readonly users: readonly UserId[];
}

/** The update of a business account: alone, once more with nothing new, and with somebody reading meanwhile. */
export async function measureUpdates(
  { hub, folder, bankId, users }: Setting,
  { rounds }: BenchOptions,
  seed: number,
): Promise<readonly Result[]> {
  const client = connectHub({ url: hub.url, ws: hub.ws, credential: hub.key });
  const reader = new Client(hub, 1);
  const random = randomOf(seed);
  const ask = (): Ask => ({ query: DASHBOARD, variables: { id: users[Math.floor(random() * users.length)] } });
  await client.run(`mutation ($u: [URL!]!) { setTenantUrls(input: { redirectUrls: $u }) { errors { message } } }`, { u: [REDIRECT_URL] });
  const measured: { share: number; again: number; slower: number }[] = [];
  let detail = { rate: "", again: "", p99: "" };
  try {
    await runUpdate(client, (await giveConsent(client, bankId)).consentId); // warms up both sides
    for (let round = 0; round < rounds; round++) {
      const alone = await giveConsent(client, bankId);
      const first = await runUpdate(client, alone.consentId);
      const second = await runUpdate(client, alone.consentId);
      const bare = await bareUpsert(`${folder}/hub.db`, alone.userId, `${folder}/bare-${String(round)}.db`);
      const idle = await latencies(reader, ask, new Promise((done) => setTimeout(done, first.ms)));
      const busy = await latencies(reader, ask, runUpdate(client, (await giveConsent(client, bankId)).consentId));
      const rate = (first.rows / first.ms) * 1_000;
      measured.push({ share: rate / bare.rowsPerSecond, again: second.ms / first.ms, slower: p99(busy) / p99(idle) });
      detail = {
        rate: `${rate.toFixed(0)} rows/s over ${bare.rowsPerSecond.toFixed(0)}, ${String(first.rows)} rows`,
        again: `${second.ms.toFixed(0)} ms over ${first.ms.toFixed(0)} ms`,
        p99: `${p99(busy).toFixed(1)} ms over ${p99(idle).toFixed(1)} ms, ${String(busy.length)} queries`,
      };
      say(`  update, round ${String(round + 1)}: ${detail.rate}; again ${detail.again}; p99 ${detail.p99}`);
    }
  } finally {
    reader.close();
    await client.close();
  }
  const share = median(measured.map((one) => one.share));
  const again = median(measured.map((one) => one.again));
  const slower = median(measured.map((one) => one.slower));
  return [
    {
      what: "first update against a bare bulk upsert",
      measured: share.toFixed(2),
      target: "≥ 0.30",
      reached: share >= 0.3,
      detail: detail.rate,
    },
    {
      what: "second update with nothing new, of the first's time",
      measured: `${(again * 100).toFixed(1)} %`,
      target: "≤ 5 %",
      reached: again <= 0.05,
      detail: detail.again,
    },
    {
      what: "query p99 while an update runs, against idle",
      measured: `${slower.toFixed(2)}×`,
      target: "≤ 2×",
      reached: slower <= 2,
      detail: detail.p99,
    },
  ];
}

async function giveConsent(client: HubClient, bankId: string): Promise<{ readonly consentId: string; readonly userId: string }> {
  const { createUser } = await client.run<{ createUser: { user: { id: string } } }>(`mutation { createUser(input: {}) { user { id } } }`);
  const input = {
    user: { id: createUser.user.id },
    bank: { ref: { bankId, bankIdType: "HUB" } },
    redirectUrl: REDIRECT_URL,
    scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS"],
  };
  const { createConsent } = await client.run<{ createConsent: { consent: { id: string; authorizationUrl: string } } }>(
    `mutation ($input: CreateConsentInput!) { createConsent(input: $input) { consent { id authorizationUrl } } }`,
    { input },
  );
  const { redirectedTo } = await actAsPerson({ url: createConsent.consent.authorizationUrl, user: "business" });
  if (!redirectedTo) throw new Error("the bank sent the person nowhere");
  await fetch(redirectedTo, { redirect: "manual" });
  return { consentId: createConsent.consent.id, userId: createUser.user.id };
}

interface UpdateState {
  readonly status: string;
  readonly progress: { readonly transactionsSeen: number };
}

/** From the mutation to the final status at a subscriber. */
async function runUpdate(client: HubClient, consentId: string): Promise<{ readonly ms: number; readonly rows: number }> {
  const start = performance.now();
  const { createUpdate } = await client.run<{ createUpdate: { update: { id: string } } }>(
    `mutation ($id: ID!) { createUpdate(input: { consentId: $id }) { update { id } } }`,
    { id: consentId },
  );
  let last: UpdateState | null = null;
  const events = client.subscribe<{ updateStatus: UpdateState }>(
    `subscription ($id: ID!) { updateStatus(updateId: $id) { status progress { transactionsSeen } } }`,
    { id: createUpdate.update.id },
  );
  for await (const { updateStatus } of events) last = updateStatus;
  const ms = performance.now() - start;
  if (last?.status !== "COMPLETED") throw new Error(`the update ended as ${last?.status ?? "nothing"}`);
  return { ms, rows: last.progress.transactionsSeen };
}

/** How long each query took, one after the other, until `end`; in ms. */
async function latencies(reader: Client, ask: () => Ask, end: Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  let over = false;
  const ended = end.finally(() => (over = true));
  do {
    const start = performance.now();
    await reader.send(ask());
    taken.push(performance.now() - start);
  } while (!over);
  await ended;
  return taken;
}
