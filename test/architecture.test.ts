import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importsOf, sourcesIn, type Import, type Source } from "./imports.ts";

/** What a folder's code may know. */
interface Border {
  /** Folders, or single files, that it may call. */
  readonly calls?: readonly string[];
  /** Interface files that it may name in types; whoever implements them is handed in by app.ts. */
  readonly faces?: readonly string[];
  readonly packages?: readonly string[];
}

const STORE = ["store/store.ts", "store/reads.ts", "store/writes.ts"];
const LOG = "log.ts";

/** One direction: a line may only mention what the lines above it built, but for faces. A new line or word needs a reason in review. */
const BORDERS: Readonly<Record<string, Border>> = {
  domain: {},
  config: { calls: ["domain"] },
  "log.ts": { faces: ["config/config.ts"], packages: ["pino"] },
  http: { calls: ["domain"], packages: ["undici", "cockatiel"] },
  store: { calls: ["domain"], faces: [LOG], packages: ["drizzle-orm", "better-sqlite3", "pg"] },
  events: { calls: ["domain", "store/notify.ts"], faces: [...STORE, "store/notify-channel.ts", LOG] },
  jobs: { calls: ["domain"], faces: [...STORE, "events/hints.ts", LOG], packages: ["pg-boss"] },
  banks: { calls: ["domain", "config/config-error.ts"], faces: [...STORE], packages: ["zod"] },
  access: { calls: ["domain"], faces: [...STORE, LOG], packages: ["jose", "zod", "@peculiar/x509", "reflect-metadata"] },
  // A standard knows neither the hub nor another standard.
  // What several standards need alike (OAuth tokens, reading of amounts and days, refusals) stands in the kit, once.
  "connectors/*": { calls: ["domain", "http", "connectors/kit"], faces: ["connectors/connector.ts"], packages: ["fast-xml-parser", "jose", "zod", "openid-client"] },
  connectors: { calls: ["domain", "connectors/*"], packages: ["zod"] }, // the type of a schema
  callbacks: { calls: ["domain", "http", "jobs/retry.ts"], faces: [...STORE, "jobs/jobs.ts", LOG], packages: ["standardwebhooks", "zod"] },
  consents: {
    calls: ["domain"],
    faces: [...STORE, "jobs/jobs.ts", "events/hints.ts", "connectors/connector.ts", "banks/directory.ts", "sync/requests.ts", LOG],
    packages: ["zod"],
  },
  sync: {
    calls: ["domain", "jobs/retry.ts"], // the arithmetic of back-off is one for all
    faces: [...STORE, "jobs/jobs.ts", "events/hints.ts", "connectors/connector.ts", "banks/directory.ts", "consents/grants.ts", LOG],
  },
  loaders: { calls: ["domain"], faces: [...STORE, "consents/consents.ts"], packages: ["dataloader"] },
  graphql: {
    calls: ["domain", "loaders", "events/watch.ts", "access/may.ts", "access/urls.ts"],
    faces: [...STORE, "access/access.ts", "banks/directory.ts", "consents/consents.ts", "events/hints.ts", "sync/requests.ts", LOG],
    packages: [
      "@apollo/server", "@graphql-yoga/render-graphiql", "graphql", "graphql-jit", "graphql-scalars",
      "graphql-ws", "reflect-metadata", "type-graphql", "ws",
    ],
  },
  gateway: {
    calls: ["domain", "config/config-error.ts"],
    faces: [...STORE, "access/access.ts", "config/config.ts", "consents/consents.ts", LOG],
    packages: ["fastify", "prom-client"],
  },
  // The banks on the other side: what they share with the hub would hide the hub's mistakes.
  sandbox: { packages: ["oidc-provider", "jose", "zod", "@peculiar/x509", "fast-xml-parser"] },
  tools: { packages: ["esbuild"] },
}; // prettier-ignore

/** Puts the parts together, and may therefore know them all. */
const COMPOSITION = [
  "app.ts",
  "main.ts",
  "services.ts",
  "engine.ts",
  "engine-thread.ts",
  "sandbox-thread.ts",
  "threads.ts",
  "demo-tenant.ts",
  "cli",
];

const MEDIAN_LINES = 100;
const MOST_LINES = 300;

const IS_TEST = /\.(test|fixture)\.ts$/;

const root = new URL("..", import.meta.url).pathname;
const all = sourcesIn(join(root, "src"));
/** Tests beside the sources may know more; those of the sandbox may not. */
const product = all.filter(({ path }) => !IS_TEST.test(path) || path.startsWith("sandbox/"));

describe("the borders between folders", () => {
  it("are named for every folder and file at the top of src", () => {
    const known = new Set([...Object.keys(BORDERS), ...COMPOSITION]);
    expect([...new Set(product.map(({ path }) => path.split("/")[0] ?? ""))].filter((name) => !known.has(name))).toEqual([]);
  });

  it("are kept by every import", () => {
    expect(violations(product)).toEqual([]);
  });

  it("leave no two folders that call each other, over however many others", () => {
    expect(cycle(product)).toBeNull();
  });

  it("have faces without code, so that naming one binds to nothing", () => {
    const faces = new Set(Object.values(BORDERS).flatMap(({ faces: named = [] }) => named));
    for (const withCode of [LOG, "config/config.ts"]) faces.delete(withCode); // named for a type beside their own code
    const codes = all.filter(({ path, text }) => faces.has(path) && /^(export )?(async )?(const|let|function|class)\b/m.test(text));
    expect(codes.map(({ path }) => path)).toEqual([]);
    expect([...faces].filter((face) => !all.some(({ path }) => path === face))).toEqual([]);
  });
});

describe("the scanner behind these tests", () => {
  const plant = (path: string, text: string): readonly string[] => violations([...product, { path, text }]);

  it.each([
    ["sync/planted.ts", 'import { sql } from "drizzle-orm";', "sync/planted.ts imports drizzle-orm"],
    ["sync/planted.ts", 'import {\n  type A,\n  openStore,\n} from "../store/open.ts";', "sync/planted.ts imports store/open.ts"],
    ["sync/planted.ts", 'import { x } from "../store/store.ts";', "sync/planted.ts imports store/store.ts as code: import type"],
    ["domain/planted.ts", 'import type { Store } from "../store/store.ts";', "domain/planted.ts imports store/store.ts"],
    [
      "graphql/user/planted.ts",
      'const a = await import("../../connectors/registry.ts");',
      "graphql/user/planted.ts imports connectors/registry.ts",
    ],
    ["sandbox/planted.ts", 'export { newId } from "../domain/ids.ts";', "sandbox/planted.ts imports domain/ids.ts"],
    ["sandbox/planted.test.ts", 'import "../log.ts";', "sandbox/planted.test.ts imports log.ts"],
    [
      "connectors/stet/planted.ts",
      'import { a } from "../berlin-group/index.ts";',
      "connectors/stet/planted.ts imports connectors/berlin-group/index.ts",
    ],
    ["callbacks/planted.ts", 'import { request } from "undici/types";', "callbacks/planted.ts imports undici"],
  ])("sees what is planted in %s: %s", (path, text, message) => {
    expect(plant(path, text)).toEqual([message]);
  });

  it("sees a planted cycle", () => {
    const [a, b]: Source[] = [
      { path: "access/a.ts", text: 'import { x } from "../banks/b.ts";' },
      { path: "banks/b.ts", text: 'import { y } from "../access/a.ts";' },
    ];
    expect(cycle([a, b].filter((source) => source !== undefined))).toEqual(["access", "banks", "access"]);
  });

  it("does not take comments, faces named as types or a folder's own files for violations", () => {
    const text = `/* import { a } from "pg"; */\n// import "pg"\nimport { b } from "./run.ts";\nimport { type Tx } from "../store/store.ts";`;
    expect(plant("sync/planted.ts", text)).toEqual([]);
  });
});

describe("the size of files", () => {
  const lines = ({ text }: Source): number => text.split("\n").length - 1;

  it("keeps the median below 100 lines", () => {
    const sizes = product.map(lines).toSorted((a, b) => a - b);
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThan(MEDIAN_LINES);
  });

  // Suites are lists of independent cases: their length hides nothing (.oxlintrc.json exempts them alike).
  it("keeps every file of the product at 300 lines or fewer", () => {
    const long = all.filter((source) => !IS_TEST.test(source.path) && lines(source) > MOST_LINES);
    expect(long.map((source) => `${source.path}: ${String(lines(source))}`)).toEqual([]);
  });
});

function violations(sources: readonly Source[]): readonly string[] {
  return sources.flatMap(({ path, text }) => importsOf(path, text).flatMap((one) => fault(one) ?? []));
}

function fault({ from, to, kind, typeOnly }: Import): string | null {
  const own = folderOf(from);
  const border = BORDERS[own.startsWith("connectors/") ? "connectors/*" : own];
  if (!border || kind === "node") return null; // composition
  if (kind === "package" && IS_TEST.test(from)) return null; // test libraries
  if (kind === "package") return border.packages?.includes(to) ? null : `${from} imports ${to}`;
  if (folderOf(to) === own) return null;
  const target = folderOf(to).startsWith("connectors/") ? "connectors/*" : folderOf(to);
  if (border.calls?.some((allowed) => allowed === target || allowed === folderOf(to) || allowed === to)) return null;
  if (!border.faces?.includes(to)) return `${from} imports ${to}`;
  return typeOnly ? null : `${from} imports ${to} as code: import type`;
}

/** `sync`, `log.ts`, `connectors/berlin-group` (each standard is a folder of its own). */
function folderOf(path: string): string {
  const [first = "", second, third] = path.split("/");
  return first === "connectors" && third !== undefined ? `${first}/${second ?? ""}` : first;
}

/** The first way round from a folder to itself along imports that remain when the program runs. */
function cycle(sources: readonly Source[]): readonly string[] | null {
  const next = new Map<string, Set<string>>();
  for (const { path, text } of sources) {
    for (const { to, kind, typeOnly } of importsOf(path, text)) {
      const [own, target] = [folderOf(path), folderOf(to)];
      if (kind === "file" && !typeOnly && own !== target) next.set(own, (next.get(own) ?? new Set()).add(target));
    }
  }
  const finished = new Set<string>();
  const walk = (folder: string, way: readonly string[]): readonly string[] | null => {
    if (way.includes(folder)) return [...way.slice(way.indexOf(folder)), folder];
    if (finished.has(folder)) return null;
    for (const target of next.get(folder) ?? []) {
      const found = walk(target, [...way, folder]);
      if (found) return found;
    }
    finished.add(folder);
    return null;
  };
  for (const folder of next.keys()) {
    const found = walk(folder, []);
    if (found) return found;
  }
  return null;
}
