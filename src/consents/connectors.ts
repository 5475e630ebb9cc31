import type { Connector } from "../connectors/connector.ts";
import type { Bank } from "../domain/bank.ts";
import type { BankId } from "../domain/ids.ts";

/** One connector per bank, opened at first use: connections and what was learned of the bank are shared by all its consents. */
export interface Connectors extends AsyncDisposable {
  /** Null for a bank that cannot be spoken to. */
  readonly of: (bank: Bank) => Connector | null;
}

export function createConnectors(open: (bank: Bank) => Connector | null): Connectors {
  const opened = new Map<BankId, { readonly bank: Bank; readonly connector: Connector | null }>();
  const replaced: (Connector | null)[] = [];
  return {
    of(bank) {
      const known = opened.get(bank.id);
      // The directory hands out the same object until the bank's entry changes (an endpoint, a certificate): then a new one is opened.
      if (known?.bank === bank) return known.connector;
      // The old one is closed at the end only: updates under way go on with it.
      if (known) replaced.push(known.connector);
      const connector = open(bank);
      opened.set(bank.id, { bank, connector });
      return connector;
    },
    async [Symbol.asyncDispose]() {
      const all = [...replaced.splice(0), ...[...opened.values()].map(({ connector }) => connector)];
      opened.clear();
      await Promise.all(all.map(async (connector) => connector?.close()));
    },
  };
}
