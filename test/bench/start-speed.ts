import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import { startHub } from "./processes.ts";
import { median, say, type Result } from "./report.ts";

const SETTLE_MS = 1_500;

/** From the spawn of the process to its first answer, each time on an empty data folder; and the memory of a hub at rest. */
export async function measureStart(folder: string, { rounds }: BenchOptions): Promise<readonly Result[]> {
  const times = { off: [] as number[], on: [] as number[] };
  const memory: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const banks of ["off", "on"] as const) {
      await using hub = await startHub(mkdtempSync(join(folder, "start-")), { SANDBOX_BANKS: banks });
      const client = new Client(hub, 1);
      await client.send({ query: "{ tenant { name } }", variables: {} });
      times[banks].push(performance.now() - hub.startedAt);
      client.close();
      if (banks === "on") continue;
      await pause(SETTLE_MS);
      memory.push(hub.memory());
    }
    say(
      `  start, round ${String(round + 1)}: ${String(Math.round(times.off.at(-1) ?? 0))} ms, with sandbox banks ${String(Math.round(times.on.at(-1) ?? 0))} ms`,
    );
  }
  const [off, on, rss] = [median(times.off), median(times.on), median(memory)];
  return [
    {
      what: "start to first answer, hub alone",
      measured: `${off.toFixed(0)} ms`,
      target: "≤ 300 ms",
      reached: off <= 300,
      detail: spread(times.off),
    },
    {
      what: "start to first answer, with the sandbox banks",
      measured: `${on.toFixed(0)} ms`,
      target: "≤ 3000 ms",
      reached: on <= 3_000,
      detail: spread(times.on),
    },
    {
      what: "memory at rest, hub alone",
      measured: `${rss.toFixed(0)} MB`,
      target: "≤ 120 MB",
      reached: rss <= 120,
      detail: spread(memory),
    },
  ];
}

function spread(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}`;
}
