import type { Bank } from "../../domain/bank.ts";
import type { PageRequest, Slice } from "../../store/store.ts";
import type { List } from "../connection.ts";
import { callerError } from "../errors.ts";

/** A search's result as a list to page through: banks live in memory, in the order of the search. */
export function bankList(banks: readonly Bank[]): List<Bank> {
  return {
    tag: "bank",
    load: async (page) => slice(banks, page),
    count: async () => banks.length,
    positionOf: ({ id }) => ({ key: null, id }),
  };
}

function slice(banks: readonly Bank[], { position, backward, limit }: PageRequest): Slice<Bank> {
  const at = position && banks.findIndex(({ id }) => id === position.id);
  if (at === -1) throw callerError("BAD_USER_INPUT", "The cursor's bank is not in this list: start again without a cursor.");
  if (backward) {
    const end = at ?? banks.length;
    const start = Math.max(0, end - limit);
    return { rows: banks.slice(start, end), hasMore: start > 0 };
  }
  const start = at === null ? 0 : at + 1;
  return { rows: banks.slice(start, start + limit), hasMore: start + limit < banks.length };
}
