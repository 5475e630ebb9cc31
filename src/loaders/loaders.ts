import type { Consents } from "../consents/consents.ts";
import type { Account, Balance, Identity } from "../domain/account.ts";
import type { BankFacts } from "../domain/bank.ts";
import type { Consent } from "../domain/consent.ts";
import type { AccountId, BankId, ConsentId, TransactionId, UpdateId, UserId } from "../domain/ids.ts";
import type { Owner, User } from "../domain/tenant.ts";
import { DAY, type Clock } from "../domain/time.ts";
import type { Transaction } from "../domain/transaction.ts";
import type { Update, UpdateStep } from "../domain/update.ts";
import type { BankCallCount, Reads } from "../store/reads.ts";
import { batched, type Load } from "./batch.ts";
import { createPageLoaders, type PageLoaders } from "./page-loaders.ts";

/**
 * What one request reads, in batches. Lives as long as the request (or one event of a subscription) and carries its owner: a
 * foreign id answers as a missing one.
 */
export interface Loaders extends PageLoaders {
  readonly user: Load<UserId, User | null>;
  readonly consent: Load<ConsentId, Consent | null>;
  readonly update: Load<UpdateId, Update | null>;
  readonly account: Load<AccountId, Account | null>;
  readonly transaction: Load<TransactionId, Transaction | null>;
  /** Of a bank that may no longer be in the directory. */
  readonly knownBank: Load<BankId, BankFacts | null>;
  readonly latestUpdate: Load<ConsentId, Update | null>;
  readonly steps: Load<UpdateId, readonly UpdateStep[]>;
  readonly balances: Load<AccountId, readonly Balance[]>;
  readonly identitiesOfUser: Load<UserId, readonly Identity[]>;
  readonly identitiesOfConsent: Load<ConsentId, readonly Identity[]>;
  /** Where the user is to be sent; null when no attempt waits. */
  readonly authorizationUrl: Load<ConsentId, string | null>;
  /** Unattended calls of the last 24 hours. */
  readonly calls: Load<ConsentId, readonly BankCallCount[]>;
}

export interface LoaderParts {
  readonly store: Reads;
  readonly consents: Pick<Consents, "authorizationUrls">;
  readonly clock: Clock;
}

/** `owner` is asked at the first read, so that an anonymous request may have loaders that it cannot use. */
export function createLoaders({ store, consents, clock }: LoaderParts, owner: () => Owner): Loaders {
  return {
    ...createPageLoaders(store, owner),
    user: batched((ids) => store.usersByIds(owner(), ids), none),
    consent: batched((ids) => store.consentsByIds(owner(), ids), none),
    update: batched((ids) => store.updatesByIds(owner(), ids), none),
    account: batched((ids) => store.accountsByIds(owner(), ids), none),
    transaction: batched((ids) => store.transactionsByIds(owner(), ids), none),
    knownBank: batched((ids) => store.knownBanks(ids), none),
    latestUpdate: batched((ids) => store.latestUpdates(owner(), ids), none),
    steps: batched((ids) => store.stepsOfUpdates(owner(), ids), empty),
    balances: batched((ids) => store.balancesOfAccounts(owner(), ids), empty),
    identitiesOfUser: batched((ids) => store.identitiesOfUsers(owner(), ids), empty),
    identitiesOfConsent: batched((ids) => store.identitiesOfConsents(owner(), ids), empty),
    authorizationUrl: batched((ids) => consents.authorizationUrls(owner(), ids), none),
    calls: batched((ids) => store.callsOfConsents(owner(), ids, clock.now() - DAY), empty),
  };
}

const none = (): null => null;
const empty = (): readonly never[] => [];
