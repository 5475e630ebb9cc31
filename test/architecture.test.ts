import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const SRC = fileURLToPath(new URL("../src", import.meta.url));

/** Folder → the folders of src it may import. A star: faces as types only. What is not here may not be. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  config: ["domain"],
  http: ["domain"],
  connectors: ["domain", "http"],
  banks: ["domain", "config"],
  store: ["domain", "config*"],
  jobs: ["domain", "store*", "events*"],
  events: ["domain", "store", "config*"],
  callbacks: ["domain", "http", "store*", "jobs"], // jobs: the back-off table lives there
  access: ["domain", "store*"],
  consents: ["domain", "connectors*", "banks*", "store*", "jobs*", "events*", "sync*"],
  sync: ["domain", "connectors*", "consents*", "banks*", "store*", "jobs*", "events*"],
  loaders: ["domain", "store*", "consents*"],
  graphql: ["domain", "loaders", "access", "events", "store*", "consents*", "sync*", "banks*"],
  gateway: ["domain", "config", "access*", "consents*", "store*"],
  sandbox: [],
};

/** npm packages that only these folders may know. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "drizzle-orm": ["store"],
  "better-sqlite3": ["store"],
  pg: ["store"],
  undici: ["http"],
  "@apollo/server": ["graphql"],
  graphql: ["graphql"],
  "type-graphql": ["graphql"],
  "graphql-jit": ["graphql"],
  ws: ["graphql", "cli"],
  "graphql-ws": ["graphql", "cli"],
  dataloader: ["loaders"],
  "oidc-provider": ["sandbox"],
};

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return path.endsWith(".ts") && !/\.(test|fixture)\.ts$/.test(path) ? [path] : [];
  });
}

function importsOf(file: string, text: string): Import[] {
  const found = text.matchAll(/^\s*(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s*)?"([^"]+)";|\bimport\("([^"]+)"\)/gm);
  return [...found].map(([whole, type, named, dynamic]) => ({
    file,
    specifier: named ?? dynamic ?? "",
    typeOnly: type !== undefined || (named !== undefined && /\{(\s*type\s+\w+(\s+as\s+\w+)?\s*,?)+\s*\}/.test(whole)),
  }));
}

/** Null = allowed; else what is wrong, for people. */
function fault({ file, specifier, typeOnly }: Import): string | null {
  const from = relative(SRC, file).split("/");
  const folder = from.length > 1 ? (from[0] ?? "") : "";
  if (folder === "" || folder === "cli" || folder === "tools") return null; // composition may know everything
  if (!specifier.startsWith(".")) {
    const name = Object.keys(PACKAGES).find((key) => specifier === key || specifier.startsWith(`${key}/`));
    return name === undefined || PACKAGES[name]?.includes(folder) === true ? null : `${from.join("/")} may not know ${name}`;
  }
  const to = relative(SRC, join(dirname(file), specifier)).split("/");
  const target = to.length > 1 ? (to[0] ?? "") : "root";
  if (target === folder)
    return folder === "connectors" && otherStandard(from, to) ? `${from.join("/")} may not know another standard: ${to.join("/")}` : null;
  if (target === "root") return to[0] === "log.ts" && typeOnly ? null : `${from.join("/")} may not know ${to.join("/")}`;
  const may = MAY[folder] ?? [];
  if (may.includes(target) || (typeOnly && may.includes(`${target}*`))) return null;
  return `${from.join("/")} may not import ${to.join("/")}${may.includes(`${target}*`) ? " other than as types" : ""}`;
}

function otherStandard(from: readonly string[], to: readonly string[]): boolean {
  return from.length > 2 && to.length > 2 && from[1] !== to[1];
}

const files = sources(SRC);
const imports = files.flatMap((file) => importsOf(file, readFileSync(file, "utf8")));

describe("the architecture", () => {
  it("lets every folder import only what the table says", () => {
    expect(imports.length).toBeGreaterThan(500);
    expect(imports.map(fault).filter((text) => text !== null)).toEqual([]);
  });

  it("sees a planted violation", () => {
    const plant = (file: string, text: string) => importsOf(join(SRC, file), text).map(fault);
    expect(plant("domain/x.ts", 'import { a } from "../store/open.ts";')).not.toEqual([null]);
    expect(plant("sync/x.ts", 'import { eq } from "drizzle-orm";')).not.toEqual([null]);
    expect(plant("sync/x.ts", 'import { openStore } from "../store/store.ts";')).not.toEqual([null]);
    expect(plant("sync/x.ts", 'import type { Store } from "../store/store.ts";')).toEqual([null]);
    expect(plant("sandbox/x.ts", 'import type { Bank } from "../domain/bank.ts";')).not.toEqual([null]);
    expect(plant("connectors/stet/x.ts", 'import { a } from "../berlin-group/client.ts";')).not.toEqual([null]);
  });

  it("keeps files small: half under 100 lines, none over 300", () => {
    const lines = files.map((file) => readFileSync(file, "utf8").split("\n").length - 1).toSorted((a, b) => a - b);
    expect(lines[Math.floor(lines.length / 2)]).toBeLessThan(100);
    expect(lines.at(-1)).toBeLessThanOrEqual(300);
  });
});
