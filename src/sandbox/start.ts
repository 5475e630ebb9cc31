import { startBerlinGroupBank } from "./berlin-group/bank.ts";
import type { SandboxBank } from "./kit/sandbox-bank.ts";
import { startPolishApiBank } from "./polish-api/bank.ts";
import { SandboxClock } from "./ledger/clock.ts";
import { startStetBank } from "./stet/bank.ts";
import { startUkOpenBankingBank } from "./uk-open-banking/bank.ts";
import { ukLedger } from "./uk-open-banking/options.ts";

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

/** 3.1.11 with pushed authorisation requests and a client secret, where the 4.0 bank has the hybrid flow and private_key_jwt. */
const UK_3_1 = { version: "3.1", flow: "par", auth: { method: "client_secret_basic" } } as const;

/** Every sandbox bank, each on a free port of its own. A new one is one line here. */
export async function startSandboxBanks(options: SandboxOptions = {}): Promise<SandboxBanks> {
  const clock = options.clock ?? new SandboxClock();
  const shared = { clock, ...(options.host === undefined ? {} : { host: options.host }) };
  // Two versions of one standard in front of the same accounts.
  const london = { ...shared, country: "GB", ledger: ukLedger(clock) };
  const starts = [
    () => startBerlinGroupBank({ ...shared, id: "sandbox-berlin-group", name: "Sandbox Bank Berlin", country: "DE" }),
    () => startPolishApiBank({ ...shared, id: "sandbox-polish-api", name: "Sandbox Bank Warszawa", country: "PL" }),
    () => startStetBank({ ...shared, id: "sandbox-stet", name: "Sandbox Bank Paris", country: "FR" }),
    () => startUkOpenBankingBank({ ...london, id: "sandbox-uk-open-banking", name: "Sandbox Bank London" }),
    () => startUkOpenBankingBank({ ...london, ...UK_3_1, id: "sandbox-uk-open-banking-3-1", name: "Sandbox Bank London (3.1.11)" }),
  ];
  const banks = await Promise.all(starts.map((start) => start()));
  const dispose = async () => void (await Promise.all(banks.map((bank) => bank[Symbol.asyncDispose]())));
  return { banks, clock, [Symbol.asyncDispose]: dispose };
}
