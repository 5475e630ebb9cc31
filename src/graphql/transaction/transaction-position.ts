import type { Day } from "../../domain/time.ts";
import type { Position } from "../../store/store.ts";

/** Transactions are ordered by day and, within it, by id. */
export function transactionPosition({ date, id }: { readonly date: Day; readonly id: string }): Position {
  return { key: date, id };
}
