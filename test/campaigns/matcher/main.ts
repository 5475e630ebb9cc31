import { linearRuns } from "./runs.ts";

/** npm run bench:matcher [rows]: matches as many rows against as many stored ones, in shapes from friendly to hostile. */
const rows = Number(process.argv[2] ?? 100_000);
for (const { shape, run } of linearRuns(rows)) {
  const began = performance.now();
  const { matched, added } = run();
  const seconds = ((performance.now() - began) / 1000).toFixed(2);
  process.stdout.write(
    `matcher: ${String(rows)} × ${String(rows)} ${shape}: ${seconds} s (${String(matched)} matched, ${String(added)} new)\n`,
  );
}
