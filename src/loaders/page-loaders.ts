import type { Account } from "../domain/account.ts";
import type { Consent } from "../domain/consent.ts";
import type { AccountId, ConsentId, UpdateId, UserId } from "../domain/ids.ts";
import type { Owner } from "../domain/tenant.ts";
import type { Transaction } from "../domain/transaction.ts";
import type { Update } from "../domain/update.ts";
import type { ConsentFilter, Reads, TransactionQuery, UpdateFilter } from "../store/reads.ts";
import type { PageRequest, Slice } from "../store/store.ts";
import { batchedBy } from "./batch.ts";

/** Pages and counts of lists below a parent. Parents that ask with equal arguments share a statement. */
export interface PageLoaders {
  readonly consentsOfUser: Page<UserId, ConsentFilter, Consent>;
  readonly accountsOfUser: Page<UserId, null, Account>;
  readonly transactionsOfUser: Page<UserId, TransactionQuery, Transaction>;
  readonly accountsOfConsent: Page<ConsentId, null, Account>;
  readonly updatesOfConsent: Page<ConsentId, UpdateFilter, Update>;
  readonly accountsOfUpdate: Page<UpdateId, null, Account>;
  readonly transactionsOfAccount: Page<AccountId, TransactionQuery, Transaction>;
}

export interface Page<Parent, Filter, Row> {
  load(parent: Parent, filter: Filter, page: PageRequest): Promise<Slice<Row>>;
  count(parent: Parent, filter: Filter): Promise<number>;
}

export function createPageLoaders(store: Reads, owner: () => Owner): PageLoaders {
  const accountCount = (of: "user" | "consent" | "update") => (ids: readonly string[]) => store.countAccounts(owner(), of, ids);
  const transactionCount = (of: "user" | "account") => (ids: readonly string[], filter: TransactionQuery) =>
    store.countTransactions(owner(), of, ids, filter);
  return {
    consentsOfUser: paged(
      (ids, filter, page) => store.consentsOfUsers(owner(), ids, filter, page),
      (ids, filter) => store.countConsentsOfUsers(owner(), ids, filter),
    ),
    accountsOfUser: paged((ids, _none, page) => store.accountsOfUsers(owner(), ids, page), accountCount("user")),
    transactionsOfUser: paged((ids, filter, page) => store.transactionsOfUsers(owner(), ids, filter, page), transactionCount("user")),
    accountsOfConsent: paged((ids, _none, page) => store.accountsOfConsents(owner(), ids, page), accountCount("consent")),
    updatesOfConsent: paged(
      (ids, filter, page) => store.updatesOfConsents(owner(), ids, filter, page),
      (ids, filter) => store.countUpdatesOfConsents(owner(), ids, filter),
    ),
    accountsOfUpdate: paged((ids, _none, page) => store.accountsOfUpdates(owner(), ids, page), accountCount("update")),
    transactionsOfAccount: paged(
      (ids, filter, page) => store.transactionsOfAccounts(owner(), ids, filter, page),
      transactionCount("account"),
    ),
  };
}

function paged<Parent extends string, Filter, Row>(
  read: (parents: readonly Parent[], filter: Filter, page: PageRequest) => Promise<ReadonlyMap<Parent, Slice<Row>>>,
  count: (parents: readonly NoInfer<Parent>[], filter: Filter) => Promise<ReadonlyMap<string, number>>,
): Page<Parent, Filter, Row> {
  const pages = batchedBy(
    (parents: readonly Parent[], args: { filter: Filter; page: PageRequest }) => read(parents, args.filter, args.page),
    (): Slice<Row> => ({ rows: [], hasMore: false }),
  );
  const counts = batchedBy<Filter, string, number, number>(
    (parents, filter) => count(parents as readonly Parent[], filter),
    () => 0,
  );
  return {
    load: (parent, filter, page) => pages(parent, { filter, page }),
    count: (parent, filter) => counts(parent, filter),
  };
}
