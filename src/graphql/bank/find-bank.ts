import type { BankDirectory } from "../../banks/directory.ts";
import type { Bank } from "../../domain/bank.ts";
import { BANK_NODE_PREFIX, type BankId } from "../../domain/ids.ts";
import type { BankBy } from "./bank.input.ts";

/** A bank's id as the outside knows it. */
export function bankNodeId(bank: Pick<Bank, "id">): string {
  return `${BANK_NODE_PREFIX}${bank.id}`;
}

/** The id behind a node id that begins as one. */
export function directoryId(nodeId: string): BankId {
  return nodeId.slice(BANK_NODE_PREFIX.length);
}

export function bankByNodeId(banks: Pick<BankDirectory, "byId">, id: string): Bank | null {
  return id.startsWith(BANK_NODE_PREFIX) ? banks.byId(directoryId(id)) : null;
}

/** The bank that the caller means; null when the directory has none such. */
export function findBank(banks: Pick<BankDirectory, "byId" | "byRef">, by: BankBy): Bank | null {
  if (by.id != null) return bankByNodeId(banks, by.id);
  if (by.ref == null) return null;
  const { bankId, bankIdType } = by.ref;
  return (bankIdType === "HUB" ? bankByNodeId(banks, bankId) : null) ?? banks.byRef(bankId, bankIdType);
}
