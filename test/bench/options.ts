import { parseArgs } from "node:util";

export interface BenchOptions {
  readonly users: number;
  /** In the whole database. */
  readonly transactions: number;
  /** Of each measurement; the median counts. */
  readonly rounds: number;
  /** Rows of the update that is measured. */
  readonly rows: number;
  /** How long one leg of the query measurement runs, in ms. */
  readonly legMs: number;
}

export const USAGE = `Usage: npm run bench -- [--quick] [--users N] [--transactions N] [--rounds N]

  --quick   a small database and one round: shows that it runs, its figures mean little
`;

/** @throws Error for what it does not know */
export function readOptions(args: readonly string[]): BenchOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      users: { type: "string" },
      transactions: { type: "string" },
      rounds: { type: "string" },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const number = (name: "users" | "transactions" | "rounds", standard: number): number => {
    const text = values[name];
    if (text === undefined) return standard;
    if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} must be a whole number from 1`);
    return Number(text);
  };
  const quick = values.quick;
  return {
    users: number("users", quick ? 50 : 1_000),
    transactions: number("transactions", quick ? 50_000 : 1_000_000),
    rounds: number("rounds", quick ? 1 : 5),
    rows: quick ? 3_000 : 20_000,
    legMs: quick ? 500 : 2_000,
  };
}
