import { and, desc, eq, exists, inArray, type SQL } from "drizzle-orm";
import type { BetterSQLite3Database } from "drizzle-orm/better-sqlite3";
import { GraphQLScalarType } from "graphql";
import type { AccountId, ConsentId, UpdateId, UserId } from "../../../src/domain/ids.ts";
import { shownBalance } from "../../../src/graphql/account/shown-balance.ts";
import { printCursor, type ListTag } from "../../../src/graphql/cursor.ts";
import { sqliteKit } from "../../../src/store/kit.ts";
import { defineTables } from "../../../src/store/tables.ts";
import type { TransactionStatus } from "../../../src/domain/transaction.ts";

const { hubUser, consent, hubUpdate, updateStep, account, balance, bankTransaction } = defineTables(sqliteKit);
const SHOWN: TransactionStatus[] = ["PENDING", "BOOKED"];

interface Page {
  readonly first: number;
}

interface Row {
  readonly id: string;
}

type TransactionRow = typeof bankTransaction.$inferSelect;
type AccountRow = typeof account.$inferSelect;
type UpdateRow = typeof hubUpdate.$inferSelect;
type ConsentRow = typeof consent.$inferSelect;

/**
 * The hub's schema as a tutorial serves it: a resolver per field that asks the database for what hangs on its parent, with drizzle
 * queries built per call. Only what the measured queries select; good indexes, no needless columns of other tables, no double work.
 */
export function plainResolvers(db: BetterSQLite3Database, bank: { readonly id: string; readonly name: string }) {
  const shownBank = { id: `bank_${bank.id}`, name: bank.name };
  const transactionsWhere = (condition: SQL, first: number) =>
    db
      .select()
      .from(bankTransaction)
      .where(and(condition, inArray(bankTransaction.status, SHOWN)))
      .orderBy(desc(bankTransaction.date), desc(bankTransaction.id))
      .limit(first + 1);
  return {
    DateTime: new GraphQLScalarType<number, string>({ name: "DateTime", serialize: (value) => new Date(Number(value)).toISOString() }),
    Query: {
      user: async (_root: unknown, { by }: { by: { id: UserId } }) =>
        (await db.select().from(hubUser).where(eq(hubUser.id, by.id)))[0] ?? null,
    },
    User: {
      consents: async ({ id }: { id: UserId }, { first }: Page) =>
        connection(
          "consent",
          first,
          await db
            .select()
            .from(consent)
            .where(eq(consent.userId, id))
            .orderBy(desc(consent.id))
            .limit(first + 1),
        ),
      accounts: async ({ id }: { id: UserId }, { first }: Page) =>
        connection(
          "account",
          first,
          await db
            .select()
            .from(account)
            .where(eq(account.userId, id))
            .orderBy(account.id)
            .limit(first + 1),
        ),
      transactions: async ({ id }: { id: UserId }, { first }: Page) =>
        connection("transaction", first, await transactionsWhere(eq(bankTransaction.userId, id), first)),
    },
    Consent: {
      bank: () => shownBank,
      updates: async ({ id }: { id: ConsentId }, { first }: Page) =>
        connection(
          "update",
          first,
          await db
            .select()
            .from(hubUpdate)
            .where(eq(hubUpdate.consentId, id))
            .orderBy(desc(hubUpdate.id))
            .limit(first + 1),
        ),
      latestUpdate: async ({ id }: ConsentRow) =>
        (await db.select().from(hubUpdate).where(eq(hubUpdate.consentId, id)).orderBy(desc(hubUpdate.id)).limit(1))[0] ?? null,
    },
    Update: {
      progress: ({ added, modified }: UpdateRow) => ({ added, modified }),
      accounts: async ({ id, consentId }: { id: UpdateId; consentId: ConsentId }, { first }: Page) => {
        const touched = db
          .select({ id: updateStep.accountId })
          .from(updateStep)
          .where(and(eq(updateStep.updateId, id), eq(updateStep.accountId, account.id)));
        const rows = await db
          .select()
          .from(account)
          .where(and(eq(account.consentId, consentId), exists(touched)))
          .orderBy(account.id)
          .limit(first + 1);
        return connection("account", first, rows);
      },
    },
    Account: {
      bank: () => shownBank,
      balance: async ({ id, currency }: AccountRow) =>
        shownBalance(await db.select().from(balance).where(eq(balance.accountId, id)).orderBy(balance.position), currency),
      transactions: async ({ id }: { id: AccountId }, { first }: Page) =>
        connection("transaction", first, await transactionsWhere(eq(bankTransaction.accountId, id), first)),
    },
    Balance: { amount: ({ amount, currency }: { amount: string; currency: string }) => ({ amount, currency }) },
    Transaction: {
      amount: ({ amount, currency }: TransactionRow) => ({ amount, currency }),
      direction: ({ amount }: TransactionRow) => (amount.startsWith("-") ? "DEBIT" : "CREDIT"),
      counterparty: ({ counterpartyName: name, counterpartyIban: iban }: TransactionRow) =>
        name === null && iban === null ? null : { name, iban },
      account: async ({ accountId }: TransactionRow) => (await db.select().from(account).where(eq(account.id, accountId)))[0] ?? null,
    },
  };
}

function connection<R extends Row>(tag: ListTag, first: number, rows: readonly R[]) {
  const nodes = rows.slice(0, first);
  const last = nodes[nodes.length - 1];
  const key = last && "date" in last ? String(last.date) : null;
  return { nodes, pageInfo: { hasNextPage: rows.length > first, endCursor: last ? printCursor(tag, { key, id: last.id }) : null } };
}
