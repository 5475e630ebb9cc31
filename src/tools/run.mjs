// Runs one entry of the bundle in this very process, so that signals, the exit code and stdout are the entry's own:
//   node src/tools/run.mjs <entry> [arguments]
// Everything that touches better-sqlite3 is imported after the version check: on an older Node it does not fail, it crashes.
const NEEDED = 24;
const [runner, entry, ...rest] = process.argv.slice(1);

if (Number(process.versions.node.split(".")[0]) < NEEDED) {
  process.stderr.write(
    `This needs Node ${NEEDED} or newer and runs on ${process.version}. Node ${NEEDED} comes with the packages: run it through npm,\n` +
      `which finds it by itself:  npm ci && npm start\n` +
      `(If npm start says this too, npm was told not to run install scripts: npm rebuild node)\n`,
  );
  process.exit(1);
}
if (entry === undefined) {
  process.stderr.write("Usage: node src/tools/run.mjs <entry> [arguments]\n");
  process.exit(2);
}

process.env.NODE_ENV ??= "production";
const { build, isStale, outdir } = await import("./build.mjs");
const { join } = await import("node:path");
const { pathToFileURL } = await import("node:url");
if (isStale()) {
  process.stderr.write("Building …\n");
  await build();
}
const file = join(outdir, `${entry}.mjs`);
process.argv = [process.argv[0] ?? runner, file, ...rest];
await import(pathToFileURL(file).href);
