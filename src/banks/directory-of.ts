import type { Bank } from "../domain/bank.ts";
import type { BankId } from "../domain/ids.ts";
import type { BankDirectory, BankSearch } from "./directory.ts";
import { findable, fold, rank } from "./search.ts";

/** The directory over these banks, in this order where several share a code. @throws Error where two have one id */
export function createDirectory(banks: readonly Bank[]): BankDirectory {
  const byId = new Map<BankId, Bank>();
  const byBic = new Map<string, Bank>();
  const byCode = new Map<string, Bank>();
  for (const bank of banks) {
    if (byId.has(bank.id)) throw new Error(`two banks have the id ${JSON.stringify(bank.id)}: give one of them another`);
    byId.set(bank.id, bank);
    if (bank.bic !== null) setFirst(byBic, headOffice(bank.bic), bank);
    if (bank.nationalBankCode !== null) setFirst(byCode, fold(bank.nationalBankCode), bank);
  }
  const inNameOrder = banks.map(findable).sort((a, b) => compare(a.name, b.name) || compare(a.bank.id, b.bank.id));
  return {
    byId: (id) => byId.get(id) ?? null,
    byIds: (ids) => ids.map((id) => byId.get(id) ?? null),
    byRef(bankId, type) {
      switch (type) {
        case "HUB":
          return byId.get(bankId) ?? null;
        case "BIC":
          return byBic.get(headOffice(bankId)) ?? null;
        case "NATIONAL_BANK_CODE":
          return byCode.get(fold(bankId)) ?? null;
      }
    },
    search(query) {
      const chosen = inNameOrder.filter(({ bank }) => matches(bank, query));
      return (query.search === null ? chosen : rank(chosen, query.search)).map(({ bank }) => bank);
    },
  };
}

function matches(bank: Bank, query: BankSearch): boolean {
  return (
    (query.countries?.includes(bank.country) ?? true) &&
    (query.standards?.includes(bank.standard) ?? true) &&
    (query.psuType === null || bank.psuTypes.includes(query.psuType)) &&
    (query.environment === null || bank.environment === query.environment) &&
    (query.connectable === null || (bank.connection !== null) === query.connectable)
  );
}

// "XXX" names the head office, which eight characters name too (ISO 9362).
function headOffice(bic: string): string {
  return fold(bic).replace(/^(.{8})xxx$/, "$1");
}

function setFirst(map: Map<string, Bank>, key: string, bank: Bank): void {
  if (!map.has(key)) map.set(key, bank);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
