import type { Account } from "../domain/account.ts";
import { newId } from "../domain/ids.ts";
import type { Day, Instant } from "../domain/time.ts";
import type { MatchEvidence, Transaction, TransactionAlias, TransactionFacts } from "../domain/transaction.ts";
import { pendingForm } from "./matcher/forms.ts";

/** All names that a row had while updates looked at it, four a day for its days in the window; a bound for banks that never stop renaming. */
const MAX_ALIASES = 80;

/** The day to show and to sort by: booking, else value, else transaction day, else the day the row was first seen. */
export function dateOf(facts: TransactionFacts, firstSeen: Day): Day {
  return facts.bookingDate ?? facts.valueDate ?? facts.transactionDate ?? firstSeen;
}

export function newTransaction(
  facts: TransactionFacts,
  account: Pick<Account, "id" | "userId" | "consentId">,
  date: Day,
  now: Instant,
): Transaction {
  return {
    ...facts,
    id: newId("trx", now),
    userId: account.userId,
    accountId: account.id,
    consentId: account.consentId,
    date,
    voidReason: null,
    revision: 1,
    firstSeenAt: now,
    updatedAt: now,
    matchedBy: "NEW",
    aliases: [],
    missedFetches: 0,
    missedOn: null,
  };
}

/** `row` null = nothing to store. `visible` = a client sees the difference: a revision and a change row. */
export interface Merged {
  readonly row: Transaction | null;
  readonly visible: boolean;
}

/**
 * The stored row as the bank shows it now. What a bank leaves out this time stays (a field once known does not become unknown);
 * a voided row that is back lives again under its id; former names and the pending form are kept as aliases.
 */
export function merge(stored: Transaction, facts: TransactionFacts, evidence: MatchEvidence, now: Instant): Merged {
  const next: TransactionFacts = {
    status: facts.status,
    amount: facts.amount,
    currency: facts.currency,
    bookingDate: facts.bookingDate ?? stored.bookingDate,
    valueDate: facts.valueDate ?? stored.valueDate,
    transactionDate: facts.transactionDate ?? stored.transactionDate,
    description: facts.description,
    counterpartyName: facts.counterpartyName ?? stored.counterpartyName,
    counterpartyIban: facts.counterpartyIban ?? stored.counterpartyIban,
    counterpartyAccount: facts.counterpartyAccount ?? stored.counterpartyAccount,
    counterpartyBic: facts.counterpartyBic ?? stored.counterpartyBic,
    remittance: facts.remittance.length > 0 ? facts.remittance : stored.remittance,
    structuredReference: facts.structuredReference ?? stored.structuredReference,
    bankTransactionCode: facts.bankTransactionCode ?? stored.bankTransactionCode,
    merchantCategoryCode: facts.merchantCategoryCode ?? stored.merchantCategoryCode,
    endToEndId: facts.endToEndId ?? stored.endToEndId,
    mandateId: facts.mandateId ?? stored.mandateId,
    exchangeAmount: facts.exchangeAmount ?? stored.exchangeAmount,
    exchangeCurrency: facts.exchangeCurrency ?? stored.exchangeCurrency,
    exchangeRate: facts.exchangeRate ?? stored.exchangeRate,
    balanceAfterAmount: facts.balanceAfterAmount ?? stored.balanceAfterAmount,
    balanceAfterCurrency: facts.balanceAfterCurrency ?? stored.balanceAfterCurrency,
    bankTransactionId: facts.bankTransactionId ?? stored.bankTransactionId,
    entryReference: facts.entryReference ?? stored.entryReference,
  };
  const visible = stored.status !== next.status || differs(stored, next);
  if (!visible && stored.missedFetches === 0) return { row: null, visible: false };
  const row: Transaction = {
    ...stored,
    ...next,
    date: dateOf(next, stored.date),
    voidReason: null,
    missedFetches: 0,
    missedOn: null,
    aliases: visible ? aliases(stored, next) : stored.aliases,
    matchedBy: evidence,
    ...(visible ? { revision: stored.revision + 1, updatedAt: now } : {}),
  };
  return { row, visible };
}

/** A booked row met its stale pending form again: it was not missed, nothing else is news. */
export function metAgain(stored: Transaction): Merged {
  if (stored.missedFetches === 0) return { row: null, visible: false };
  return { row: { ...stored, missedFetches: 0, missedOn: null }, visible: false };
}

function aliases(stored: Transaction, next: TransactionFacts): readonly TransactionAlias[] {
  const added: TransactionAlias[] = [];
  if (stored.entryReference !== null && stored.entryReference !== next.entryReference) {
    added.push({ kind: "REFERENCE", value: stored.entryReference });
  }
  if (stored.bankTransactionId !== null && stored.bankTransactionId !== next.bankTransactionId) {
    added.push({ kind: "ID", value: stored.bankTransactionId });
  }
  if (stored.status === "PENDING" && next.status === "BOOKED") added.push({ kind: "PENDING_FORM", value: pendingForm(stored) });
  if (added.length === 0) return stored.aliases;
  const kept = stored.aliases.filter((old) => !added.some((alias) => alias.kind === old.kind && alias.value === old.value));
  const all = [...kept, ...added];
  // The pending form outlives the names: it is what stops a stale pending for good.
  const forms = all.filter((alias) => alias.kind === "PENDING_FORM");
  return [...forms, ...all.filter((alias) => alias.kind !== "PENDING_FORM").slice(-MAX_ALIASES)];
}

const FIELDS = [
  "amount",
  "currency",
  "bookingDate",
  "valueDate",
  "transactionDate",
  "description",
  "counterpartyName",
  "counterpartyIban",
  "counterpartyAccount",
  "counterpartyBic",
  "structuredReference",
  "bankTransactionCode",
  "merchantCategoryCode",
  "endToEndId",
  "mandateId",
  "exchangeAmount",
  "exchangeCurrency",
  "exchangeRate",
  "balanceAfterAmount",
  "balanceAfterCurrency",
  "bankTransactionId",
  "entryReference",
] as const satisfies readonly (keyof TransactionFacts)[];

function differs(stored: Transaction, next: TransactionFacts): boolean {
  if (stored.remittance.length !== next.remittance.length || stored.remittance.some((line, i) => line !== next.remittance[i])) return true;
  return FIELDS.some((field) => stored[field] !== next[field]);
}
