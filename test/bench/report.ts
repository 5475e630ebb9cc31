/** One measured line. */
export interface Result {
  readonly what: string;
  /** As it is printed, with its unit. */
  readonly measured: string;
  readonly target: string;
  readonly reached: boolean;
  /** What stands behind the figure: absolute values of this machine, this minute. */
  readonly detail: string;
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  if (low === undefined || high === undefined) throw new Error("nothing was measured");
  return (low + high) / 2;
}

/** The value that 99 of 100 do not exceed. */
export function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.99) - 1)];
  if (value === undefined) throw new Error("nothing was measured");
  return value;
}

export function printTable(results: readonly Result[]): void {
  const rows = results.map(({ what, measured, target, reached, detail }) => [
    what,
    measured,
    target,
    reached ? "reached" : "missed",
    detail,
  ]);
  const table = [["What", "Measured", "Target", "", "Behind it"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  say("");
  for (const row of table)
    say(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  say("");
}
