import type { Account, Balance, Identity } from "../domain/account.ts";
import type { AuditEntry } from "../domain/audit.ts";
import type { BankHabits } from "../domain/bank-habits.ts";
import type { BankFacts } from "../domain/bank.ts";
import type { Change } from "../domain/change.ts";
import type { Authorization, Consent, Grant } from "../domain/consent.ts";
import { sortKey } from "../domain/money.ts";
import type { Tenant, User } from "../domain/tenant.ts";
import type { Transaction } from "../domain/transaction.ts";
import type { Update, UpdateStep } from "../domain/update.ts";
import { entity, type Entity } from "./entity.ts";
import { searchText } from "./fold.ts";
import type { ApiKey, ClientCertificate, Operator } from "./reads.ts";
import type { Tables } from "./tables.ts";
import type { SeenSliceRow } from "./repositories/seen.ts";
import type { JobRow, QuarantineRow } from "./writes.ts";

export interface Entities {
  readonly tenant: Entity<Tenant>;
  readonly apiKey: Entity<ApiKey>;
  readonly certificate: Entity<ClientCertificate>;
  readonly operator: Entity<Operator>;
  readonly audit: Entity<AuditEntry>;
  readonly user: Entity<User>;
  readonly knownBank: Entity<BankFacts>;
  readonly consent: Entity<Consent>;
  readonly grant: Entity<Grant>;
  readonly authorization: Entity<Authorization>;
  readonly update: Entity<Update>;
  readonly step: Entity<UpdateStep>;
  readonly account: Entity<Account>;
  readonly balance: Entity<Balance>;
  readonly identity: Entity<Identity>;
  readonly transaction: Entity<Transaction>;
  readonly change: Entity<Change>;
  readonly quarantine: Entity<QuarantineRow>;
  readonly bankHabit: Entity<BankHabits>;
  readonly seenSlice: Entity<SeenSliceRow>;
  readonly job: Entity<JobRow>;
}

/** Tables as the domain's own types: this is where the compiler compares the two. */
export function entitiesOf(t: Tables): Entities {
  return {
    tenant: entity(t.tenant),
    apiKey: entity(t.apiKey),
    certificate: entity(t.clientCertificate),
    operator: entity(t.operator),
    audit: entity(t.auditEntry),
    user: entity(t.hubUser),
    knownBank: entity(t.knownBank),
    consent: entity(t.consent),
    grant: entity(t.bankGrant),
    authorization: entity(t.authorizationAttempt),
    update: entity(t.hubUpdate),
    step: entity(t.updateStep),
    account: entity(t.account),
    balance: entity(t.balance),
    identity: entity(t.identity),
    transaction: entity(t.bankTransaction, { amountKey: (row) => sortKey(row.amount), searchText }),
    change: entity(t.changeLog),
    quarantine: entity(t.quarantine),
    bankHabit: entity(t.bankHabit),
    seenSlice: entity(t.seenSlice),
    job: entity(t.job, { leaseOwner: () => null, leaseUntil: () => null }),
  };
}
