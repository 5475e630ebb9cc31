import { rowOf, type Db } from "../db.ts";
import type { Reads } from "../reads.ts";
import { NOTHING, raw, sql } from "../sql.ts";
import type { Writes } from "../writes.ts";

export function habitReads(db: Db) {
  const { bankHabit } = db.entities;
  return {
    bankHabits: (bank) => rowOf(db, bankHabit, sql`select ${bankHabit.columns("t")} from bank_habit t where t.bank_id = ${bank}`),
  } satisfies Partial<Reads>;
}

export function habitWrites(db: Db) {
  const { bankHabit } = db.entities;
  return {
    async putBankHabits(habits) {
      const { bankId: _bank, ...rest } = habits;
      await db.run(sql`insert into bank_habit (${raw(bankHabit.insertColumns)}) values (${bankHabit.values(habits)})
        on conflict (bank_id) do update set ${bankHabit.assignments(rest) ?? NOTHING}`);
    },
  } satisfies Partial<Writes>;
}
