/**
 * Who may read what, checked in apart from the code that enforces it (src/graphql/access-rules.ts): tenancy.test.ts walks the schema
 * and fails on a field that has no line here. Callers are described in tenancy.test.ts.
 */

/**
 * - own: any caller with READ, of what is its own; what is another's is not there
 * - public: any caller with READ
 * - identity: as own, and a user token needs IDENTITY too
 * - write: any caller with WRITE, on what is its own
 * - tenant: tenant keys alone
 * - applicant: tenant keys, also of a tenant that no operator has verified yet
 * - self: as own, and keys of a tenant that no operator has verified yet
 * - operator: operators alone, who may do nothing else
 * - anyone: without a credential, too
 */
export type Audience = "own" | "public" | "identity" | "write" | "tenant" | "applicant" | "self" | "operator" | "anyone";

export const ROOTS: Readonly<Record<string, Readonly<Partial<Record<Audience, string>>>>> = {
  Query: {
    own: "node nodes viewer user users consent update account transaction",
    public: "bank banks",
    self: "tenant",
    operator: "tenants",
  },
  Mutation: {
    tenant: "setTenantUrls createUser deleteUser createUserToken requestProductionAccess rotateApiKey revokeApiKey",
    applicant: "subscribeToProducts",
    operator: "approveTenant refuseTenant setAllowedAddresses issueCertificate revokeCertificate",
    anyone: "registerTenant",
    write: "createConsent renewConsent deleteConsent createUpdate cancelUpdate setUpdateSchedule",
  },
  Subscription: { own: "updateStatus consentStatus changes" },
};

/** Objects with an id: each of their fields is asked for by each caller. `write` = also by a token with WRITE alone, in a payload. */
export const NODES: Readonly<Record<string, Readonly<Partial<Record<"read" | "write" | "identity", string>>>>> = {
  Tenant: {
    read: "id name environment redirectUrls updateCallbackUrls status email products requestedProducts allowedAddresses keys certificates production auditLog",
  },
  User: { read: "id clientId createdAt consents accounts transactions changes changeCursor", identity: "identities" },
  Bank: {
    read: "id name country bic nationalBankCode logo standard environment psuTypes maxHistoryDays maxConsentDays unattendedCallsPerDay scopes connectable",
  },
  Consent: {
    write: "id status statusReason statusChangedAt attention scopes psuType redirectUrl createdAt bank authorizationUrl schedule",
    read: "givenAt validUntil user quota accounts updates latestUpdate",
  },
  Update: {
    write: "id status trigger sequence error waitReason nextAttemptAt createdAt startedAt finishedAt progress",
    read: "consent steps accounts changes",
  },
  Account: {
    read: "id name ownerName type product status currency iban bban sortCode accountNumber maskedPan bic createdAt updatedAt user bank consent balance balances coverage transactions",
  },
  Transaction: {
    read: "id status date bookingDate valueDate transactionDate description remittance structuredReference bankTransactionCode merchantCategoryCode endToEndId mandateId bankTransactionId entryReference voidReason revision firstSeenAt updatedAt account amount direction counterparty exchange balanceAfter",
  },
};

/** Objects that are only reached through the fields above: whoever got there may read them, but for identities. */
export const CARRIED: Readonly<Record<string, string>> = {
  Identity: "fullName birthDate addresses emails phones fetchedAt bank accounts",
  ApiKey: "keyId createdAt revokedAt",
  ClientCertificate: "fingerprint serialNumber pem notBefore notAfter revokedAt",
  AuditEntry: "sequence at actor action subject outcome previousHash hash",
  AuditEntryConnection: "edges nodes pageInfo totalCount",
  AuditEntryEdge: "cursor node",
  TenantConnection: "edges nodes pageInfo totalCount",
  TenantEdge: "cursor node",
  RegisterTenantPayload: "errors tenant apiKey",
  SubscribeToProductsPayload: "errors tenant",
  RequestProductionAccessPayload: "errors tenant apiKey",
  RotateApiKeyPayload: "errors keyId apiKey",
  RevokeApiKeyPayload: "errors tenant",
  ApproveTenantPayload: "errors tenant",
  RefuseTenantPayload: "errors tenant",
  SetAllowedAddressesPayload: "errors tenant",
  IssueCertificatePayload: "errors certificate",
  RevokeCertificatePayload: "errors certificate",
  BankQuota: "scope limit used remaining resetsAt",
  UpdateSchedule: "timesPerDay nextRunAt",
  Money: "amount currency",
  Counterparty: "name iban account bic",
  CurrencyExchange: "amount rate",
  Balance: "type creditLimitIncluded referenceDate fetchedAt amount",
  AccountCoverage: "from to gaps",
  DateRange: "from to",
  BankError: "code message retryable userActionRequired bankCode supportReference",
  UpdateProgress: "fraction accountsTotal accountsDone transactionsSeen added modified removed",
  UpdateStep: "scope status coveredFrom coveredTo pages seen quarantined error account",
  PageInfo: "hasNextPage hasPreviousPage startCursor endCursor",
  UserConnection: "edges nodes pageInfo totalCount",
  UserEdge: "cursor node",
  BankConnection: "edges nodes pageInfo totalCount",
  BankEdge: "cursor node",
  ConsentConnection: "edges nodes pageInfo totalCount",
  ConsentEdge: "cursor node",
  UpdateConnection: "edges nodes pageInfo totalCount",
  UpdateEdge: "cursor node",
  AccountConnection: "edges nodes pageInfo totalCount",
  AccountEdge: "cursor node",
  TransactionConnection: "edges nodes pageInfo totalCount",
  TransactionEdge: "cursor node",
  ChangePage: "nodes nextCursor hasMore",
  ConsentChanged: "cursor at kind consent",
  ConsentDeleted: "cursor at kind consentId",
  UpdateChanged: "cursor at kind update",
  AccountChanged: "cursor at kind account",
  AccountDeleted: "cursor at kind accountId",
  BalanceChanged: "cursor at kind account",
  TransactionAdded: "cursor at kind transaction",
  TransactionModified: "cursor at kind transaction",
  TransactionRemoved: "cursor at kind transactionId accountId reason mergedInto",
  IdentityChanged: "cursor at kind identity",
  InvalidInput: "message path",
  NotFound: "message path",
  Conflict: "message path",
  RedirectUrlNotRegistered: "message path registered",
  CallbackUrlNotRegistered: "message path registered",
  ScopeNotSupported: "message path supported",
  ConsentNotUsable: "message path consent",
  QuotaSpent: "message path retryAt",
  BankUnavailable: "message path error",
  CreateConsentPayload: "errors consent",
  RenewConsentPayload: "errors consent",
  DeleteConsentPayload: "errors receipt",
  DeletionReceipt: "id bankRevocation consents accounts transactions completedAt",
  SetUpdateSchedulePayload: "errors consent",
  SetTenantUrlsPayload: "errors tenant",
  CreateUserTokenPayload: "errors token expiresAt",
  CreateUpdatePayload: "errors update joined",
  CancelUpdatePayload: "errors update",
  CreateUserPayload: "errors user",
  DeleteUserPayload: "errors receipt",
};
