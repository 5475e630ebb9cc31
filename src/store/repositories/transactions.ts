import type { AccountId } from "../../domain/ids.ts";
import { sortKey } from "../../domain/money.ts";
import type { Day } from "../../domain/time.ts";
import type { Transaction } from "../../domain/transaction.ts";
import { rowsOf, valueOf, type Db } from "../db.ts";
import { searchWords } from "../fold.ts";
import { counts, owned, pages, type List } from "../lists.ts";
import type { Reads, TransactionQuery } from "../reads.ts";
import { all, oneOf, raw, sql, type Sql } from "../sql.ts";
import type { Writes } from "../writes.ts";

export function transactionReads(db: Db) {
  const { transaction } = db.entities;
  const shape = { entity: transaction, sort: "date", descending: true } as const;
  // SQLite keeps an account's rows together by their primary key. Postgres needs the user: it names the partition.
  const ofAccount = db.dialect === "sqlite" ? "x.account_id = o.id" : "x.user_id = o.user_id and x.account_id = o.id";
  const key = db.dialect === "sqlite" ? ["account_id", "date", "id"] : ["id"];
  const of: { readonly account: List<Transaction>; readonly user: List<Transaction> } = {
    account: { ...shape, parent: "account", parentKey: "accountId", link: raw(ofAccount), key },
    user: { ...shape, parent: "hub_user", parentKey: "userId", link: raw("x.user_id = o.id"), key },
  };
  const select = sql`select ${transaction.columns("t")} from bank_transaction t`;
  const inAccount = (account: AccountId): Sql =>
    db.dialect === "sqlite"
      ? sql`t.account_id = ${account}`
      : sql`t.user_id = (select a.user_id from account a where a.id = ${account}) and t.account_id = ${account}`;
  return {
    async transactionsByIds(owner, ids) {
      const rows = await rowsOf(db, transaction, sql`${select} where ${db.among("t.id", ids)} and ${owned(owner, "t", "other")}`);
      return new Map(rows.map((row) => [row.id, row]));
    },
    transactionsOfAccounts: (owner, accounts, query, page) => pages(db, of.account, owner, accounts, matching(db, query), page),
    transactionsOfUsers: (owner, users, query, page) => pages(db, of.user, owner, users, matching(db, query), page),
    countTransactions: (owner, kind, parents, query) => counts(db, of[kind], owner, parents, matching(db, query)),
    transactionsForMatching(account, from, to) {
      const mine = inAccount(account);
      return rowsOf(
        db,
        transaction,
        sql`${select} where ${mine} and t.date >= ${from} and t.date <= ${to}
          union all ${select} where ${mine} and t.status = 'PENDING' and (t.date < ${from} or t.date > ${to})`,
      );
    },
    async oldestPendingDate(account) {
      const statement = sql`select min(t.date) as "value" from bank_transaction t where ${inAccount(account)} and t.status = 'PENDING'`;
      return (await valueOf(db, statement)) as Day | null;
    },
    async newestEntryReference(account) {
      const statement = sql`select t.entry_reference as "value" from bank_transaction t
        where ${inAccount(account)} and t.status = 'BOOKED' and t.entry_reference is not null order by t.date desc, t.id desc limit 1`;
      return (await valueOf(db, statement)) as string | null;
    },
  } satisfies Partial<Reads>;
}

function matching(db: Db, query: TransactionQuery): Sql {
  const conditions: Sql[] = [];
  if (query.dateFrom) conditions.push(sql`x.date >= ${query.dateFrom}`);
  if (query.dateTo) conditions.push(sql`x.date <= ${query.dateTo}`);
  if (query.statuses) conditions.push(oneOf("x.status", query.statuses));
  // A key of a negative amount starts with "-", of any other with "0" (`sortKey`). Zero is a credit: nothing went out.
  if (query.direction) conditions.push(raw(query.direction === "CREDIT" ? "x.amount_key >= '0'" : "x.amount_key < '0'"));
  if (query.amountMin) conditions.push(sql`x.amount_key >= ${sortKey(query.amountMin)}`);
  if (query.amountMax) conditions.push(sql`x.amount_key <= ${sortKey(query.amountMax)}`);
  for (const word of query.search === null ? [] : searchWords(query.search)) {
    conditions.push(sql`${db.position}(x.search_text, ${word}) > 0`);
  }
  return all(conditions);
}

export function transactionWrites(db: Db) {
  const { transaction, quarantine } = db.entities;
  return {
    insertTransactions: (rows) => db.insert(transaction, rows),
    updateTransactions: (rows) => db.replace(transaction, ["id", "user_id", "account_id", "first_seen_at"], rows),
    insertQuarantine: (rows) => db.insert(quarantine, rows),
  } satisfies Partial<Writes>;
}
