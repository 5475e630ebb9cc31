/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** ISO 20022 balance types under readable names. */
export type BalanceType =
  /** CLAV: to dispose of, at the end of the day. */
  | 'CLOSING_AVAILABLE'
  /** CLBD: booked, at the end of the day. */
  | 'CLOSING_BOOKED'
  /** XPCD: booked and pending together. */
  | 'EXPECTED'
  /** FWAV: to dispose of, at a later day. */
  | 'FORWARD_AVAILABLE'
  /** INFO: for information only. */
  | 'INFORMATION'
  /** ITAV: to dispose of, at this moment. */
  | 'INTERIM_AVAILABLE'
  /** ITBD: booked, at this moment. */
  | 'INTERIM_BOOKED'
  /** A card's spending that is not invoiced yet. */
  | 'NON_INVOICED'
  /** OPAV: to dispose of, at the start of the day. */
  | 'OPENING_AVAILABLE'
  /** OPBD: booked, at the start of the day. */
  | 'OPENING_BOOKED'
  /** A type of the bank's own. */
  | 'OTHER'
  /** PRCD: booked, at the end of an earlier day. */
  | 'PREVIOUSLY_CLOSED_BOOKED';

/** The API standard that a bank speaks; the hub's answers do not depend on it. */
export type BankStandard =
  /** Berlin Group NextGenPSD2. */
  | 'BERLIN_GROUP'
  /** PolishAPI. */
  | 'POLISH_API'
  /** STET PSD2 (France). */
  | 'STET'
  /** UK Open Banking. */
  | 'UK_OPEN_BANKING';

/** What the user has to do, if anything. */
export type ConsentAttention =
  /** It ends within 14 days: offer a renewal. */
  | 'EXPIRING_SOON'
  /** Nothing. */
  | 'NONE'
  /** It has ended: nothing new comes in before a renewal. */
  | 'RENEWAL_REQUIRED';

/** What a consent lets the hub read. */
export type ConsentScope =
  /** The list of accounts with their details. */
  | 'ACCOUNTS'
  /** Balances of the accounts. */
  | 'BALANCES'
  /** The verified identity of the holder (KYC). */
  | 'IDENTITY'
  /** Transactions of the accounts. */
  | 'TRANSACTIONS';

/** Where a consent stands. */
export type ConsentStatus =
  /** Its time at the bank is over; renew it to go on. */
  | 'EXPIRED'
  /** It came to nothing for a technical reason, or nobody came back in time. */
  | 'FAILED'
  /** In force: updates can run. */
  | 'GIVEN'
  /** The user or the bank said no. */
  | 'REJECTED'
  /** Waits for the user to approve it at the bank. */
  | 'REQUESTED'
  /** Withdrawn at the bank or replaced by a newer one; renew it to go on. */
  | 'REVOKED';

/** Why a consent has its status, where there is more to say. */
export type ConsentStatusReason =
  /** Nobody came back from the bank in time. */
  | 'AUTHORIZATION_TIMED_OUT'
  /** The bank refused. */
  | 'BANK_REJECTED'
  /** The bank could not be reached. */
  | 'BANK_UNAVAILABLE'
  /** The bank did not turn the user's approval into access. */
  | 'CODE_EXCHANGE_FAILED'
  /** The user withdrew it at the bank. */
  | 'REVOKED_AT_BANK'
  /** The browser came back with a state that was not the hub's. */
  | 'STATE_MISMATCH'
  /** A newer consent of the user took its place at a bank that allows only one. */
  | 'SUPERSEDED'
  /** The user declined at the bank. */
  | 'USER_DENIED'
  /** The consent's time is over. */
  | 'VALIDITY_ENDED';

/** Which way the money went. */
export type Direction =
  /** To the holder. */
  | 'CREDIT'
  /** From the holder. */
  | 'DEBIT';

/** Where a step stands. */
export type StepStatus =
  /** Complete. */
  | 'DONE'
  /** Given up; see its error. */
  | 'FAILED'
  /** Not begun. */
  | 'PENDING'
  /** At work. */
  | 'RUNNING'
  /** Not needed or not permitted. */
  | 'SKIPPED';

/** Every condition that is given must hold. */
export type TransactionFilter = {
  /** The signed amount is at most this. */
  readonly amountMax?: string | null | undefined;
  /** The signed amount is at least this. */
  readonly amountMin?: string | null | undefined;
  /** From this day on. */
  readonly dateFrom?: string | null | undefined;
  /** Up to and with this day. */
  readonly dateTo?: string | null | undefined;
  /** Which way the money went. */
  readonly direction?: Direction | null | undefined;
  /** Words in description, counterparty or remittance; case and accents do not matter. */
  readonly search?: string | null | undefined;
  /** Where they stand; null = wherever. */
  readonly statuses?: ReadonlyArray<TransactionStatus> | null | undefined;
};

/** Where a transaction stands. */
export type TransactionStatus =
  /** Booked. */
  | 'BOOKED'
  /** Announced, not booked: may still change or vanish. */
  | 'PENDING'
  /** Was pending or booked and is not any more; see `voidReason`. */
  | 'VOIDED';

/** Where an update stands. COMPLETED = every account fetched whole, processed, unified; anything less is PARTIALLY_COMPLETED or FAILED. */
export type UpdateStatus =
  /** Stopped on request, or with its consent. Final. */
  | 'CANCELED'
  /** Everything is here. Final. */
  | 'COMPLETED'
  /** Nothing usable came, or the consent has ended. Final. */
  | 'FAILED'
  /** Some steps failed, each with its error; the rest is here. Final. */
  | 'PARTIALLY_COMPLETED'
  /** Will start by itself. */
  | 'QUEUED'
  /** At work. */
  | 'RUNNING'
  /** Goes on by itself at `nextAttemptAt`; what was fetched is kept. */
  | 'WAITING';

/** Why a transaction is void. */
export type VoidReason =
  /** The bank said that it was canceled. */
  | 'CANCELED_AT_BANK'
  /** The bank no longer reports it. */
  | 'DROPPED_BY_BANK'
  /** It turned out to be another row of the hub's: see `mergedInto` of the change. */
  | 'MERGED'
  /** It was pending and never came to be booked. */
  | 'NEVER_BOOKED';

/** Why an update waits. */
export type WaitReason =
  /** The bank is still putting the answer together. */
  | 'BANK_PREPARING_DATA'
  /** The bank allows no more calls for now. */
  | 'BANK_QUOTA_SPENT'
  /** The bank does not answer. */
  | 'BANK_UNAVAILABLE';

export type BanksQueryVariables = Exact<{
  search?: string | null | undefined;
}>;


export type BanksQuery = { readonly banks: { readonly totalCount: number, readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly country: string, readonly standard: BankStandard }> } };

export type ChangesQueryVariables = Exact<{
  userId: string | number;
  after?: string | null | undefined;
}>;


export type ChangesQuery = { readonly user: { readonly changes: { readonly nextCursor: string, readonly hasMore: boolean, readonly nodes: ReadonlyArray<
        | { readonly __typename: 'AccountChanged', readonly cursor: string, readonly at: string }
        | { readonly __typename: 'AccountDeleted', readonly cursor: string, readonly at: string }
        | { readonly __typename: 'BalanceChanged', readonly cursor: string, readonly at: string }
        | { readonly __typename: 'ConsentChanged', readonly cursor: string, readonly at: string }
        | { readonly __typename: 'ConsentDeleted', readonly cursor: string, readonly at: string }
        | { readonly __typename: 'IdentityChanged', readonly cursor: string, readonly at: string }
        | { readonly __typename: 'TransactionAdded', readonly cursor: string, readonly at: string, readonly transaction: { readonly id: string, readonly description: string } }
        | { readonly __typename: 'TransactionModified', readonly cursor: string, readonly at: string }
        | { readonly __typename: 'TransactionRemoved', readonly transactionId: string, readonly reason: VoidReason, readonly mergedInto: string | null, readonly cursor: string, readonly at: string }
        | { readonly __typename: 'UpdateChanged', readonly cursor: string, readonly at: string }
      > } } | null };

export type CreateUserMutationVariables = Exact<{
  clientId?: string | null | undefined;
}>;


export type CreateUserMutation = { readonly createUser: { readonly user: { readonly id: string, readonly clientId: string | null } | null, readonly errors: ReadonlyArray<
      | { readonly __typename: 'BankUnavailable', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'CallbackUrlNotRegistered', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'Conflict', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'ConsentNotUsable', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'InvalidInput', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'NotFound', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'QuotaSpent', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'RedirectUrlNotRegistered', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'ScopeNotSupported', readonly message: string, readonly path: ReadonlyArray<string> | null }
    > } };

export type CreateConsentMutationVariables = Exact<{
  userId: string | number;
  bankId: string | number;
  redirectUrl: string;
}>;


export type CreateConsentMutation = { readonly createConsent: { readonly consent: { readonly id: string, readonly status: ConsentStatus, readonly authorizationUrl: string | null } | null, readonly errors: ReadonlyArray<
      | { readonly __typename: 'BankUnavailable', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'CallbackUrlNotRegistered', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'Conflict', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'ConsentNotUsable', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'InvalidInput', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'NotFound', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'QuotaSpent', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'RedirectUrlNotRegistered', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'ScopeNotSupported', readonly message: string, readonly path: ReadonlyArray<string> | null }
    > } };

export type ConsentStatusSubscriptionVariables = Exact<{
  consentId: string | number;
}>;


export type ConsentStatusSubscription = { readonly consentStatus: { readonly status: ConsentStatus, readonly statusReason: ConsentStatusReason | null, readonly validUntil: string | null } };

export type CreateUpdateMutationVariables = Exact<{
  consentId: string | number;
}>;


export type CreateUpdateMutation = { readonly createUpdate: { readonly joined: boolean, readonly update: { readonly id: string, readonly status: UpdateStatus } | null, readonly errors: ReadonlyArray<
      | { readonly __typename: 'BankUnavailable', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'CallbackUrlNotRegistered', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'Conflict', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'ConsentNotUsable', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'InvalidInput', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'NotFound', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'QuotaSpent', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'RedirectUrlNotRegistered', readonly message: string, readonly path: ReadonlyArray<string> | null }
      | { readonly __typename: 'ScopeNotSupported', readonly message: string, readonly path: ReadonlyArray<string> | null }
    > } };

export type UpdateStatusSubscriptionVariables = Exact<{
  updateId: string | number;
}>;


export type UpdateStatusSubscription = { readonly updateStatus: { readonly status: UpdateStatus, readonly sequence: number, readonly waitReason: WaitReason | null, readonly nextAttemptAt: string | null, readonly error: { readonly message: string } | null, readonly progress: { readonly fraction: number | null, readonly accountsDone: number, readonly accountsTotal: number | null, readonly transactionsSeen: number, readonly added: number } } };

export type DashboardQueryVariables = Exact<{
  userId: string | number;
}>;


export type DashboardQuery = { readonly user: { readonly changeCursor: string, readonly accounts: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly iban: string | null, readonly bank: { readonly name: string }, readonly balance: { readonly type: BalanceType, readonly amount: { readonly amount: string, readonly currency: string } } | null, readonly transactions: { readonly totalCount: number, readonly nodes: ReadonlyArray<{ readonly date: string, readonly status: TransactionStatus, readonly description: string, readonly amount: { readonly amount: string, readonly currency: string } }> } }> } } | null };

export type TransactionsQueryVariables = Exact<{
  accountId: string | number;
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: TransactionFilter | null | undefined;
}>;


export type TransactionsQuery = { readonly account: { readonly transactions: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly date: string, readonly status: TransactionStatus, readonly description: string, readonly counterparty: { readonly name: string | null, readonly iban: string | null } | null, readonly amount: { readonly amount: string, readonly currency: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null };

export type EverythingQueryVariables = Exact<{
  userId: string | number;
}>;


export type EverythingQuery = { readonly user: { readonly consents: { readonly nodes: ReadonlyArray<{ readonly status: ConsentStatus, readonly attention: ConsentAttention, readonly quota: ReadonlyArray<{ readonly scope: ConsentScope, readonly remaining: number | null }>, readonly updates: { readonly nodes: ReadonlyArray<{ readonly status: UpdateStatus, readonly steps: ReadonlyArray<{ readonly scope: ConsentScope, readonly status: StepStatus }>, readonly accounts: { readonly nodes: ReadonlyArray<{ readonly name: string, readonly coverage: { readonly from: string | null, readonly to: string | null }, readonly transactions: { readonly nodes: ReadonlyArray<{ readonly date: string, readonly description: string }> } }> } }> } }> } } | null };


export const BanksDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Banks"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"search"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"banks"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"10"}},{"kind":"Argument","name":{"kind":"Name","value":"search"},"value":{"kind":"Variable","name":{"kind":"Name","value":"search"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"connectable"},"value":{"kind":"BooleanValue","value":true}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"country"}},{"kind":"Field","name":{"kind":"Name","value":"standard"}}]}}]}}]}}]} as unknown as DocumentNode<BanksQuery, BanksQueryVariables>;
export const ChangesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Changes"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"userId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ChangeCursor"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"user"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"by"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"userId"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"changes"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TransactionAdded"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"transaction"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"description"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TransactionRemoved"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"transactionId"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"mergedInto"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"nextCursor"}},{"kind":"Field","name":{"kind":"Name","value":"hasMore"}}]}}]}}]}}]} as unknown as DocumentNode<ChangesQuery, ChangesQueryVariables>;
export const CreateUserDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateUser"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"clientId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createUser"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"clientId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"clientId"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clientId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<CreateUserMutation, CreateUserMutationVariables>;
export const CreateConsentDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateConsent"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"userId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"bankId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"redirectUrl"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"URL"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createConsent"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"user"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"userId"}}}]}},{"kind":"ObjectField","name":{"kind":"Name","value":"bank"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"bankId"}}}]}},{"kind":"ObjectField","name":{"kind":"Name","value":"redirectUrl"},"value":{"kind":"Variable","name":{"kind":"Name","value":"redirectUrl"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"consent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"authorizationUrl"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<CreateConsentMutation, CreateConsentMutationVariables>;
export const ConsentStatusDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"ConsentStatus"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"consentId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"consentStatus"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"consentId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"consentId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"statusReason"}},{"kind":"Field","name":{"kind":"Name","value":"validUntil"}}]}}]}}]} as unknown as DocumentNode<ConsentStatusSubscription, ConsentStatusSubscriptionVariables>;
export const CreateUpdateDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateUpdate"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"consentId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createUpdate"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"consentId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"consentId"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"update"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"joined"}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<CreateUpdateMutation, CreateUpdateMutationVariables>;
export const UpdateStatusDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"UpdateStatus"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"updateId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"updateStatus"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"updateId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"updateId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"waitReason"}},{"kind":"Field","name":{"kind":"Name","value":"nextAttemptAt"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"progress"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fraction"}},{"kind":"Field","name":{"kind":"Name","value":"accountsDone"}},{"kind":"Field","name":{"kind":"Name","value":"accountsTotal"}},{"kind":"Field","name":{"kind":"Name","value":"transactionsSeen"}},{"kind":"Field","name":{"kind":"Name","value":"added"}}]}}]}}]}}]} as unknown as DocumentNode<UpdateStatusSubscription, UpdateStatusSubscriptionVariables>;
export const DashboardDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Dashboard"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"userId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"user"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"by"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"userId"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"changeCursor"}},{"kind":"Field","name":{"kind":"Name","value":"accounts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"iban"}},{"kind":"Field","name":{"kind":"Name","value":"bank"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"balance"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"amount"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"transactions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"5"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"date"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"amount"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}}]}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<DashboardQuery, DashboardQueryVariables>;
export const TransactionsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Transactions"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"50"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"TransactionFilter"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"transactions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"date"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"counterparty"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"iban"}}]}},{"kind":"Field","name":{"kind":"Name","value":"amount"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]}}]} as unknown as DocumentNode<TransactionsQuery, TransactionsQueryVariables>;
export const EverythingDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Everything"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"userId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"user"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"by"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"userId"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"consents"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"10"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"attention"}},{"kind":"Field","name":{"kind":"Name","value":"quota"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"scope"}},{"kind":"Field","name":{"kind":"Name","value":"remaining"}}]}},{"kind":"Field","name":{"kind":"Name","value":"updates"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"3"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"steps"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"scope"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"accounts"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"10"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"coverage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"from"}},{"kind":"Field","name":{"kind":"Name","value":"to"}}]}},{"kind":"Field","name":{"kind":"Name","value":"transactions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"3"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"date"}},{"kind":"Field","name":{"kind":"Name","value":"description"}}]}}]}}]}}]}}]}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<EverythingQuery, EverythingQueryVariables>;