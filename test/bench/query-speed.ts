import { isDeepStrictEqual } from "node:util";
import type { UserId } from "../../src/domain/ids.ts";
import { Client, type Ask, type Target } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import { DASHBOARD, DEEP } from "./queries.ts";
import { randomOf } from "./random.ts";
import { median, say, type Result } from "./report.ts";

const CONCURRENCY = 8;
const COMPARED = 20;
const TARGET = 6;

/** Requests a second of the hub over those of the plain server, which gives the same answers from the same file. */
export async function measureQueries(
  hub: Target,
  plain: Target,
  users: readonly UserId[],
  { rounds, legMs }: BenchOptions,
  seed: number,
): Promise<readonly Result[]> {
  const random = randomOf(seed);
  const clients = { hub: new Client(hub, CONCURRENCY), plain: new Client(plain, CONCURRENCY) };
  const results: Result[] = [];
  for (const [name, query] of [
    ["dashboard", DASHBOARD],
    ["deep", DEEP],
  ] as const) {
    const ask = (): Ask => ({ query, variables: { id: users[Math.floor(random() * users.length)] } });
    const bytes = await compare(clients, ask);
    const speeds: { hub: number[]; plain: number[] } = { hub: [], plain: [] };
    for (const side of ["hub", "plain"] as const) await clients[side].throughput(ask, CONCURRENCY, legMs / 2);
    for (let round = 0; round < rounds; round++) {
      for (const side of round % 2 === 0 ? (["hub", "plain"] as const) : (["plain", "hub"] as const))
        speeds[side].push(await clients[side].throughput(ask, CONCURRENCY, legMs));
      say(
        `  ${name}, round ${String(round + 1)}: ${(speeds.hub.at(-1) ?? 0).toFixed(0)}/s, plain ${(speeds.plain.at(-1) ?? 0).toFixed(0)}/s`,
      );
    }
    const ratio = median(speeds.hub.map((value, round) => value / (speeds.plain[round] ?? Number.NaN)));
    results.push({
      what: `${name} query against plain resolvers`,
      measured: `${ratio.toFixed(2)}×`,
      target: `≥ ${String(TARGET)}×`,
      reached: ratio >= TARGET,
      detail: `${median(speeds.hub).toFixed(0)}/s over ${median(speeds.plain).toFixed(0)}/s, ${(bytes / 1_000).toFixed(0)} kB an answer`,
    });
  }
  for (const client of Object.values(clients)) client.close();
  return results;
}

/** @returns the bytes of an answer. @throws Error where the two differ */
async function compare(clients: { readonly hub: Client; readonly plain: Client }, ask: () => Ask): Promise<number> {
  let bytes = 0;
  for (let i = 0; i < COMPARED; i++) {
    const asked = ask();
    const [mine, theirs] = [await clients.hub.send(asked), await clients.plain.send(asked)];
    const data = (text: string): unknown => (JSON.parse(text) as { data: unknown }).data;
    if (!isDeepStrictEqual(data(mine), data(theirs))) throw new Error(`the two servers answer differently:\n${mine}\n${theirs}`);
    bytes = mine.length;
  }
  return bytes;
}
