import type { Day } from "../../domain/time.ts";
import type { Transaction, TransactionFacts } from "../../domain/transaction.ts";
import { matchBalanceAfter } from "./balance-after.ts";
import { matchContent, matchRewrittenContent } from "./content.ts";
import { matchCounterpartyIban } from "./counterparty-iban.ts";
import { dropNamedTwins, matchNames, matchWeakNames } from "./names.ts";
import { matchPendingBooked } from "./pending-booked.ts";
import { IncomingRow, NOTHING_LEARNED, StoredRow, type Consumed, type Lie, type Pool, type Scope, type Trust } from "./pool.ts";
import type { AnswerMemory } from "./repeats.ts";
import { matchStalePending } from "./stale.ts";

export interface Matched {
  readonly rows: readonly IncomingRow[];
  readonly lies: readonly Lie[];
}

/**
 * Whose rows are these? (engine.md section 3.) Pure; linear in rows by hash joins.
 *
 * Per account and page of an answer, strongest evidence first, whole pass by pass: (0) what the answer has delivered before,
 * (1) entry reference, (2) the bank's id, (3) balance after, (4) content by count, (5) counterparty IBAN near the day,
 * (6) pending that is booked now, (7) whoever is left is new. Each incoming row takes at most one stored row. Rows that earlier
 * pages of the answer consumed come in as taken: they still count for "is this name unique", and are given to nobody.
 */
export function match(page: {
  /** The account's rows near the page's days; those that earlier pages matched or added included. */
  readonly stored: readonly Transaction[];
  readonly incoming: readonly { readonly facts: TransactionFacts; readonly date: Day }[];
  readonly consumed: Consumed;
  readonly memory: AnswerMemory;
  readonly scope: Scope;
  /** @default nothing learned */
  readonly trust?: Trust;
}): Matched {
  const { ids, staleIds } = page.consumed;
  const pool: Pool = {
    stored: page.stored.map((row) => new StoredRow(row, ids.has(row.id), staleIds.has(row.id))),
    incoming: page.incoming.map(({ facts, date }) => new IncomingRow(facts, date)),
    trust: page.trust ?? NOTHING_LEARNED,
    scope: page.scope,
    lies: [],
    proven: new Set(),
    weak: [],
  };
  page.memory.markRepeats(pool.incoming);
  const usedTwice = (kind: string) => (name: string) =>
    page.memory.usedTwice(`B ${kind} ${name}`) || page.memory.usedTwice(`P ${kind} ${name}`);
  matchNames(pool, "REFERENCE", "ENTRY_REFERENCE", usedTwice("REFERENCE"));
  matchNames(pool, "ID", "BANK_ID", usedTwice("ID"));
  dropNamedTwins(pool);
  matchBalanceAfter(pool);
  matchContent(pool);
  matchWeakNames(pool);
  matchStalePending(pool);
  matchRewrittenContent(pool);
  matchCounterpartyIban(pool);
  matchPendingBooked(pool);
  return { rows: pool.incoming, lies: pool.lies };
}
