import type { Bank, BankStandard, Environment, PsuType } from "../domain/bank.ts";
import type { BankId } from "../domain/ids.ts";

/** The bank directory as callers see it. */
export interface BankDirectory {
  byId(id: BankId): Bank | null;
  byIds(ids: readonly BankId[]): readonly (Bank | null)[];
  /** By the source description's bankId + bankIdType; the first in directory order where several share a BIC. */
  byRef(bankId: string, type: "HUB" | "BIC" | "NATIONAL_BANK_CODE"): Bank | null;
  /** Ranked best first where `search` is given (name, BIC, national bank code; accent-blind), else in name order. */
  search(query: BankSearch): readonly Bank[];
}

export interface BankSearch {
  readonly search: string | null;
  readonly countries: readonly string[] | null;
  readonly standards: readonly BankStandard[] | null;
  readonly psuType: PsuType | null;
  readonly environment: Environment | null;
  readonly connectable: boolean | null;
}
