import type { Bank, BankStandard, Environment, PsuType } from "../domain/bank.ts";
import type { BankId } from "../domain/ids.ts";

/** The bank directory as callers see it. It may change between two calls: an operator's file is followed while the hub runs. */
export interface BankDirectory {
  byId(id: BankId): Bank | null;
  byIds(ids: readonly BankId[]): readonly (Bank | null)[];
  /**
   * By the source description's bankId + bankIdType, without regard to case and blanks; every BIC and bank code of a bank chooses it.
   * Where several banks share one: the first that can be connected to, else the first in directory order.
   */
  byRef(bankId: string, type: "HUB" | "BIC" | "NATIONAL_BANK_CODE"): Bank | null;
  /** Ranked best first where `search` is given (name, BIC, national bank code; accent-blind), else in name order. */
  search(query: BankSearch): readonly BankHit[];
}

/** A bank at its place: hits are ordered by `key`, then by the bank's id, so that a page can go on where another directory left off. */
export interface BankHit {
  readonly bank: Bank;
  readonly key: string;
}

export interface BankSearch {
  readonly search: string | null;
  readonly countries: readonly string[] | null;
  readonly standards: readonly BankStandard[] | null;
  readonly psuType: PsuType | null;
  readonly environment: Environment | null;
  readonly connectable: boolean | null;
}
