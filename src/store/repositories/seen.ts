import { rowsOf, type Db } from "../db.ts";
import type { Reads, SeenSlice } from "../reads.ts";
import { NOTHING, raw, sql } from "../sql.ts";
import type { Writes } from "../writes.ts";

export type SeenSliceRow = Omit<SeenSlice, "from" | "to"> & { readonly dateFrom: SeenSlice["from"]; readonly dateTo: SeenSlice["to"] };

export function seenReads(db: Db) {
  const { seenSlice } = db.entities;
  return {
    async seenSlices(update, position, range) {
      const touching = range ? sql`and t.date_from <= ${range.to} and t.date_to >= ${range.from}` : NOTHING;
      const rows = await rowsOf(
        db,
        seenSlice,
        sql`select ${seenSlice.columns("t")} from seen_slice t
          where t.update_id = ${update} and t.position = ${position} ${touching} order by t.page, t.slice`,
      );
      return rows.map(({ dateFrom, dateTo, ...rest }): SeenSlice => ({ ...rest, from: dateFrom, to: dateTo }));
    },
  } satisfies Partial<Reads>;
}

export function seenWrites(db: Db) {
  const { seenSlice } = db.entities;
  return {
    async putSeenSlice({ from, to, ...rest }) {
      const row = { ...rest, dateFrom: from, dateTo: to };
      const { dateFrom, dateTo, cursor, digest, ids, staleIds } = row;
      const set = seenSlice.assignments({ dateFrom, dateTo, cursor, digest, ids, staleIds }) ?? NOTHING;
      await db.run(sql`insert into seen_slice (${raw(seenSlice.insertColumns)}) values (${seenSlice.values(row)})
        on conflict (update_id, position, page, slice) do update set ${set}`);
    },
    async dropSeenSlices(update, position, fromPage) {
      const step = position === null ? NOTHING : sql`and position = ${position}`;
      await db.run(sql`delete from seen_slice where update_id = ${update} and page >= ${fromPage} ${step}`);
    },
  } satisfies Partial<Writes>;
}
