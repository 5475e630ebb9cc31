import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

// Makes src/banks/bundled.json from the ASPSP registry of adorsys/xs2a-adapter (Apache-2.0 at tag v0.1.16; later versions of the same file
// are under other terms: do not take those):
//   node src/tools/bundle-banks.mjs <aspsp-adapter-config.csv>
// Columns: id, name, BIC, URL, adapter, national bank code, IDP URL. URLs are test systems of 2020 and are left out: a bank in the bundled
// directory is listed, not connectable.

const TARGET = fileURLToPath(new URL("../banks/bundled.json", import.meta.url));
const BIC = /^[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/;

/** Fields of each line; quoted ones may hold commas. */
function parseCsv(text) {
  return text
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain),
    );
}

/**
 * One institution for all rows that bear one name and share a BIC or a bank code (285 branches of one bank are one bank); rows of one name
 * that share neither are different institutions ("Raiffeisenbank" is 36 of them). A row without a BIC or bank code in its proper form
 * identifies nobody and is left out.
 */
export function institutionsOf(csv) {
  const institutions = [];
  const byNameAndCode = new Map();
  const leftOut = [];
  for (const [, fullName = "", givenBic = "", , adapter, givenCode = ""] of parseCsv(csv)) {
    const name = fullName.replace(/ \d{8}$/, "").trim(); // a bank code at the end of some names
    const bic = BIC.test(givenBic) ? givenBic : null;
    const code = /^\d{8}$/.test(givenCode) ? givenCode : null;
    // The model bank is nobody's.
    if (adapter === "adorsys-adapter" || (bic === null && code === null)) {
      leftOut.push(`${fullName} (${givenBic})`);
      continue;
    }
    const nameOnly = name.toLowerCase().replace(/ (ag|eg)$/, ""); // some rows leave the legal form out
    const keys = [bic, code].flatMap((value) => (value === null ? [] : [`${nameOnly}|${value}`]));
    const [first, ...others] = new Set(keys.flatMap((key) => byNameAndCode.get(key) ?? []));
    const institution = first ?? { name, bics: new Set(), codes: new Set() };
    if (!first) institutions.push(institution);
    for (const other of others) {
      for (const one of other.bics) institution.bics.add(one);
      for (const one of other.codes) institution.codes.add(one);
      institutions.splice(institutions.indexOf(other), 1);
      for (const [key, value] of byNameAndCode) if (value === other) byNameAndCode.set(key, institution);
    }
    if (bic !== null) institution.bics.add(bic);
    if (code !== null) institution.codes.add(code);
    for (const key of keys) byNameAndCode.set(key, institution);
  }
  return { institutions: withIds(institutions), leftOut };
}

/**
 * `de-cobadeffxxx`: country and BIC (the head office's where it is named, else the first in order), else bank code. Brands that share a
 * BIC bear their name behind it. All of it is fact, so the id is the same however often and from whichever order the file is made; and
 * ISO 9362 gives a BIC to one institution, so that it does not come back as another's.
 */
function withIds(institutions) {
  const rows = institutions.map(({ name, bics, codes }) => {
    const inOrder = [...bics].sort((a, b) => b.endsWith("XXX") - a.endsWith("XXX") || (a < b ? -1 : 1));
    const country = (inOrder[0]?.slice(4, 6) ?? "DE").toLowerCase(); // only Germany's bank codes have eight digits here
    const codesInOrder = [...codes].sort((a, b) => (a < b ? -1 : 1));
    return { id: `${country}-${(inOrder[0] ?? codesInOrder[0]).toLowerCase()}`, name, bics: inOrder, codes: codesInOrder };
  });
  const uses = new Map();
  for (const { id } of rows) uses.set(id, (uses.get(id) ?? 0) + 1);
  const slug = (name) =>
    name
      .toLowerCase()
      .normalize("NFD")
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "");
  return rows.map((row) => (uses.get(row.id) === 1 ? row : { ...row, id: `${row.id}-${slug(row.name)}` }));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , file] = process.argv;
  if (file === undefined) {
    process.stderr.write("Usage: node src/tools/bundle-banks.mjs <aspsp-adapter-config.csv>\n");
    process.exit(2);
  }
  const { institutions, leftOut } = institutionsOf(readFileSync(file, "utf8"));
  const bundled = {
    source: "adorsys/xs2a-adapter v0.1.16, xs2a-adapter-aspsp-registry/src/main/resources/aspsp-adapter-config.csv",
    licence: "Copyright adorsys GmbH & Co KG, Apache-2.0 (https://www.apache.org/licenses/LICENSE-2.0)",
    changes: "Names, BICs and bank codes only; rows of one institution are one. Made by src/tools/bundle-banks.mjs: do not edit.",
    columns: "id|name|BICs, the first is shown|national bank codes, the first is shown",
    banks: institutions.map(({ id, name, bics, codes }) => [id, name, bics.join(","), codes.join(",")].join("|")),
  };
  writeFileSync(TARGET, `${JSON.stringify(bundled, null, 2)}\n`);
  process.stderr.write(`${institutions.length} institutions; left out: ${leftOut.join("; ") || "none"}\n`);
}
