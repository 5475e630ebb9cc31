import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The repository's root, and where the bundle lies in it. */
export const root = fileURLToPath(new URL("../..", import.meta.url));
export const outdir = join(root, "dist");

/** Bundle name → source. Threads and processes of their own are entries too. */
const ENTRIES = {
  main: "src/main.ts",
  "engine-thread": "src/engine-thread.ts",
  "sandbox-thread": "src/sandbox-thread.ts",
  sandbox: "src/sandbox/main.ts",
  tenant: "src/cli/tenant.ts",
  demo: "src/cli/demo.ts",
  schema: "src/graphql/emit.ts",
};

/** Written last: a build that was killed half-way counts as none. */
const STAMP = join(outdir, ".built");

/** Whether a source, a dependency or this script is newer than the bundle. */
export function isStale() {
  const built = mtime(STAMP);
  const inputs = ["package-lock.json", "tsconfig.json", "node_modules/.package-lock.json"].map((name) => mtime(join(root, name)));
  return built === 0 || Math.max(...inputs, newest(join(root, "src"))) > built;
}

/**
 * Bundles the product with esbuild into `dist/`: few files, because starting from 2,000 files costs 0.5 s and 130 MB.
 * Files are put in place by rename, so that a hub that starts at the same time never reads half a file.
 */
export async function build() {
  const { build: bundle } = await import("esbuild");
  const startedAt = new Date();
  const temporary = join(outdir, `.tmp-${String(process.pid)}`);
  try {
    const result = await bundle({
      absWorkingDir: root,
      entryPoints: Object.entries(ENTRIES).map(([out, source]) => ({ out, in: source })),
      outdir: temporary,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      platform: "node",
      format: "esm",
      // What a start does not need (pages for people, undici, the router, Postgres) lies in parts that are loaded when asked for.
      splitting: true,
      chunkNames: "[name]-[hash]",
      minifyWhitespace: true,
      // Would take away the names of class expressions, by which oidc-provider knows its tokens' kinds; it saves 2 %.
      minifySyntax: false,
      legalComments: "none",
      target: "node24",
      sourcemap: "linked",
      sourcesContent: false,
      logLevel: "warning",
      metafile: true,
      // better-sqlite3 finds its binary beside itself; the others are options of pg and type-graphql that nobody here installs.
      external: ["better-sqlite3", "pg-native", "class-validator"],
      // CommonJS packages call require for node's own modules, which an ES module has not.
      banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
      plugins: [oneGraphql, lazyBuiltins, oneLanguage],
    });
    mkdirSync(outdir, { recursive: true });
    const files = Object.keys(result.metafile.outputs);
    // The entries last: they name the parts.
    const isEntry = (file) => Number(/^[a-z-]+\.mjs$/.test(basename(file)));
    for (const file of files.sort((a, b) => isEntry(a) - isEntry(b))) renameSync(join(root, file), join(outdir, basename(file)));
    removeOld(new Set(files.map((file) => basename(file))), mtime(STAMP));
    writeFileSync(STAMP, "");
    // The stamp bears the time at which the sources were read: what was saved while bundling is newer.
    const { utimesSync } = await import("node:fs");
    utimesSync(STAMP, startedAt, startedAt);
    return result.metafile;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Removes what no build names any more. The build before this one stays: a hub that runs from it may still load parts of it. */
function removeOld(names, lastBuild) {
  for (const name of readdirSync(outdir)) {
    const file = join(outdir, name);
    if (/\.mjs(\.map)?$/.test(name) && !names.has(name) && mtime(file) < lastBuild) rmSync(file, { force: true });
  }
}

/** graphql ships twice (CommonJS and ES modules) and refuses schemas of its other copy: every import, whoever asks, gets the ES modules. */
const oneGraphql = {
  name: "one-graphql",
  setup({ onResolve }) {
    const folder = dirname(createRequire(import.meta.url).resolve("graphql/package.json"));
    onResolve({ filter: /^graphql(\/.*)?$/ }, ({ path }) => {
      const module = path.slice("graphql".length).replace(/\.m?js$/, "");
      const candidates = [join(folder, `${module}.mjs`), join(folder, module, "index.mjs")];
      const file = candidates.find((candidate) => mtime(candidate) > 0 && statSync(candidate).isFile());
      return file ? { path: file } : undefined;
    });
  },
};

/**
 * Node's own modules as CommonJS: an ES import of `node:http` asks for every export at once, and that loads the undici inside Node
 * (20 ms a thread), which nobody here uses.
 */
const lazyBuiltins = {
  name: "lazy-builtins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:|[a-z_]+(\/promises)?$)/ }, ({ path, kind }) => {
      const name = path.replace(/^node:/, "");
      return kind === "import-statement" && isBuiltin(path) ? { path: name, namespace: "builtin", sideEffects: false } : undefined;
    });
    onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(`node:${path}`)});`,
    }));
  },
};

/** zod's error messages in fifty languages: 0.4 MB of source, of which every thread would keep its own. English is built in besides. */
const oneLanguage = {
  name: "one-language",
  setup({ onLoad }) {
    onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({ contents: 'export { default as en } from "./en.js";' }));
  },
};

/** Zero where there is no such file. */
function mtime(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** The latest change below a folder; a folder's own time shows a removed file. */
function newest(folder) {
  let latest = mtime(folder);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.endsWith(".test.ts")) continue;
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : mtime(path));
  }
  return latest;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const startedAt = performance.now();
  const metafile = await build();
  const parts = Object.entries(metafile.outputs).filter(([name]) => name.endsWith(".mjs"));
  const size = parts.reduce((sum, [, { bytes }]) => sum + bytes, 0) / 1e6;
  process.stderr.write(`Built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s: ${parts.length} files, ${size.toFixed(1)} MB\n`);
}
