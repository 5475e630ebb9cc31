import { createPeerOf } from "../../../src/access/peer.ts";
import { listen } from "../../../src/gateway/gateway.ts";
import { createMetrics } from "../../../src/gateway/metrics.ts";
import { createRoutes } from "../../../src/gateway/routes.ts";
import { SAMPLE_OPERATIONS } from "../../../src/graphql/sample-operations.ts";
import { buildHubSchema } from "../../../src/graphql/schema.ts";
import { createLog } from "../../../src/log.ts";
import { startTestGraphql, type TestGraphql } from "../../graphql.fixture.ts";
import { seedUser } from "../../graphql.seed.ts";
import { seeded, type Random } from "../random.ts";
import { startBankUnderFire } from "./bank-bodies.ts";
import { createDocumentMaker } from "./documents.ts";
import { shrink } from "./invariants.ts";
import { callbackUrl, frames, rawRequest, wrongWithUrl } from "./inputs.ts";
import { playFrames, postBody, sendRaw } from "./wire.ts";

export interface FuzzReport {
  readonly inputs: Readonly<Record<string, number>>;
  /** Kind, what is wrong, and the shortest input found that shows it. */
  readonly failures: readonly string[];
  /**
   * The most CPU time between two turns of the event loop that hub and campaign share, in ms, and how often it was over 50 ms: an upper
   * bound of what one input blocks, which other programs on the machine do not add to.
   */
  readonly longestBlock: number;
  readonly blocks: number;
}

interface Kind {
  readonly share: number;
  readonly make: () => string;
  readonly play: (input: string) => Promise<string | null>;
}

const AT_A_TIME = 8;
const BLOCK_MS = 50;
const MOST_FAILURES = 10;

/** Throws `inputs` inputs at a production GraphQL server behind the hub's own gateway, and at a bank's connector. */
export async function fuzzCampaign(options: {
  readonly inputs: number;
  readonly seed: number;
  readonly say?: (line: string) => void;
}): Promise<FuzzReport> {
  const random = seeded(options.seed);
  await using hub = await startTestGraphql({ environment: "PRODUCTION", realServices: true });
  const listener = await listen({ host: "127.0.0.1", port: 0, publicUrl: null, corsOrigins: [], tls: null });
  const { consents, access, store, server } = hub;
  const parts = {
    graphql: server,
    consents,
    access,
    peerOf: createPeerOf([]),
    store,
    metrics: createMetrics(),
    log: createLog("silent"),
    travel: null,
    logo: () => null,
  };
  listener.attach({
    request: createRoutes({ ...parts, stopping: new AbortController().signal }),
    upgrade: (request, socket, head) => server.upgrade(request, socket, head),
  });
  await using bank = await startBankUnderFire();
  const kinds = await kindsOf(random, hub, listener.localUrl, bank);

  const report = { inputs: {} as Record<string, number>, failures: [] as string[], longestBlock: 0, blocks: 0 };
  let begun = 0;
  async function worker(): Promise<void> {
    while (begun++ < options.inputs && report.failures.length < MOST_FAILURES) {
      const [name, kind] = pickKind(random, kinds);
      const input = kind.make();
      report.inputs[name] = (report.inputs[name] ?? 0) + 1;
      const wrong = await kind.play(input);
      if (wrong !== null) fail(await described(name, kind, input, wrong));
      if (begun % 1_000 === 0) options.say?.(`… ${String(begun)} inputs, ${String(report.failures.length)} failures`);
    }
  }
  function fail(failure: string): void {
    report.failures.push(failure);
    options.say?.(`FAILURE ${failure}`);
  }
  let used = process.threadCpuUsage();
  const turns = setInterval(() => {
    const now = process.threadCpuUsage();
    const block = (now.user + now.system - used.user - used.system) / 1_000;
    used = now;
    if (block > BLOCK_MS) report.blocks++;
    report.longestBlock = Math.max(report.longestBlock, block);
  }, 1);
  // The bank answers one input at a time, so that an answer belongs to its input; the rest is asked in parallel.
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  clearInterval(turns);
  for (const { err } of hub.logged as readonly { err?: Error }[])
    if (report.failures.length < MOST_FAILURES) fail(`logged as the hub's own fault: ${err?.stack ?? String(err)}`);
  await listener.close();
  return report;
}

async function described(name: string, kind: Kind, input: string, wrong: string): Promise<string> {
  const shortest = await shrink(input, async (text) => (await kind.play(text)) !== null);
  return `${name}: ${wrong}\n  input: ${JSON.stringify(shortest)}`;
}

function pickKind(random: Random, kinds: Readonly<Record<string, Kind>>): [string, Kind] {
  let roll = random.next();
  const entries = Object.entries(kinds);
  return entries.find(([, { share }]) => (roll -= share) < 0) ?? (entries[0] as [string, Kind]);
}

async function kindsOf(
  random: Random,
  hub: TestGraphql,
  url: string,
  bank: Awaited<ReturnType<typeof startBankUnderFire>>,
): Promise<Readonly<Record<string, Kind>>> {
  const user = await seedUser(hub, 30);
  const ids: [string, ...string[]] = [user.userId, user.consentId, ...user.updateIds, ...user.accounts.map(({ id }) => id), "bank_bank-a", "bank-a", "trx_01jzzzzzzzzzzzzzzzzzzzzzzz"]; // prettier-ignore
  const [first = "{ __typename }", ...rest] = Object.values(SAMPLE_OPERATIONS);
  const maker = createDocumentMaker(random, buildHubSchema(null), [first, ...rest], { ids });
  const corpus: readonly [string, ...string[]] = [first, ...rest];
  const token = await hub.tokenOf(user.userId, ["READ", "WRITE"]);
  const credentials: readonly [string | null, ...(string | null)[]] = [hub.apiKey, hub.apiKey, hub.apiKey, hub.apiKey, token, token, hub.otherKey, null]; // prettier-ignore
  const [graphql, origin] = [`${url}/graphql`, new URL(url)];
  const ws = graphql.replace("http", "ws");
  const credentialOf = (input: string): string | null => credentials[input.length % credentials.length] ?? null;
  const withVariables = (query: string): string =>
    JSON.stringify({
      query,
      ...(random.chance(0.5) ? { variables: random.chance(0.8) ? { x: maker.json(), userId: maker.json(), first: maker.json(), filter: maker.json(), by: maker.json() } : maker.json() } : {}),
      ...(random.chance(0.05) ? { operationName: maker.json() } : {}),
      ...(random.chance(0.03) ? { extensions: maker.json() } : {}),
    }); // prettier-ignore
  let turn: Promise<unknown> = Promise.resolve();
  return {
    query: {
      share: 0.45,
      make: () => JSON.stringify({ query: maker.document(["query", "query", "query", "query", "mutation", "subscription"]) }),
      play: (body) => postBody(graphql, body, credentialOf(body)),
    },
    variables: {
      share: 0.2,
      make: () => withVariables(random.pick(corpus)),
      play: (body) => postBody(graphql, body, credentialOf(body)),
    },
    "raw HTTP": { share: 0.13, make: () => rawRequest(random, maker, hub.apiKey), play: (bytes) => sendRaw(origin, bytes) },
    socket: {
      share: 0.08,
      make: () => JSON.stringify(frames(random, maker)),
      play: async (input) => {
        const list = parsedFrames(input);
        return list === null ? null : playFrames(ws, list, input.length % 2 === 0 ? hub.apiKey : token);
      },
    },
    "callback URL": { share: 0.07, make: () => callbackUrl(random), play: async (text) => wrongWithUrl(text) },
    "bank body": {
      share: 0.07,
      make: () => bank.make(random),
      play: (input) => {
        const played = turn.then(() => bank.play(input));
        turn = played;
        return played;
      },
    },
  };
}

function parsedFrames(input: string): readonly string[] | null {
  try {
    const list: unknown = JSON.parse(input);
    return Array.isArray(list) && list.every((frame) => typeof frame === "string") ? list : null;
  } catch {
    return null; // shrunk to no input
  }
}
