import type { SandboxBank } from "../../../src/sandbox/kit/sandbox-bank.ts";
import type { TransactionJson } from "../../../src/sandbox/ledger/from-json.ts";
import { iban } from "../../contracts/connector-bench.ts";
import type { Random } from "../random.ts";

const DAY = 86_400_000;
const FIRST_DAYS = 40;

/** A person at the bank, who is one user of the hub under the same name. */
export interface Person {
  readonly name: string;
  readonly account: string;
  /** Hub ids by the bank's own reference, as long as the same consent lives. */
  readonly ids: Map<string, string>;
}

/** People whose accounts go on living while the hub is killed. The bank's ledger is the truth. */
export class World {
  readonly bank: SandboxBank;
  readonly people: readonly [Person, ...Person[]];
  readonly #random: Random;
  #rows = 0;

  constructor(bank: SandboxBank, random: Random, people: number, rows: number) {
    this.bank = bank;
    this.#random = random;
    const make = (index: number): Person => this.#person(index, rows);
    this.people = [make(0), ...Array.from({ length: people - 1 }, (_, index) => make(index + 1))];
  }

  /** A day on, with a few rows on every account: some booked, some pending until tomorrow. */
  live(): void {
    this.bank.clock.advance("P1D");
    const now = this.bank.clock.nowMs();
    for (const { account } of this.people)
      this.bank.admin.addTransactions(account, this.#someRows(now - DAY / 2, 1 + this.#random.below(4)));
  }

  #person(index: number, rows: number): Person {
    const [name, account] = [`person-${String(index)}`, `account-${String(index)}`];
    const now = this.bank.clock.nowMs();
    const perDay = Math.ceil(rows / FIRST_DAYS);
    const transactions = Array.from({ length: FIRST_DAYS }, (_, day) => this.#someRows(now - (day + 1) * DAY, perDay)).flat();
    this.bank.admin.addUser({ name, accounts: [{ id: account, iban: iban(), opening: "1000.00", transactions }] });
    return { name, account, ids: new Map() };
  }

  #someRows(at: number, count: number): TransactionJson[] {
    return Array.from({ length: count }, () => {
      const enteredAt = new Date(at + this.#random.below(DAY / 4)).toISOString();
      const pending = this.#random.chance(0.2);
      return {
        id: `row-${String((this.#rows += 1))}`,
        // Few amounts and few names: equal rows on one day are common.
        amount: `-${String(1 + this.#random.below(5))}.50`,
        enteredAt,
        ...(pending ? { bookedAt: new Date(Date.parse(enteredAt) + DAY).toISOString() } : {}),
        party: { name: this.#random.pick(["Coffee House", "Grocer", "Railway"]) },
        remittance: ["Thank you"],
      };
    });
  }
}
