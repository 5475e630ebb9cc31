import { playMainJob, type RunningHub } from "./demo-run.ts";
import { createScreen } from "./screen.ts";

const COLUMNS = ["bank", "accounts", "first update", "second update", "seconds", "outcome"] as const;

/**
 * The main job at every sandbox bank in turn, and what came of each as a table. A bank that fails does not keep the others from their turn.
 * @throws Error naming the banks that failed
 */
export async function playEverywhere(hub: RunningHub, out: NodeJS.WriteStream): Promise<void> {
  const rows: (readonly string[])[] = [];
  const failed: string[] = [];
  for (const { id, name } of hub.banks) {
    out.write(`\n=== ${name} (${id})\n`);
    const start = performance.now();
    const seconds = () => ((performance.now() - start) / 1000).toFixed(1);
    try {
      const { accounts, first, second } = await playMainJob(hub, id, createScreen(out));
      rows.push([id, String(accounts), `+${String(first)}`, `+${String(second)}`, seconds(), "went through"]);
    } catch (error) {
      failed.push(id);
      rows.push([id, "", "", "", seconds(), error instanceof Error ? error.message : String(error)]);
    }
  }
  out.write(`\n${table([COLUMNS, ...rows])}\n`);
  if (failed.length > 0) throw new Error(`the main job did not go through at ${failed.join(", ")}`);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) => row.map((text, column) => text.padEnd(widths[column] ?? 0)).join("  ").trimEnd()).join("\n"); // prettier-ignore
}
