import { isDeepStrictEqual } from "node:util";
import type { Bank, BankFacts } from "../domain/bank.ts";
import type { Store } from "../store/store.ts";

/**
 * Stores what is known of banks that consents can be opened at, where it is not stored so yet: it is shown when an operator has taken
 * the bank out of the directory while consents at it remain.
 */
export async function rememberBanks(store: Pick<Store, "knownBanks" | "tx">, banks: readonly Bank[]): Promise<void> {
  const known = await store.knownBanks(banks.map(({ id }) => id));
  const news = banks.map(factsOf).filter((facts) => !isDeepStrictEqual({ ...known.get(facts.id) }, facts));
  if (news.length === 0) return;
  await store.tx(async (tx) => {
    for (const facts of news) await tx.putKnownBank(facts);
  });
}

function factsOf(bank: Bank): BankFacts {
  const { connection: _secret, otherBics: _bics, otherNationalBankCodes: _codes, ...facts } = bank;
  return facts;
}
