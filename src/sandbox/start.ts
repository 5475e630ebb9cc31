import { startBerlinGroupBank } from "./berlin-group/bank.ts";
import type { SandboxBank } from "./kit/sandbox-bank.ts";
import { startPolishApiBank } from "./polish-api/bank.ts";
import { SandboxClock } from "./ledger/clock.ts";
import { startStetBank } from "./stet/bank.ts";

export interface SandboxOptions {
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** One clock for all banks. @default a new one */
  readonly clock?: SandboxClock;
}

export interface SandboxBanks {
  readonly banks: readonly SandboxBank[];
  /** Moves all banks together. */
  readonly clock: SandboxClock;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Every sandbox bank, each on a free port of its own. A new one is one line here. */
export async function startSandboxBanks(options: SandboxOptions = {}): Promise<SandboxBanks> {
  const clock = options.clock ?? new SandboxClock();
  const shared = { clock, ...(options.host === undefined ? {} : { host: options.host }) };
  const starts = [
    () => startBerlinGroupBank({ ...shared, id: "sandbox-berlin-group", name: "Sandbox Bank Berlin", country: "DE" }),
    () => startPolishApiBank({ ...shared, id: "sandbox-polish-api", name: "Sandbox Bank Warszawa", country: "PL" }),
    () => startStetBank({ ...shared, id: "sandbox-stet", name: "Sandbox Bank Paris", country: "FR" }),
  ];
  const banks = await Promise.all(starts.map((start) => start()));
  const dispose = async () => void (await Promise.all(banks.map((bank) => bank[Symbol.asyncDispose]())));
  return { banks, clock, [Symbol.asyncDispose]: dispose };
}
