import type { Account } from "../../domain/account.ts";
import { rowsOf, type Db } from "../db.ts";
import { counts, owned, pages, type List } from "../lists.ts";
import type { Reads } from "../reads.ts";
import { raw, sql, type Sql } from "../sql.ts";
import type { Writes } from "../writes.ts";

export function accountReads(db: Db) {
  const { account, balance, identity } = db.entities;
  const list = (parent: List<Account>["parent"], parentKey: List<Account>["parentKey"], link: Sql): List<Account> => {
    return { entity: account, parent, parentKey, link, key: ["id"], sort: null, descending: false };
  };
  const of = {
    user: list("hub_user", "userId", raw("x.user_id = o.id")),
    consent: list("consent", "consentId", raw("x.consent_id = o.id")),
    // The accounts an update touched are those it has steps for.
    update: list(
      "hub_update",
      null,
      raw("x.consent_id = o.consent_id and exists (select 1 from update_step s where s.update_id = o.id and s.account_id = x.id)"),
    ),
  };
  const everything = raw("true");
  const select = sql`select ${account.columns("t")} from account t`;
  const identities = sql`select ${identity.columns("t")} from identity t`;
  return {
    async accountsByIds(owner, ids) {
      const rows = await rowsOf(db, account, sql`${select} where ${db.among("t.id", ids)} and ${owned(owner, "t", "other")}`);
      return new Map(rows.map((row) => [row.id, row]));
    },
    accountsOfUsers: (owner, users, page) => pages(db, of.user, owner, users, everything, page),
    accountsOfConsents: (owner, consents, page) => pages(db, of.consent, owner, consents, everything, page),
    accountsOfUpdates: (owner, updates, page) => pages(db, of.update, owner, updates, everything, page),
    countAccounts: (owner, kind, parents) => counts(db, of[kind], owner, parents, everything),
    async balancesOfAccounts(owner, accounts) {
      const condition = sql`${db.among("t.account_id", accounts)} and ${owned(owner, "t", "other")}`;
      const rows = await rowsOf(
        db,
        balance,
        sql`select ${balance.columns("t")} from balance t where ${condition} order by t.account_id, t.position`,
      );
      return grouped(accounts, rows, (row) => row.accountId);
    },
    async identitiesOfUsers(owner, users) {
      const condition = sql`${db.among("t.user_id", users)} and ${owned(owner, "t", "other")}`;
      const rows = await rowsOf(db, identity, sql`${identities} where ${condition} order by t.user_id, t.consent_id, t.position`);
      return grouped(users, rows, (row) => row.userId);
    },
    async identitiesOfConsents(owner, consents) {
      const condition = sql`${db.among("t.consent_id", consents)} and ${owned(owner, "t", "other")}`;
      const rows = await rowsOf(db, identity, sql`${identities} where ${condition} order by t.consent_id, t.position`);
      return grouped(consents, rows, (row) => row.consentId);
    },
    accountsOfConsent: (consent) => rowsOf(db, account, sql`${select} where t.consent_id = ${consent} order by t.id`),
  } satisfies Partial<Reads>;
}

export function accountWrites(db: Db) {
  const { account, balance, identity } = db.entities;
  return {
    insertAccounts: (rows) => db.insert(account, rows),
    async patchAccount(id, patch) {
      const set = account.assignments(patch);
      if (set) await db.run(sql`update account set ${set} where id = ${id}`);
      // The consent is also in each row, for the erasure of either consent to be whole.
      if (patch.consentId !== undefined) {
        await db.run(sql`update bank_transaction set consent_id = ${patch.consentId}
          where user_id = (select a.user_id from account a where a.id = ${id}) and account_id = ${id} and consent_id <> ${patch.consentId}`);
      }
    },
    async replaceBalances(id, rows) {
      await db.run(sql`delete from balance where account_id = ${id}`);
      await db.insert(balance, rows);
    },
    async replaceIdentities(consent, rows) {
      await db.run(sql`delete from identity where consent_id = ${consent}`);
      await db.insert(identity, rows);
    },
  } satisfies Partial<Writes>;
}

/** Rows by their parent, in the order given; every parent has an entry. */
export function grouped<Id extends string, Row>(parents: readonly Id[], rows: readonly Row[], parentOf: (row: Row) => Id): Map<Id, Row[]> {
  const groups = new Map<Id, Row[]>(parents.map((id) => [id, []]));
  for (const row of rows) groups.get(parentOf(row))?.push(row);
  return groups;
}
