import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ConfigError } from "../config/config-error.ts";
import type { Bank } from "../domain/bank.ts";
import { createDirectory } from "./directory-of.ts";
import type { BankSearch } from "./directory.ts";
import { loadBanks } from "./bank-files.ts";
import { parseBanks } from "./load.ts";

const folder = mkdtempSync(join(tmpdir(), "banks-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SANDBOX = { environment: "SANDBOX", unattendedCallsPerDay: 4 } as const;
const least = {
  id: "one",
  name: "One Bank",
  country: "pl",
  standard: "Berlin Group",
  baseUrl: "http://127.0.0.1:1/x/",
  auth: { clientId: "c" },
};

function write(entries: unknown): string {
  const file = join(folder, "banks.json");
  writeFileSync(file, typeof entries === "string" ? entries : JSON.stringify(entries));
  return file;
}

function faultsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe("loadBanks", () => {
  it("fills everything that only six fields leave open", () => {
    expect(loadBanks(write([least]), SANDBOX).banks).toEqual([
      {
        id: "one",
        name: "One Bank",
        country: "PL",
        bic: null,
        nationalBankCode: null,
        logo: null,
        standard: "BERLIN_GROUP",
        environment: "SANDBOX",
        connection: {
          baseUrl: "http://127.0.0.1:1/x",
          auth: { clientId: "c", clientSecret: null, method: "tls_client_auth", scope: null, authorizationUrl: null, tokenUrl: null },
          tls: null,
          sign: null,
          profile: {},
        },
        psuTypes: ["PERSONAL", "BUSINESS"],
        scopes: ["ACCOUNTS", "BALANCES", "TRANSACTIONS", "IDENTITY"],
        maxHistoryDays: null,
        maxConsentDays: null,
        unattendedCallsPerDay: 4,
        timeZone: "Europe/Warsaw",
      },
    ]);
  });

  it.each(["BERLIN_GROUP", "berlin-group", "Berlin Group"])("knows the standard as %s", (standard) => {
    expect(loadBanks(write([{ ...least, standard }]), SANDBOX).banks[0]?.standard).toBe("BERLIN_GROUP");
  });

  it("names every fault of every entry at once where none is right, with file and JSON path", () => {
    const faulty = [
      { ...least, auth: {} },
      { ...least, id: "two", standard: "SWIFT", baseUrl: "ftp://x", psuTypes: ["X"], maxHistoryDays: "90", timeZone: "Mars/Base" },
      { ...least, country: "US", auth: { clientId: "c", method: "client_secret_post" } },
      "none",
    ];
    expect(faultsOf(() => loadBanks(write(faulty), SANDBOX))).toEqual([
      "banks.json: [0].auth.clientId: is missing",
      'banks.json: [1].standard: is "SWIFT", expected one of BERLIN_GROUP, UK_OPEN_BANKING, POLISH_API, STET',
      "banks.json: [1].baseUrl: must be an absolute http or https URL without user, query and fragment",
      'banks.json: [1].psuTypes[0]: is "X", expected one of PERSONAL, BUSINESS',
      "banks.json: [1].maxHistoryDays: must be a number",
      'banks.json: [2].id: "one" is taken by [0]',
      "banks.json: [2].timeZone: is missing: there is no default for US",
      "banks.json: [2].auth.clientSecret: is missing: client_secret_post needs it",
      "banks.json: [3]: must be an object",
    ]);
  });

  it("refuses a file that is missing, no JSON, or no list, without quoting it", () => {
    expect(faultsOf(() => loadBanks(join(folder, "none.json"), SANDBOX))[0]).toContain("cannot be read (ENOENT)");
    expect(faultsOf(() => loadBanks(write('[{"clientSecret": "s3cret" oops'), SANDBOX))).toEqual(["banks.json is not JSON"]);
    expect(faultsOf(() => loadBanks(write({}), SANDBOX))).toEqual(["banks.json: must be a list of banks"]);
  });

  it("refuses http in production and only there", () => {
    const production = { ...SANDBOX, environment: "PRODUCTION" } as const;
    const entry = { ...least, auth: { clientId: "c", tokenUrl: "http://t/" } };
    expect(faultsOf(() => loadBanks(write([entry]), SANDBOX))).toEqual([]);
    expect(faultsOf(() => loadBanks(write([entry]), production))).toEqual([
      "banks.json: [0].baseUrl: must be https with HUB_ENV=production",
      "banks.json: [0].auth.tokenUrl: must be https with HUB_ENV=production",
    ]);
  });

  it("takes PEM texts and files beside BANKS_FILE, and names those that are none", () => {
    const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    writeFileSync(join(folder, "key.pem"), pem);
    const entry = (key: string) => ({ ...least, sign: { cert: "absent.pem", key } });
    for (const key of ["key.pem", pem]) {
      expect(faultsOf(() => loadBanks(write([entry(key)]), SANDBOX))).toEqual([
        'banks.json: [0].sign.cert: file "absent.pem" cannot be read (ENOENT)',
      ]);
    }
    writeFileSync(join(folder, "key.pem"), "nothing");
    expect(faultsOf(() => loadBanks(write([entry("key.pem")]), SANDBOX))).toContain(
      "banks.json: [0].sign.key: is no private key in PEM form",
    );
  });
});

describe("directory", () => {
  const bank = (id: string, name: string, more: Partial<Bank> = {}): Bank => {
    const [made] = parseBanks([{ ...least, id, name }], "test", SANDBOX);
    if (!made) throw new Error("no bank");
    return { ...made, ...more };
  };
  const directory = createDirectory([
    bank("pko", "PKO Bank Polski", { bic: "BPKOPLPW", nationalBankCode: "1020" }),
    bank("slaski", "ING Bank Śląski", { bic: "INGBPLPWXXX" }),
    bank("lodz", "Spółdzielczy Łódź", { connection: null }),
    bank("credit", "Crédit Lyonnais", { country: "FR", bic: "CRLYFRPP", psuTypes: ["BUSINESS"] }),
    bank("pko-two", "Zweite", { bic: "BPKOPLPWXXX" }),
    bank("bankia", "Bankia", { country: "ES" }),
  ]);
  const all: BankSearch = { search: null, countries: null, standards: null, psuType: null, environment: null, connectable: null };
  const found = (query: Partial<BankSearch>) => directory.search({ ...all, ...query }).map(({ bank: { id } }) => id);

  it("lists in name order without accents", () => {
    expect(found({})).toEqual(["bankia", "credit", "slaski", "pko", "lodz", "pko-two"]);
  });

  it.each<[string, string[]]>([
    ["slaski", ["slaski"]],
    ["LODZ", ["lodz"]],
    ["credit ly", ["credit"]],
    ["INGBPLPW", ["slaski"]],
    ["bpkoplpw", ["pko", "pko-two"]],
    ["bank", ["bankia", "slaski", "pko"]],
    ["pol pko", ["pko"]],
    ["onnai", ["credit"]],
    ["1020", ["pko"]],
    ["nothing", []],
    ["  ", ["bankia", "credit", "slaski", "pko", "lodz", "pko-two"]],
  ])("finds %s", (search, ids) => {
    expect(found({ search })).toEqual(ids);
  });

  it("filters by country, psu type and whether a consent can be had", () => {
    expect(found({ countries: ["FR", "ES"] })).toEqual(["bankia", "credit"]);
    expect(found({ psuType: "PERSONAL", countries: ["FR"] })).toEqual([]);
    expect(found({ connectable: false })).toEqual(["lodz"]);
    expect(found({ environment: "PRODUCTION" })).toEqual([]);
  });

  it("answers a reference with the first bank in directory order", () => {
    expect(directory.byRef("bpkoplpwXXX", "BIC")?.id).toBe("pko");
    expect(directory.byRef("INGBPLPW", "BIC")?.id).toBe("slaski");
    expect(directory.byRef("1020", "NATIONAL_BANK_CODE")?.id).toBe("pko");
    expect(directory.byRef("1020", "HUB")).toBeNull();
    expect(directory.byIds(["credit", "none"]).map((one) => one?.id)).toEqual(["credit", undefined]);
  });

  it("refuses two banks with one id", () => {
    expect(() => createDirectory([bank("a", "A"), bank("a", "B")])).toThrow('"a"');
  });
});
