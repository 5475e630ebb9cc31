import type { Bank } from "../domain/bank.ts";
import type { BankId } from "../domain/ids.ts";
import type { BankDirectory, BankHit, BankSearch } from "./directory.ts";
import { foldCode } from "./fold.ts";
import { findables, rank } from "./search.ts";

/**
 * The directory over these banks, in this order where several share a code. `listed` = many more that are merely listed: read at the
 * first question that the others cannot answer, because a start should not wait for them.
 * @throws Error where two have one id
 */
export function createDirectory(banks: readonly Bank[], listed: () => readonly Bank[] = () => []): BankDirectory {
  const own = codesOf(banks);
  const rest = once(() => codesOf(listed()));
  const searchable = once(() => findables([...banks, ...rest().banks]));
  const byId = (id: BankId): Bank | null => own.byId.get(id) ?? rest().byId.get(id) ?? null;
  return {
    byId,
    byIds: (ids) => ids.map(byId),
    byRef(bankId, type) {
      const code = foldCode(bankId);
      switch (type) {
        case "HUB":
          return byId(bankId);
        case "BIC":
          return own.byBic.get(code) ?? rest().byBic.get(code) ?? null;
        case "NATIONAL_BANK_CODE":
          return own.byCode.get(code) ?? rest().byCode.get(code) ?? null;
      }
    },
    search(query): readonly BankHit[] {
      return rank(
        searchable().filter(({ bank }) => matches(bank, query)),
        query.search ?? "",
      );
    },
  };
}

interface Codes {
  readonly banks: readonly Bank[];
  readonly byId: ReadonlyMap<BankId, Bank>;
  readonly byBic: ReadonlyMap<string, Bank>;
  readonly byCode: ReadonlyMap<string, Bank>;
}

function codesOf(banks: readonly Bank[]): Codes {
  const byId = new Map<BankId, Bank>();
  const byBic = new Map<string, Bank>();
  const byCode = new Map<string, Bank>();
  for (const bank of banks) {
    if (byId.has(bank.id)) throw new Error(`two banks have the id ${JSON.stringify(bank.id)}: give one of them another`);
    byId.set(bank.id, bank);
    for (const bic of [bank.bic, ...(bank.otherBics ?? [])]) setFirst(byBic, bic, bank);
    for (const code of [bank.nationalBankCode, ...(bank.otherNationalBankCodes ?? [])]) setFirst(byCode, code, bank);
  }
  return { banks, byId, byBic, byCode };
}

function setFirst(map: Map<string, Bank>, code: string | null, bank: Bank): void {
  if (code === null) return;
  const key = foldCode(code);
  if (!map.has(key)) map.set(key, bank);
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

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
