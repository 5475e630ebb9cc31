import { ChangeType, type Change } from "../../domain/change.ts";
import type { UpdateId } from "../../domain/ids.ts";
import type { ChangeQuery, Reads } from "../../store/reads.ts";
import type { Context } from "../context.ts";

/** Reads an update's changes; the store cannot filter them by kind, so what the caller may not see is passed over here. */
export function changesOfUpdate(
  store: Pick<Reads, "changesOfUpdate">,
  { owner }: Context,
  update: UpdateId,
): (query: ChangeQuery) => Promise<readonly Change[]> {
  return async ({ kinds, limit, after }) => {
    const rows: Change[] = [];
    for (let from = after; ;) {
      const page = await store.changesOfUpdate(owner, update, { after: from, limit });
      rows.push(...page.filter(({ type }) => kinds === null || kinds.includes(ChangeType[type])));
      const last = page[page.length - 1];
      if (rows.length >= limit || page.length < limit || !last) return rows.slice(0, limit);
      from = last.seq;
    }
  };
}
