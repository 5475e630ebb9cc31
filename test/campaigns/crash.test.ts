import { describe, expect, it } from "vitest";
import { databases } from "../databases.ts";
import { crashCampaign } from "./crash/campaign.ts";

const FIXED = 20_261_125;

describe.each(databases)("kill -9 at random moments, on $name", ({ open }) => {
  it.each([FIXED, Math.floor(Math.random() * 1e9)])(
    "loses and doubles nothing, changes no id, leaves no update hanging (seed %i)",
    { timeout: 180_000 },
    async (seed) => {
      const result = await crashCampaign({ kills: 4, seed, databaseUrl: await open(), people: 2, rows: 200 });
      expect(result.violations).toEqual([]);
      expect(result.rowsCompared).toBeGreaterThan(0);
    },
  );
});
