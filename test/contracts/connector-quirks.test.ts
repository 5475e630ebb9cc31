import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { berlinGroupProfile, readProfile } from "../../src/connectors/berlin-group/profile.ts";
import { optionsOf, type Json } from "./profile-options.ts";
import { quirks } from "./connector-quirks.ts";
import { outcomeOf, SEAL, type Quirk } from "./connector-quirk-kit.ts";
import { withScript } from "./connector-scripted-bank.ts";

/** Leaves of a profile as paths: `transactions.format`. */
function pathsOf(value: object, schema: Json): readonly string[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const property = schema.properties?.[name];
    if (property?.properties === undefined || typeof inner !== "object" || inner === null) return [name];
    return pathsOf(inner, property).map((path) => `${name}.${path}`);
  });
}

const schema = z.toJSONSchema(berlinGroupProfile, { io: "input" }) as Json;
const options = optionsOf(schema);

async function play(quirk: Quirk, profile: NonNullable<Quirk["profile"]>): Promise<unknown> {
  let outcome: unknown = null;
  const sign = quirk.sign === true ? { sign: { ...SEAL, keyId: null } } : {};
  const run = async (parts: Parameters<Quirk["act"]>[0]) => {
    outcome = await outcomeOf(quirk.act(parts));
  };
  await withScript(quirk.script, profile, run, quirk.auth, sign);
  return outcome;
}

describe("a bank that departs from the standard (standards.md section 8)", () => {
  it.each(
    quirks.map((quirk) => ({ ...quirk, by: quirk.profile === undefined ? "recognised" : pathsOf(quirk.profile, schema).join(", ") })),
  )("$row $bank · $by", async (quirk) => {
    const { profile, expected } = quirk;
    expect(await play(quirk, profile ?? {})).toMatchObject(expected);
    // An option that changes nothing here would prove nothing.
    if (profile !== undefined) expect(await play(quirk, {})).not.toMatchObject(expected);
  });
});

describe("the options of a bank's profile", () => {
  const exercised = new Set(quirks.flatMap(({ profile }) => (profile === undefined ? [] : pathsOf(profile, schema))));

  it("are each exercised by a bank that needs it", () => {
    expect(options.map(({ path }) => path).filter((path) => !exercised.has(path))).toEqual([]);
  });

  it("are the only ones: another name or a wrong value is refused with its place", () => {
    expect(() => readProfile("b", { transactions: { fromat: "json" } })).toThrow(/bank "b": profile\.transactions: .*fromat/);
    expect(() => readProfile("b", { transactions: { format: "mt940" } })).toThrow(/profile\.transactions\.format/);
    expect(() => readProfile("b", { text: { cleaners: [{ match: "(", replace: "" }] } })).toThrow(/cleaners\.0\.match: is not a regular/);
    expect(() => readProfile("b", { consent: { model: "detailed" } })).toThrow(/profile\.consent\.accounts: must name/);
    expect(() => readProfile("b", { psuIp: { always: true } })).toThrow(/profile\.psuIp\.always: needs psuIp\.constant/);
  });

  it("name no bank in the code that reads them", () => {
    const words = /\b(?:sparkasse|santander|ing ro|belfius|fineco|triodos|mbank|nordea|commerzbank|n26)\b/i;
    const files = ["profile", "reading-options", "open-consent", "normalise-transaction", "fetch-transactions"];
    for (const file of files)
      expect(readFileSync(new URL(`../../src/connectors/berlin-group/${file}.ts`, import.meta.url), "utf8")).not.toMatch(words);
  });
});
