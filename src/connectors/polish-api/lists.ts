import { z } from "zod";

export const listName = z.enum(["done", "pending", "holds", "scheduled", "rejected", "cancelled"]);
/** The six lists in which PolishAPI keeps what happens on an account. */
export type ListName = z.infer<typeof listName>;

interface List {
  /** Operation, and name of the privilege behind `ais:`. */
  readonly operation: `getTransactions${string}` | "getHolds";
  /** What its rows are to the hub; null: rows that never moved money, read only to take them out of the other lists. */
  readonly status: "BOOKED" | "PENDING" | null;
  /** Where the rows stand in the answer. */
  readonly key: "transactions" | "holds";
}

export const LISTS: Readonly<Record<ListName, List>> = {
  done: { operation: "getTransactionsDone", status: "BOOKED", key: "transactions" },
  pending: { operation: "getTransactionsPending", status: "PENDING", key: "transactions" },
  holds: { operation: "getHolds", status: "PENDING", key: "holds" },
  scheduled: { operation: "getTransactionsScheduled", status: "PENDING", key: "transactions" },
  rejected: { operation: "getTransactionsRejected", status: null, key: "transactions" },
  cancelled: { operation: "getTransactionsCancelled", status: null, key: "transactions" },
};

/** What never moved money comes first, so that it is known when the lists are read that may still hold it. */
export const READING_ORDER: readonly ListName[] = ["done", "rejected", "cancelled", "pending", "holds", "scheduled"];
