import { sql } from "drizzle-orm";
import type { ChangeType } from "../../domain/change.ts";
import type { AccountId, ConsentId, TransactionId, UpdateId, UserId } from "../../domain/ids.ts";
import type { Currency, Decimal } from "../../domain/money.ts";
import type { Day } from "../../domain/time.ts";
import type { MatchEvidence, TransactionAlias, TransactionStatus, VoidReason } from "../../domain/transaction.ts";
import type { Kit } from "../kit.ts";

/**
 * The two big tables. Neither has foreign keys: they would cost an index probe per row of a first update; `eraseConsent` names
 * them and its test walks every table. The migrations add by hand what drizzle-kit cannot say (see drizzle/README.md).
 */
export function transactionTables(kit: Kit) {
  const { table, text, textOrNull, int, json, index, uniqueIndex, primaryKey } = kit;
  const bankTransaction = table(
    "bank_transaction",
    {
      accountId: text<AccountId>(),
      date: text<Day>(),
      id: text<TransactionId>(),
      userId: text<UserId>(),
      consentId: text<ConsentId>(),
      status: text<TransactionStatus>(),
      amount: text<Decimal>(),
      currency: text<Currency>(),
      /** `sortKey(amount)`: what amount filters compare. */
      amountKey: text(),
      bookingDate: textOrNull<Day>(),
      valueDate: textOrNull<Day>(),
      transactionDate: textOrNull<Day>(),
      description: text(),
      counterpartyName: textOrNull(),
      counterpartyIban: textOrNull(),
      counterpartyAccount: textOrNull(),
      counterpartyBic: textOrNull(),
      remittance: json<readonly string[]>(),
      structuredReference: textOrNull(),
      bankTransactionCode: textOrNull(),
      merchantCategoryCode: textOrNull(),
      endToEndId: textOrNull(),
      mandateId: textOrNull(),
      exchangeAmount: textOrNull<Decimal>(),
      exchangeCurrency: textOrNull<Currency>(),
      exchangeRate: textOrNull<Decimal>(),
      balanceAfterAmount: textOrNull<Decimal>(),
      balanceAfterCurrency: textOrNull<Currency>(),
      bankTransactionId: textOrNull(),
      entryReference: textOrNull(),
      voidReason: textOrNull<VoidReason>(),
      revision: int(),
      firstSeenAt: int(),
      updatedAt: int(),
      matchedBy: text<MatchEvidence>(),
      aliases: json<readonly TransactionAlias[]>(),
      missedFetches: int(),
      missedOn: textOrNull<Day>(),
      /** The searchable words, folded (`fold.ts`). */
      searchText: text(),
    },
    (t) => [
      ...(kit.dialect === "sqlite"
        ? // The rows themselves lie in display order; the migration makes date and id descending and the table WITHOUT ROWID.
          [primaryKey({ columns: [t.accountId, t.date, t.id] }), uniqueIndex("bank_transaction_id").on(t.id)]
        : // Partitioned by user: a unique key must hold the user. The id first serves look-ups by id alone in every partition.
          [primaryKey({ columns: [t.id, t.userId] }), index("bank_transaction_account").on(t.userId, t.accountId, t.date, t.id)]),
      index("bank_transaction_user").on(t.userId, t.date, t.id),
      index("bank_transaction_pending")
        .on(t.accountId, t.date)
        .where(sql`status = 'PENDING'`),
    ],
  );
  const changeLog = table(
    "change_log",
    {
      userId: text<UserId>(),
      seq: int(),
      at: int(),
      type: text<ChangeType>(),
      subjectId: text(),
      consentId: textOrNull<ConsentId>(),
      accountId: textOrNull<AccountId>(),
      updateId: textOrNull<UpdateId>(),
      reason: textOrNull<VoidReason>(),
      mergedInto: textOrNull<TransactionId>(),
    },
    (t) => [primaryKey({ columns: [t.userId, t.seq] })],
  );
  return { bankTransaction, changeLog };
}
