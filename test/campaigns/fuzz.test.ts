import { appendFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fuzzCampaign } from "./fuzz/campaign.ts";

const FIXED = 20_261_125;
/** Set by `npm run campaign:fuzz` (fuzz/main.ts). */
const { FUZZ_INPUTS, FUZZ_SEED, FUZZ_REPORT } = process.env;
const campaign = FUZZ_INPUTS !== undefined;

describe("random input of every kind", () => {
  it.each(campaign ? [Number(FUZZ_SEED)] : [FIXED, Math.floor(Math.random() * 1e9)])(
    "gets an answer for the caller: no fault of the hub, no stack, no page, no hint at names (seed %i)",
    { timeout: campaign ? 24 * 3_600_000 : 60_000 },
    async (seed) => {
      const say = (line: string): void => void (FUZZ_REPORT === undefined || appendFileSync(FUZZ_REPORT, `${line}\n`));
      const started = performance.now();
      const { inputs, failures, longestBlock, blocks } = await fuzzCampaign({
        inputs: campaign ? Number(FUZZ_INPUTS) : 1_000,
        seed,
        say,
      });
      const kinds = Object.entries(inputs).map(([name, count]) => `${name} ${String(count)}`);
      say(
        `fuzz: ${String(Object.values(inputs).reduce((sum, count) => sum + count, 0))} inputs (${kinds.join(", ")}), ` +
          `${String(failures.length)} failures, longest turn of the event loop ${longestBlock.toFixed(0)} ms of CPU (${String(blocks)} over 50 ms), ` +
          `seed ${String(seed)}, ${String(Math.round((performance.now() - started) / 1_000))} s`,
      );
      expect(failures).toEqual([]);
      expect(Object.keys(inputs)).toHaveLength(6);
    },
  );
});
