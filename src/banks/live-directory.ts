import { isDeepStrictEqual } from "node:util";
import type { Bank } from "../domain/bank.ts";
import type { BankId } from "../domain/ids.ts";
import { createDirectory } from "./directory-of.ts";
import type { BankDirectory, BankHit, BankSearch } from "./directory.ts";

/** A directory whose banks can be replaced under way; whoever holds it asks the newest. */
export class LiveDirectory implements BankDirectory {
  readonly #listed: () => readonly Bank[];
  #banks: readonly Bank[] = [];
  #current: BankDirectory;

  /** @throws Error where two banks have one id */
  constructor(banks: readonly Bank[], listed: () => readonly Bank[] = () => []) {
    this.#listed = listed;
    this.#current = createDirectory(banks, listed);
    this.#banks = banks;
  }

  /** Those that are not merely listed. */
  get banks(): readonly Bank[] {
    return this.#banks;
  }

  /** A bank that is as it was stays the same object: connections to it live on. @throws Error where two have one id; nothing changes then */
  replace(banks: readonly Bank[]): void {
    const before = new Map(this.#banks.map((bank) => [bank.id, bank]));
    const next = banks.map((bank) => {
      const old = before.get(bank.id);
      return old && isDeepStrictEqual(old, bank) ? old : bank;
    });
    this.#current = createDirectory(next, this.#listed);
    this.#banks = next;
  }

  byId(id: BankId): Bank | null {
    return this.#current.byId(id);
  }

  byIds(ids: readonly BankId[]): readonly (Bank | null)[] {
    return this.#current.byIds(ids);
  }

  byRef(bankId: string, type: Parameters<BankDirectory["byRef"]>[1]): Bank | null {
    return this.#current.byRef(bankId, type);
  }

  search(query: BankSearch): readonly BankHit[] {
    return this.#current.search(query);
  }
}
