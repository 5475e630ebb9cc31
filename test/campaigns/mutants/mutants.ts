/** One deliberate fault: in `file`, the only `find` becomes `replace`. `tests` are enough to notice it. */
export interface Mutant {
  readonly what: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly tests: readonly string[];
}

const MATCHER = ["src/sync/matcher"];
const ENGINE = ["src/sync/engine.test.ts", "src/sync/engine-failures.test.ts"];
const TAKEOVER = ["src/sync/engine-takeover.test.ts"];
const QUOTA = ["src/sync/engine-quota.test.ts", "src/sync/engine-failures.test.ts"];
const HABITS = ["src/sync/habits.test.ts"];

function mutant(what: string, file: string, find: string, replace: string, tests: readonly string[]): Mutant {
  return { what, file: `src/sync/${file}`, find, replace, tests };
}

/** Each rule of engine.md that a test claims to guard, broken once. */
export const MUTANTS: readonly Mutant[] = [
  mutant("pass 1 is off", "matcher/match.ts", 'matchNames(pool, "REFERENCE", "ENTRY_REFERENCE", usedTwice("REFERENCE"));', "", MATCHER),
  mutant("pass 2 is off", "matcher/match.ts", 'matchNames(pool, "ID", "BANK_ID", usedTwice("ID"));', "", MATCHER),
  mutant("pass 3 is off", "matcher/match.ts", "  matchBalanceAfter(pool);\n", "", MATCHER),
  mutant("pass 4 is off", "matcher/match.ts", "  matchContent(pool);\n", "", MATCHER),
  mutant("rewritten texts are other rows", "matcher/match.ts", "  matchRewrittenContent(pool);\n", "", MATCHER),
  mutant("pass 5 is off", "matcher/match.ts", "  matchCounterpartyIban(pool);\n", "", MATCHER),
  mutant("pass 6 is off", "matcher/match.ts", "  matchPendingBooked(pool);\n", "", MATCHER),
  mutant("stale pendings are new rows", "matcher/match.ts", "  matchStalePending(pool);\n", "", MATCHER),
  mutant("names without agreeing content are forgotten", "matcher/match.ts", "  matchWeakNames(pool);\n", "", MATCHER),
  mutant("a stored row is taken again and again: a set, no multiset", "matcher/pool.ts", "  stored.taken = true;\n", "", MATCHER),
  mutant("rows consumed by earlier pages are free again", "matcher/match.ts", "ids.has(row.id), staleIds", "false, staleIds", MATCHER),
  mutant("a stale form stands for any number of rows", "matcher/pool.ts", "  stored.staleTaken = true;\n", "", MATCHER),
  mutant(
    "an id is believed whatever the content",
    "matcher/names.ts",
    "if (contradicts(incoming, row)) {",
    "if (false as boolean) {",
    MATCHER,
  ),
  mutant("names need not be unique in the store", "matcher/names.ts", "found.set(name, null);", "found.set(name, row);", [
    "src/sync/matcher",
    "test/campaigns/histories",
  ]),
  mutant(
    "former names are forgotten",
    "rows.ts",
    "aliases: visible ? aliases(stored, next) : stored.aliases,",
    "aliases: stored.aliases,",
    MATCHER,
  ),
  mutant("a place in a list is a name", "matcher/names.ts", 'if (isPlace(nameOf(kind, incoming.facts) ?? "")) return false;', "", MATCHER),
  mutant("a name moves rows of days that were not asked for", "matcher/names.ts", "(asked || !booked) && (whole", "(whole", MATCHER),
  mutant("a name moves a row although more pages follow", "matcher/names.ts", "(whole || pool.trust.stable.has(kind))", "true", MATCHER),
  mutant(
    "another IBAN may book a pending row",
    "matcher/pending-booked.ts",
    "return a === null || b === null || a === b;",
    "(whole",
    MATCHER,
  ),
  mutant(
    "a pending row may be booked six days later",
    "matcher/pending-booked.ts",
    "const WITHIN_DAYS = 5;",
    "const WITHIN_DAYS = 6;",
    MATCHER,
  ),
  mutant(
    "amounts may differ without an exchange",
    "matcher/pending-booked.ts",
    "wasExchanged(incoming, stored) && nearly",
    "nearly",
    MATCHER,
  ),
  mutant(
    "other counterparty accounts are the same row",
    "matcher/pool.ts",
    "return incoming.account !== null && stored.account !== null && incoming.account !== stored.account;",
    "return false;",
    MATCHER,
  ),
  mutant("two names with equal balances are two rows", "matcher/repeats.ts", "if (again || twice)", "if (again)", MATCHER),
  mutant(
    "a reversal does not explain an equal balance",
    "matcher/repeats.ts",
    "balance !== null && this.#balances.has(balance) && !reversals",
    "balance !== null && this.#balances.has(balance) && !null",
    MATCHER,
  ),
  mutant("a repeated row counts again", "matcher/repeats.ts", 'row.fate = "REPEAT";', "", MATCHER),
  mutant(
    "fields left out become unknown",
    "rows.ts",
    "valueDate: facts.valueDate ?? stored.valueDate,",
    "valueDate: facts.valueDate,",
    MATCHER,
  ),
  mutant("the overlap is forgotten", "planner.ts", "export const OVERLAP_DAYS = 10;", "export const OVERLAP_DAYS = 0;", [
    "src/sync/planner.test.ts",
  ]),
  mutant(
    "the oldest pending row does not widen the window",
    "planner.ts",
    "plan.oldestPending !== null && plan.oldestPending < complete ?",
    "plan.oldestPending !== null && plan.oldestPending > complete ?",
    ["src/sync/planner.test.ts"],
  ),
  mutant("an incomplete answer is DONE and moves coverage", "close-step.ts", "if (state.cut) {", "if (state.cut && false) {", ENGINE),
  mutant("a bank that ignores the period is complete", "transactions-step.ts", "|| tooMany || outside.length > 0,", "|| tooMany,", HABITS),
  mutant(
    "a circle of pages goes on",
    "transactions-step.ts",
    "ended: page.next === null || repeated || circular ||",
    "ended: page.next === null || repeated ||",
    ENGINE,
  ),
  mutant(
    "a page that comes again is new",
    "transactions-step.ts",
    'const repeated = digest !== "" && answer.digests.has(digest);',
    "const repeated = false;",
    ENGINE,
  ),
  mutant(
    "an empty page with a next one is the end",
    "transactions-step.ts",
    "if (empty && page.next !== null) return",
    "if (empty && page.next !== null && page.next.length > 1e9) return",
    ENGINE,
  ),
  mutant("one complete fetch without a row voids it", "voiding.ts", "const MISSES = 2;", "const MISSES = 1;", ENGINE),
  mutant("two fetches of one day void a booked row", "voiding.ts", " || row.missedOn === answer.today)", ")", ENGINE),
  mutant("a hold is voided before a week", "voiding.ts", "const PENDING_DAYS = 7;", "const PENDING_DAYS = 2;", ENGINE),
  mutant("a bank without pending rows voids them", "voiding.ts", "if (!answer.pendingKnown) return null;", "", ENGINE),
  mutant("a shortened history voids rows", "voiding.ts", "answer.oldestBooked === null || row.date < answer.oldestBooked ||", "", ENGINE),
  mutant("a row that is back has another life", "rows.ts", "    voidReason: null,\n    missedFetches: 0,", "    missedFetches: 0,", ENGINE),
  {
    what: "a worker that was taken over writes on",
    file: "src/store/repositories/updates.ts",
    find: "epoch === null ? NOTHING : sql`and epoch = ${epoch}`",
    replace: "NOTHING",
    tests: TAKEOVER,
  },
  mutant(
    "a dead worker's part of a page is stored again",
    "store-page.ts",
    "if (!meets && !work.partial) return nothing;",
    "if (!meets) return nothing;",
    TAKEOVER,
  ),
  mutant(
    "nothing ends an update that kills its worker",
    "machine.ts",
    "export const MAX_ATTEMPTS = 5;",
    "export const MAX_ATTEMPTS = 50;",
    TAKEOVER,
  ),
  mutant(
    "the ledger is not asked before a call",
    "bank-call.ts",
    "if (endpoint !== null && !attended) {",
    "if (false as boolean) {",
    QUOTA,
  ),
  mutant("the call of a dead worker is not in the ledger", "bank-call.ts", "state.attempt < run.update.attempt;", "false;", QUOTA),
  mutant("attended calls are counted", "bank-call.ts", "        attended,\n", "        attended: false,\n", QUOTA),
  mutant(
    "the bank's Retry-After is not heard",
    "failures.ts",
    "if (said !== null) return Math.min",
    "if (said !== null && said < 0) return Math.min",
    QUOTA,
  ),
  mutant("a user who joins waits with the update", "attend.ts", 'locked.waitReason === "BANK_QUOTA_SPENT"', "false", QUOTA),
  mutant("a user who joins a running update waits with it", "steps.ts", "throw new UserArrived();", "return;", QUOTA),
  mutant("failed steps are COMPLETED", "machine.ts", "if (!outcome.failed) return ended", "if (true as boolean) return ended", ENGINE),
  mutant(
    "a refused period is not tried shorter",
    "failures.ts",
    'return paged ? { do: "shorten", servedDays: error.servedDays } : { do: "fail" };',
    'return { do: "fail" };',
    ENGINE,
  ),
  mutant(
    "nothing is learned",
    "close-step.ts",
    "await tx.putBankHabits(learned(known, run.observations.take()));",
    "await tx.putBankHabits(known);",
    HABITS,
  ),
  mutant(
    "what was learned widens no window",
    "planner.ts",
    "Math.max(OVERLAP_DAYS, habits.lateDays + LATE_MARGIN_DAYS)",
    "OVERLAP_DAYS",
    HABITS,
  ),
  mutant("an unreadable account list makes accounts vanish", "account-list.ts", "list.quarantined.length > 0 ? [] : ", "", [
    "src/sync/engine.test.ts",
  ]),
  mutant(
    "a change is not in the log",
    "store-page.ts",
    "    if (!visible) continue;\n",
    '    if (!visible || kind !== "insert") continue;\n',
    ["test/campaigns/histories"],
  ),
];
