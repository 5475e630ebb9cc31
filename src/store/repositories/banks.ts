import { rowsOf, type Db } from "../db.ts";
import type { Reads } from "../reads.ts";
import { NOTHING, raw, sql } from "../sql.ts";
import type { Writes } from "../writes.ts";

export function bankReads(db: Db) {
  const { knownBank } = db.entities;
  return {
    async knownBanks(ids) {
      const rows = await rowsOf(db, knownBank, sql`select ${knownBank.columns("t")} from known_bank t where ${db.among("t.id", ids)}`);
      return new Map(rows.map((row) => [row.id, row]));
    },
  } satisfies Partial<Reads>;
}

export function bankWrites(db: Db) {
  const { knownBank } = db.entities;
  return {
    async putKnownBank(bank) {
      const { id: _key, ...facts } = bank;
      await db.run(sql`insert into known_bank (${raw(knownBank.insertColumns)}) values (${knownBank.values(bank)})
        on conflict (id) do update set ${knownBank.assignments(facts) ?? NOTHING}`);
    },
  } satisfies Partial<Writes>;
}
