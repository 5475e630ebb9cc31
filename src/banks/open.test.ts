import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError } from "../config/config-error.ts";
import { profileFaults } from "../connectors/registry.ts";
import { openBanks, type Banks } from "./open.ts";

let folder: string;
let logged: { level: string; fields: Record<string, unknown>; text: string }[];
let banks: Banks | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "banks-open-"));
  logged = [];
});
afterEach(() => {
  banks?.[Symbol.dispose]();
  banks = null;
  rmSync(folder, { recursive: true });
});

const entry = (id: string, more: object = {}) => ({
  id, name: `Bank ${id}`, country: "PL", standard: "BERLIN_GROUP", baseUrl: "http://127.0.0.1:1/x", auth: { clientId: "c" }, ...more,
}); // prettier-ignore
const put = (name: string, content: unknown): void =>
  writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));

function open(banksFile: string | null, sandboxEntries: readonly unknown[] = []): Banks {
  const note = (level: string) => (fields: object, text: string) => void logged.push({ level, fields: { ...fields }, text });
  const log = { info: note("info"), warn: note("warn"), error: note("error") };
  const options = { environment: "SANDBOX", unattendedCallsPerDay: 4, publicUrl: "http://hub", profileFaults } as const;
  banks = openBanks({ ...options, banksFile, sandboxEntries, log });
  return banks;
}

const ids = (from: Banks): readonly string[] => from.entries().map(({ id }) => id);
const faults = (): unknown[] => logged.filter(({ level }) => level === "warn").map(({ fields }) => fields["fault"]);
function refusal(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}
/** Resolves with the next log line of this text: what a reload ends with. */
async function said(text: string): Promise<void> {
  const before = logged.length;
  await expect.poll(() => logged.slice(before).some((line) => line.text.startsWith(text)), { timeout: 20_000, interval: 20 }).toBe(true);
}

describe("at start", () => {
  it("an option that the bank's standard does not know, or a value that it cannot have, is named with file and place", () => {
    const profiles = [
      ["BERLIN_GROUP", { transactions: { format: "mt940" } }],
      ["UK_OPEN_BANKING", { requestObject: { lifeSeconds: 0 } }],
      ["POLISH_API", { accounts: { types: { X: "PIGGY" } } }],
      ["STET", { consent: { model: "bank-offered" }, ids: { trustTransactionId: false } }],
      ["STET", { errors: { patterns: [{ match: "(", failure: "PROTOCOL", code: "BANK_BAD_RESPONSE" }] } }],
    ] as const;
    put("banks.json", [entry("good"), ...profiles.map(([standard, profile], i) => entry(`b${String(i)}`, { standard, profile }))]);
    expect(ids(open(join(folder, "banks.json")))).toEqual(["good"]);
    expect(faults()).toEqual([
      expect.stringMatching(/^banks\.json: \[1\]\.profile\.transactions\.format: .*camt\.052/),
      expect.stringMatching(/^banks\.json: \[2\]\.profile\.requestObject\.lifeSeconds: /),
      expect.stringMatching(/^banks\.json: \[3\]\.profile\.accounts\.types\.X: /),
      expect.stringMatching(/^banks\.json: \[4\]\.profile\.consent\.model: /),
      expect.stringMatching(/^banks\.json: \[4\]\.profile\.ids: .*trustTransactionId/),
      "banks.json: [5].profile.errors.patterns[0].match: is not a regular expression",
    ]);
  });

  it("a faulty entry is named with file and place and left out, and the others load", () => {
    put("banks.json", [entry("a"), entry("b", { country: "Poland" }), "none", entry("a", { name: "Twice" }), entry("c")]);
    expect(ids(open(join(folder, "banks.json")))).toEqual(["a", "c"]);
    expect(faults()).toEqual([
      "banks.json: [1].country: must be a country code of two letters (ISO 3166-1)",
      "banks.json: [2]: must be an object",
      'banks.json: [3].id: "a" is taken by [0]',
    ]);
    expect(banks?.state()).toEqual({ connectable: 2, faults: 3, refused: false });
  });

  it("a folder is read file by file in the order of names; a file that is no list, or an id that another file has, is named and left out", () => {
    put("2.json", [entry("b"), entry("a")]);
    put("1.json", [entry("a")]);
    put("3.json", "{ oops");
    put("key.pem", "not read");
    put(".hidden.json", "not read");
    expect(ids(open(folder))).toEqual(["a", "b"]);
    expect(faults()).toEqual(['2.json: [1].id: "a" is taken by 1.json', "3.json is not JSON"]);
  });

  it("is refused where no entry at all is right, and takes an empty list or folder as no banks", () => {
    expect(ids(open(folder))).toEqual([]);
    put("1.json", "[]");
    expect(ids(open(folder))).toEqual([]);
    put("2.json", [entry("b", { auth: {} })]);
    expect(refusal(() => open(folder))).toEqual(["2.json: [0].auth.clientId: is missing"]);
    expect(refusal(() => open(join(folder, "none")))[0]).toContain("cannot be read (ENOENT)");
  });

  it("an id of a sandbox bank that runs with the hub is taken", () => {
    put("banks.json", [entry("sandbox"), entry("a")]);
    expect(ids(open(join(folder, "banks.json"), [entry("sandbox")]))).toEqual(["a", "sandbox"]);
    expect(faults()).toEqual(['banks.json: [0].id: "sandbox" is taken by a sandbox bank']);
  });

  it("without BANKS_FILE the bundled banks are listed beside the sandbox banks, and with it they are not", () => {
    const any = { search: null, countries: null, standards: null, psuType: null, environment: null, connectable: null };
    expect(open(null, [entry("sandbox")]).directory.search(any).length).toBeGreaterThan(1_600);
    put("banks.json", [entry("a")]);
    expect(open(join(folder, "banks.json")).directory.search(any)).toHaveLength(1);
  });
});

describe("while the hub runs", () => {
  it("a changed file is read again: banks come, change and go, and one that is as it was stays the same object", async () => {
    put("banks.json", [entry("a"), entry("b"), entry("c")]);
    const { directory, onChange } = open(join(folder, "banks.json"));
    let told = 0;
    onChange(() => told++);
    const [a, b] = directory.byIds(["a", "b"]);
    // As editors do it: a new file moved over the old one.
    put("new.tmp", [entry("a"), entry("b", { name: "Renamed" }), entry("d")]);
    renameSync(join(folder, "new.tmp"), join(folder, "banks.json"));
    await said("BANKS_FILE read again");
    expect(told).toBe(1);
    expect(directory.byId("a")).toBe(a);
    expect(directory.byId("b")).not.toBe(b);
    expect(directory.byId("b")?.name).toBe("Renamed");
    expect([directory.byId("c"), directory.byId("d")?.name]).toEqual([null, "Bank d"]);
  });

  it("a reading that would be refused at start changes nothing, and the next good one counts", async () => {
    put("banks.json", [entry("a")]);
    const { directory, state } = open(join(folder, "banks.json"));
    put("banks.json", '[{"clientSecret": "s3cret');
    await said("BANKS_FILE refused");
    expect(state()).toMatchObject({ connectable: 1, refused: true });
    expect(directory.byId("a")).not.toBeNull();
    expect(JSON.stringify(logged)).not.toContain("s3cret");
    put("banks.json", [entry("b")]);
    await said("BANKS_FILE read again");
    expect(state()).toMatchObject({ connectable: 1, refused: false });
    expect([directory.byId("a"), directory.byId("b")?.id]).toEqual([null, "b"]);
  });

  it("an entry that has become faulty stays as it was, the others follow", async () => {
    put("banks.json", [entry("a"), entry("b"), entry("c")]);
    const { directory } = open(join(folder, "banks.json"));
    put("banks.json", [entry("a", { baseUrl: "nowhere" }), entry("b", { name: "Renamed" })]);
    await said("BANKS_FILE read again");
    expect(directory.byIds(["a", "b", "c"]).map((bank) => bank?.name)).toEqual(["Bank a", "Renamed", undefined]);
    expect(faults()).toEqual(["banks.json: [0].baseUrl: must be an absolute http or https URL without user, query and fragment"]);
  });

  it("the banks of a file in the folder that cannot be read any more stay, those of a removed file go", async () => {
    for (const id of ["a", "b", "c"]) put(`${id}.json`, [entry(id)]);
    const { directory } = open(folder);
    rmSync(join(folder, "b.json"));
    put("a.json", "[");
    await said("BANKS_FILE read again");
    expect(directory.byIds(["a", "b", "c"]).map((bank) => bank?.id)).toEqual(["a", undefined, "c"]);
    expect(faults()).toEqual(["a.json is not JSON"]);
  });

  it("a folder that is made anew is found again", async () => {
    const inner = join(folder, "inner");
    mkdirSync(inner);
    put("inner/a.json", [entry("a")]);
    const { directory } = open(inner);
    rmSync(inner, { recursive: true });
    await said("BANKS_FILE refused");
    mkdirSync(inner);
    put("inner/b.json", [entry("b")]);
    await expect.poll(() => directory.byId("b")?.id ?? null, { timeout: 20_000 }).toBe("b"); // by the poll: the watch ended with the folder
    expect(directory.byId("a")).toBeNull();
  });
});

describe("a logo", () => {
  it("is drawn by the hub for every sandbox bank that brings none, as text and shapes alone", () => {
    const own = { logo: "https://a.example/logo.png" };
    put("banks.json", [entry("own", own), entry("real", { environment: "production" })]);
    const { directory, logo } = open(join(folder, "banks.json"), [entry("sb-1", { name: `Sandbox Bank <"Łódź" & Co>` })]);
    expect(directory.byId("sb-1")?.logo).toBe("http://hub/logos/sb-1.svg");
    expect([directory.byId("own")?.logo, directory.byId("real")?.logo]).toEqual([own.logo, null]);
    expect([logo("own"), logo("real"), logo("nobody")]).toEqual([null, null, null]);
    const svg = logo("sb-1") ?? "";
    expect(svg).toContain("<title>Sandbox Bank &#60;&#34;Łódź&#34; &#38; Co&#62;</title>");
    expect(svg).toContain(">ŁC</text>");
    expect(svg).not.toMatch(/href|script|url\(|style/);
    expect(Buffer.byteLength(svg)).toBeLessThan(1_000);
    // What is remembered of the bank names no address of this hub.
    expect(banks?.entries().find(({ id }) => id === "sb-1")?.logo).toBeNull();
  });
});
