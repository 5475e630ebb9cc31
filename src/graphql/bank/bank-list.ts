import type { BankHit } from "../../banks/directory.ts";
import type { Bank } from "../../domain/bank.ts";
import type { PageRequest, Position, Slice } from "../../store/store.ts";
import type { List } from "../connection.ts";

/**
 * A search's result as a list to page through: banks live in memory, in the order of the search. A cursor names a place in that order and
 * not a row, so that a page goes on rightly after the directory was reloaded, even without the bank it ended with.
 */
export function bankList(hits: readonly BankHit[]): List<Bank> {
  const keys = new Map(hits.map(({ bank, key }) => [bank.id, key]));
  return {
    tag: "bank",
    load: async (page) => slice(hits, page),
    count: async () => hits.length,
    positionOf: ({ id }) => ({ key: keys.get(id) ?? "", id }),
  };
}

function slice(hits: readonly BankHit[], { position, backward, limit }: PageRequest): Slice<Bank> {
  const [before, after] = position === null ? [hits.length, 0] : around(hits, position);
  const [start, end] = backward ? [Math.max(0, before - limit), before] : [after, Math.min(after + limit, hits.length)];
  return { rows: hits.slice(start, end).map(({ bank }) => bank), hasMore: backward ? start > 0 : end < hits.length };
}

/** How many hits lie before the position, and where those behind it begin. */
function around(hits: readonly BankHit[], position: Position): readonly [number, number] {
  const first = hits.findIndex((hit) => compare(hit, position) >= 0);
  if (first === -1) return [hits.length, hits.length];
  const [hit] = hits.slice(first, first + 1);
  return [first, hit && compare(hit, position) === 0 ? first + 1 : first];
}

function compare({ bank, key }: BankHit, position: Position): number {
  const [one, other] = key === (position.key ?? "") ? [bank.id, position.id] : [key, position.key ?? ""];
  return one < other ? -1 : one > other ? 1 : 0;
}
