import type { Bank, BankStandard } from "../domain/bank.ts";
import type { Clock } from "../domain/time.ts";
import type { Connector, ConnectorFactory } from "./connector.ts";
import { createBerlinGroupConnector } from "./berlin-group/index.ts";
import { createPolishApiConnector } from "./polish-api/index.ts";
import { createStetConnector } from "./stet/index.ts";
import { createUkOpenBankingConnector } from "./uk-open-banking/index.ts";

/** Every standard the hub speaks: a list the compiler reads, not a directory scan. */
export const connectors = {
  BERLIN_GROUP: createBerlinGroupConnector,
  POLISH_API: createPolishApiConnector,
  STET: createStetConnector,
  UK_OPEN_BANKING: createUkOpenBankingConnector,
} satisfies Partial<Record<BankStandard, ConnectorFactory>>;

/** A connector for the bank; null where its standard is not spoken yet or the bank is listed without an endpoint. */
export function openConnector(bank: Bank, parts: { readonly clock: Clock }): Connector | null {
  if (bank.connection === null || !(bank.standard in connectors)) return null;
  return connectors[bank.standard as keyof typeof connectors](bank, parts);
}
