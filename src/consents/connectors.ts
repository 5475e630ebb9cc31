import type { Connector } from "../connectors/connector.ts";
import type { Bank } from "../domain/bank.ts";
import type { BankId } from "../domain/ids.ts";

/** One connector per bank, opened at first use: connections and what was learned of the bank are shared by all its consents. */
export interface Connectors extends AsyncDisposable {
  /** Null for a bank that cannot be spoken to. */
  readonly of: (bank: Bank) => Connector | null;
}

export function createConnectors(open: (bank: Bank) => Connector | null): Connectors {
  const opened = new Map<BankId, Connector | null>();
  return {
    of(bank) {
      let connector = opened.get(bank.id);
      if (connector === undefined) {
        connector = open(bank);
        opened.set(bank.id, connector);
      }
      return connector;
    },
    async [Symbol.asyncDispose]() {
      const all = [...opened.values()];
      opened.clear();
      await Promise.all(all.map(async (connector) => connector?.close()));
    },
  };
}
