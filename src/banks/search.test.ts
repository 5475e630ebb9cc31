import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Bank } from "../domain/bank.ts";
import { bundledBanks } from "./bundled.ts";
import { createDirectory } from "./directory-of.ts";
import type { BankHit, BankSearch } from "./directory.ts";
import { parseBanks } from "./load.ts";

const ANY: BankSearch = { search: null, countries: null, standards: null, psuType: null, environment: null, connectable: null };
const bundled = bundledBanks(4);
const directory = createDirectory([], () => bundled);
const hits = (search: string | null): readonly BankHit[] => directory.search({ ...ANY, search });
const names = (search: string): readonly string[] => hits(search).map(({ bank }) => bank.name);
const aBank = fc.constantFrom(...bundled);

describe("the bundled directory", () => {
  it("lists some 1,600 institutions as facts, each once, none of which can be connected to", () => {
    expect(bundled.length).toBeGreaterThan(1_600);
    expect(new Set(bundled.map(({ id }) => id)).size).toBe(bundled.length);
    for (const bank of bundled) {
      expect(bank.id).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/);
      expect(bank).toMatchObject({ environment: "PRODUCTION", connection: null, psuTypes: [], scopes: [], logo: null });
      expect([bank.bic, ...(bank.otherBics ?? [])].join()).toMatch(/^[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?(,|$)/);
    }
  });

  it("has one Commerzbank for its 285 branches, and every code of a bank chooses it", () => {
    expect(bundled.filter(({ name }) => name === "Commerzbank AG")).toHaveLength(1);
    const shared = new Set(["HELADEF1822", "50050201", "50050222"]); // a savings bank and its brand: the first of both is chosen
    for (const bank of bundled) {
      const codes = [bank.nationalBankCode, ...(bank.otherNationalBankCodes ?? [])].filter((code) => code !== null && !shared.has(code));
      const bics = [bank.bic, ...(bank.otherBics ?? [])].filter((bic) => bic !== null && !shared.has(bic));
      for (const code of codes) expect(directory.byRef(code ?? "", "NATIONAL_BANK_CODE")).toBe(bank);
      for (const bic of bics) expect(directory.byRef(bic ?? "", "BIC")).toBe(bank);
      expect(directory.byRef(bank.id, "HUB")).toBe(bank);
    }
    expect(directory.byRef("100 400 48", "NATIONAL_BANK_CODE")?.id).toBe("de-cobadeffxxx");
    expect(directory.byRef("CHEKDE81HOT", "BIC")?.id).toBe("de-chekde81xxx");
    expect(directory.byRef("HELADEF1822", "BIC")?.name).toBe("Frankfurter Sparkasse");
  });

  it("answers with a bank that can be connected to before one that is merely listed under the same code", () => {
    const entry = {
      id: "mine", name: "Mine", country: "DE", bic: "COBADEFFXXX", standard: "BERLIN_GROUP", baseUrl: "https://x/", auth: { clientId: "c" },
    }; // prettier-ignore
    const mine = parseBanks([entry], "test", { environment: "SANDBOX", unattendedCallsPerDay: 4 });
    const both = createDirectory(mine, () => bundled);
    expect(both.byRef("COBADEFF", "BIC")?.id).toBe("mine");
    expect(both.search({ ...ANY, search: "cobadeff" }).map(({ bank }) => bank.id)).toEqual(["mine", "de-cobadeffxxx"]);
    expect(both.search({ ...ANY, connectable: true }).map(({ bank }) => bank.id)).toEqual(["mine"]);
  });
});

describe("a search", () => {
  it("finds every bank by its whole name first, whatever the case, accents and punctuation", () => {
    const spoiled = (name: string): string => ` ${name.normalize("NFD").replace(/\p{M}/gu, "").toUpperCase().replace(/[ .-]+/g, " - ")}!`; // prettier-ignore
    fc.assert(
      fc.property(aBank, (bank) => {
        const found = hits(spoiled(bank.name)).map((hit) => hit.bank);
        expect(found).toContain(bank);
        // All that stand before it bear the same name.
        const before = found.slice(0, found.indexOf(bank));
        const bare = (text: string): string => text.normalize("NFD").replace(/[^\p{L}\p{N}]/gu, "").replace(/ß/g, "ss").toLowerCase(); // prettier-ignore
        expect(before.filter(({ name }) => bare(name) !== bare(bank.name))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("finds a bank by any of its codes, first of all, also written with blanks and in small letters", () => {
    fc.assert(
      fc.property(aBank, fc.boolean(), (bank, byBic) => {
        const code = byBic ? bank.bic : bank.nationalBankCode;
        if (code === null) return;
        const found = hits(code.toLowerCase().replace(/(..)/g, "$1 "));
        const holders = bundled.filter((one) => [one.bic, ...(one.otherBics ?? []), one.nationalBankCode, ...(one.otherNationalBankCodes ?? [])].includes(code)); // prettier-ignore
        expect(new Set(found.slice(0, holders.length).map((hit) => hit.bank))).toEqual(new Set(holders));
      }),
      { numRuns: 60 },
    );
  });

  it("loses no bank while somebody goes on typing its name, and never one that the longer text still finds", () => {
    fc.assert(
      fc.property(aBank, fc.nat(), (bank, cut) => {
        const typed = bank.name.slice(0, 1 + (cut % bank.name.length));
        const shorter = new Set(hits(typed).map((hit) => hit.bank));
        expect(shorter.has(bank)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("answers in the order of its keys, each bank once, whatever is asked", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom("bank", "volks", "spar kasse", "10", "ü", "de")), (search) => {
        const found = hits(search);
        expect(new Set(found.map(({ bank }) => bank.id)).size).toBe(found.length);
        const places = found.map(({ key, bank }) => [key, bank.id]);
        expect(places.toSorted(([a = "", b = ""], [c = "", d = ""]) => (a === c ? (b < d ? -1 : 1) : a < c ? -1 : 1))).toEqual(places);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ["Münchner Bank", "muenchner bank"],
    ["Volksbank Westmünsterland", "westmunsterland"],
    ["DKB", "dkb"],
    ["1822direkt", "1822 direkt"],
    ["Spar- und Kreditbank", "sparund kreditbank"],
  ])("finds %s as %s", (name, search) => {
    const known = bundled.some((bank) => bank.name === name);
    const found = known ? names(search) : createDirectory([{ ...first(), name }]).search({ ...ANY, search }).map(({ bank }) => bank.name); // prettier-ignore
    expect(found).toContain(name);
  });

  it("ranks what is written so before what only sounds so", () => {
    const banks = ["Muller Bank", "Mueller Bank", "Neue Muellersche", "Müller Bank"].map((name, i) => ({
      ...first(),
      id: `b${String(i)}`,
      name,
    }));
    const found = (search: string) => createDirectory(banks).search({ ...ANY, search }).map(({ bank }) => bank.name); // prettier-ignore
    expect(found("mueller")).toEqual(["Mueller Bank", "Neue Muellersche", "Muller Bank", "Müller Bank"]);
    expect(found("muller")).toEqual(["Muller Bank", "Müller Bank", "Mueller Bank", "Neue Muellersche"]);
  });
});

function first(): Bank {
  const [bank] = bundled;
  if (!bank) throw new Error("no bank");
  return bank;
}
