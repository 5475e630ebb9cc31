import { setImmediate } from "node:timers/promises";
import type { TransactionPage } from "../connectors/connector.ts";
import type { Account } from "../domain/account.ts";
import type { TransactionId } from "../domain/ids.ts";
import { addDays, type Day, type Instant } from "../domain/time.ts";
import type { Transaction, TransactionFacts } from "../domain/transaction.ts";
import type { UpdateStep } from "../domain/update.ts";
import type { SeenSlice } from "../store/reads.ts";
import { callBank } from "./bank-call.ts";
import { closeStep } from "./close-step.ts";
import { preparingUntil } from "./failures.ts";
import { fingerprint, fullForm } from "./matcher/forms.ts";
import { AnswerMemory } from "./matcher/repeats.ts";
import { accountOf, ownerOf, refOf } from "./owned.ts";
import { dateOf } from "./rows.ts";
import type { UpdateRun } from "./run.ts";
import { readState, START, writeState, type StepState } from "./step-state.ts";
import { storePage } from "./store-page.ts";

/** 1M rows in pages of 100; a bank that has more of them is not telling the truth. */
const MAX_PAGES = 10_000;
/** Empty pages in a row that promise more. */
const MAX_EMPTIES = 12;
/** Pages without names may honestly be equal (one coffee a page); of this many different rows it is a page sent again. */
const MIN_NAMELESS_FORMS = 5;
/** Rows of the newest pages that a resumed step takes up to find repeats. */
const REMEMBERED = 2_000;

/** Reads an answer page by page from where it stands. Answers when to come back while the bank prepares; null = the step is over. */
export async function runTransactions(run: UpdateRun, step: UpdateStep): Promise<Instant | null> {
  const account = await accountOf(run, step);
  const answer = await openAnswer(run, step);
  for (;;) {
    const state = readState(run.step(step.position)) ?? START;
    if (state.ended) {
      await closeStep(run, run.step(step.position), state);
      return null;
    }
    run.checkStop();
    const page = await fetchPage(run, step, account, state);
    const until = await takePage(run, { account, step, state, page, answer });
    if (until !== null) return until;
    await setImmediate(); // awaits on SQLite never yield
  }
}

/** Bounds of what the account held before the step: only pages that touch them need the store for matching. */
export async function initialState(run: UpdateRun, step: UpdateStep): Promise<StepState> {
  if (step.accountId === null || step.scope !== "TRANSACTIONS") return START;
  const edge = async (backward: boolean): Promise<Day | null> => {
    const filter = { dateFrom: null, dateTo: null, statuses: null, direction: null, amountMin: null, amountMax: null, search: null };
    const accounts = step.accountId === null ? [] : [step.accountId];
    const slices = await run.parts.store.transactionsOfAccounts(ownerOf(run), accounts, filter, { limit: 1, position: null, backward });
    return slices.values().next().value?.rows[0]?.date ?? null;
  };
  const [to, from] = [await edge(false), await edge(true)];
  return { ...START, known: from === null || to === null ? null : { from, to } };
}

/** What this process knows of the answer so far; taken up from the store where another run read its first pages. */
interface Answer {
  readonly memory: AnswerMemory;
  readonly cursors: Set<string>;
  readonly digests: Set<string>;
  /** The page that an earlier run stored some slices of. */
  readonly partialPage: number | null;
}

async function openAnswer(run: UpdateRun, step: UpdateStep): Promise<Answer> {
  const state = readState(run.step(step.position)) ?? START;
  const slices = await run.parts.store.seenSlices(run.update.id, step.position, null);
  const earlier = slices.filter((slice) => slice.page < state.page);
  const memory = new AnswerMemory();
  for (const row of await newestRows(run, earlier)) {
    if (row.status !== "VOIDED") memory.remember({ ...row, status: row.status });
  }
  return {
    memory,
    cursors: new Set(earlier.flatMap((slice) => (slice.cursor === null ? [] : [slice.cursor]))),
    digests: new Set(earlier.flatMap((slice) => (slice.digest === "" ? [] : [slice.digest]))),
    partialPage: slices.some((slice) => slice.page === state.page) ? state.page : null,
  };
}

async function newestRows(run: UpdateRun, slices: readonly SeenSlice[]): Promise<readonly Transaction[]> {
  const ids: TransactionId[] = [];
  for (const slice of slices.toReversed()) {
    if (ids.length >= REMEMBERED) break;
    ids.push(...slice.ids);
  }
  const rows: Transaction[] = [];
  for (let i = 0; i < ids.length; i += 500) {
    rows.push(...(await run.parts.store.transactionsByIds(ownerOf(run), ids.slice(i, i + 500))).values());
  }
  return rows;
}

async function fetchPage(run: UpdateRun, step: UpdateStep, account: Account, state: StepState): Promise<TransactionPage> {
  const { windowFrom, windowTo } = run.step(step.position);
  const entryReferenceFrom = step.kind === "RECENT" && state.known !== null ? await run.parts.store.newestEntryReference(account.id) : null;
  // Recent days are asked without an end: where the bank's day is ahead of ours, its today is in.
  const request = {
    account: refOf(account),
    from: windowFrom,
    to: step.kind === "RECENT" ? null : windowTo,
    cursor: state.next,
    entryReferenceFrom,
  };
  return callBank(run, (bank, grant, signal) => bank.transactions(grant, request, signal));
}

interface Arrived {
  readonly account: Account;
  readonly step: UpdateStep;
  readonly state: StepState;
  readonly page: TransactionPage;
  readonly answer: Answer;
}

async function takePage(run: UpdateRun, { account, step, state, page, answer }: Arrived): Promise<Instant | null> {
  const empty = page.rows.length === 0 && page.quarantined.length === 0;
  if (empty && page.next !== null) return waitForData(run, step, state, page.next);
  const digest = digestOf(page);
  const repeated = digest !== "" && answer.digests.has(digest);
  if (state.next !== null) answer.cursors.add(state.next);
  answer.digests.add(digest);
  const circular = page.next !== null && answer.cursors.has(page.next);
  const tooMany = page.next !== null && state.page + 1 >= MAX_PAGES;
  const today = run.today();
  const booked = page.rows.filter((row) => row.status === "BOOKED");
  const outside = outsideOf(run.step(step.position).windowFrom, booked);
  if (outside.length > 0) run.observations.datesIgnored(run.now());
  // Newest first and past the period: nothing that was asked for can follow.
  const past = outside.length > 0 && outside.length === booked.length && state.inside;
  const after: StepState = {
    ...state,
    next: page.next,
    page: state.page + 1,
    empties: 0,
    ended: page.next === null || repeated || circular || tooMany || past,
    cut: state.cut || !page.complete || repeated || circular || tooMany || outside.length > 0,
    inside: state.inside || outside.length < booked.length,
    pendingUnknown: state.pendingUnknown || page.pendingUnknown,
    oldest: oldest(
      state.oldest,
      page.rows.map((row) => dateOf(row, today)),
    ),
    oldestBooked: oldest(
      state.oldestBooked,
      booked.map((row) => dateOf(row, today)),
    ),
  };
  const kept = repeated ? { ...page, rows: [], quarantined: [] } : page;
  const partial = answer.partialPage === state.page;
  await storePage(run, { account, step, state, after, page: kept, digest: repeated ? "" : digest, memory: answer.memory, partial });
  return null;
}

/** Booked rows that no date of theirs puts into the period: the bank does not heed it. One day for time zones. */
function outsideOf(from: Day | null, booked: readonly TransactionFacts[]): readonly TransactionFacts[] {
  if (from === null) return [];
  const least = addDays(from, -1);
  return booked.filter((row) => {
    const dates = [row.bookingDate, row.valueDate, row.transactionDate].filter((date) => date !== null);
    return dates.length > 0 && dates.every((date) => date < least);
  });
}

/** An empty page with a next one is no end: the bank is still collecting. */
async function waitForData(run: UpdateRun, step: UpdateStep, state: StepState, next: string): Promise<Instant | null> {
  const empties = state.empties + 1;
  if (empties > MAX_EMPTIES) {
    await run.commit({ steps: [{ position: step.position, patch: { cursor: writeState({ ...state, ended: true, cut: true }) } }] });
    return null;
  }
  const until = preparingUntil(run.now(), state.empties);
  const cursor = writeState({ ...state, next, empties });
  await run.commit({ event: { type: "preparing", until }, steps: [{ position: step.position, patch: { cursor } }] });
  return until;
}

/** Fingerprint of a page's rows; "" where an equal page would prove nothing. */
function digestOf(page: TransactionPage): string {
  if (page.rows.length === 0) return "";
  const forms = page.rows.map((row) => `${row.entryReference ?? ""}|${row.bankTransactionId ?? ""}|${fullForm(row)}`);
  const named = page.rows.some((row) => row.entryReference !== null || row.bankTransactionId !== null || row.balanceAfterAmount !== null);
  if (!named && new Set(forms).size < MIN_NAMELESS_FORMS) return "";
  return fingerprint(forms.join("\n"));
}

function oldest(known: Day | null, days: readonly Day[]): Day | null {
  return days.reduce<Day | null>((least, day) => (least === null || day < least ? day : least), known);
}
