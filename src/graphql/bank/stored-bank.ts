import type { BankDirectory } from "../../banks/directory.ts";
import type { Bank } from "../../domain/bank.ts";
import type { BankId } from "../../domain/ids.ts";
import type { Loaders } from "../../loaders/loaders.ts";

/**
 * The bank of a stored object. An operator may take a bank out of the directory while consents at it are stored: then the last that was
 * known of it is shown, not connectable.
 * @throws Error where nothing was ever known of it: a database that this hub has not kept
 */
export function storedBank(banks: Pick<BankDirectory, "byId">, loaders: Pick<Loaders, "knownBank">, id: BankId): Bank | Promise<Bank> {
  return (
    banks.byId(id) ??
    formerBank(loaders, id).then((bank) => {
      if (!bank) throw new Error(`neither the directory nor the store knows the bank ${id}`);
      return bank;
    })
  );
}

/** A bank that the directory has no more; null where it never had it. */
export async function formerBank(loaders: Pick<Loaders, "knownBank">, id: BankId): Promise<Bank | null> {
  const facts = await loaders.knownBank(id);
  return facts && { ...facts, connection: null };
}
