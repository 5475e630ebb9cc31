import { sql } from "drizzle-orm";
import type { ConsentScope } from "../../domain/bank.ts";
import type { BankHabits } from "../../domain/bank-habits.ts";
import type { BankErrorInfo } from "../../domain/failure.ts";
import type { AccountId, BankId, ConsentId, GrantId, TenantId, TransactionId, UpdateId, UserId } from "../../domain/ids.ts";
import type { Day } from "../../domain/time.ts";
import type { PsuContext, StepKind, StepStatus, UpdateStatus, UpdateTrigger, WaitReason } from "../../domain/update.ts";
import type { Kit } from "../kit.ts";
import type { consentTables } from "./consents.ts";

/** Updates, their steps, and what they leave beside the data: unreadable rows and the ledger of calls. */
export function updateTables(kit: Kit, { consent }: Pick<ReturnType<typeof consentTables>, "consent">) {
  const { table, text, textOrNull, int, intOrNull, bool, json, jsonOrNull, index, uniqueIndex, primaryKey, foreignKey } = kit;
  const hubUpdate = table(
    "hub_update",
    {
      id: text<UpdateId>(),
      userId: text<UserId>(),
      tenantId: text<TenantId>(),
      consentId: text<ConsentId>(),
      status: text<UpdateStatus>(),
      trigger: text<UpdateTrigger>(),
      sequence: int(),
      epoch: int(),
      attempt: int(),
      retries: int(),
      leaseUntil: intOrNull(),
      accountsTotal: intOrNull(),
      accountsDone: int(),
      transactionsSeen: int(),
      added: int(),
      modified: int(),
      removed: int(),
      progressPermille: intOrNull(),
      error: jsonOrNull<BankErrorInfo>(),
      waitReason: textOrNull<WaitReason>(),
      nextAttemptAt: intOrNull(),
      callbackUrl: textOrNull(),
      psuContext: jsonOrNull<PsuContext>(),
      attendedAt: intOrNull(),
      idempotencyKey: textOrNull(),
      firstChangeSeq: intOrNull(),
      lastChangeSeq: intOrNull(),
      createdAt: int(),
      startedAt: intOrNull(),
      finishedAt: intOrNull(),
    },
    (t) => [
      primaryKey({ columns: [t.id] }),
      index("hub_update_consent").on(t.consentId, t.id),
      uniqueIndex("hub_update_idempotency").on(t.consentId, t.idempotencyKey),
      // One active update per consent. Also what recovery after a crash walks.
      uniqueIndex("hub_update_active")
        .on(t.consentId)
        .where(sql`status in ('QUEUED', 'RUNNING', 'WAITING')`),
      foreignKey({ columns: [t.consentId], foreignColumns: [consent.id], name: "hub_update_consent_fk" }),
    ],
  );
  const updateStep = table(
    "update_step",
    {
      userId: text<UserId>(),
      updateId: text<UpdateId>(),
      position: int(),
      kind: text<StepKind>(),
      accountId: textOrNull<AccountId>(),
      scope: text<ConsentScope>(),
      status: text<StepStatus>(),
      windowFrom: textOrNull<Day>(),
      windowTo: textOrNull<Day>(),
      coveredFrom: textOrNull<Day>(),
      coveredTo: textOrNull<Day>(),
      cursor: textOrNull(),
      pages: int(),
      seen: int(),
      quarantined: int(),
      error: jsonOrNull<BankErrorInfo>(),
    },
    (t) => [
      primaryKey({ columns: [t.updateId, t.position] }),
      foreignKey({ columns: [t.updateId], foreignColumns: [hubUpdate.id], name: "update_step_update_fk" }),
    ],
  );
  const quarantine = table(
    "quarantine",
    {
      userId: text<UserId>(),
      consentId: text<ConsentId>(),
      updateId: text<UpdateId>(),
      accountId: textOrNull<AccountId>(),
      reason: text(),
      sealedRaw: text(),
      at: int(),
    },
    (t) => [
      index("quarantine_consent").on(t.consentId),
      foreignKey({ columns: [t.consentId], foreignColumns: [consent.id], name: "quarantine_consent_fk" }),
    ],
  );
  const bankCall = table(
    "bank_call",
    {
      userId: text<UserId>(),
      grantId: text<GrantId>(),
      consentId: text<ConsentId>(),
      /** "" for the account list. */
      accountId: text(),
      endpoint: text(),
      at: int(),
      attended: bool(),
    },
    (t) => [
      index("bank_call_grant").on(t.grantId, t.at),
      index("bank_call_consent").on(t.consentId, t.at),
      foreignKey({ columns: [t.consentId], foreignColumns: [consent.id], name: "bank_call_consent_fk" }),
    ],
  );
  const seenSlice = table(
    "seen_slice",
    {
      userId: text<UserId>(),
      consentId: text<ConsentId>(),
      updateId: text<UpdateId>(),
      position: int(),
      page: int(),
      slice: int(),
      // `from` and `to` in the domain; both are words of SQL.
      dateFrom: text<Day>(),
      dateTo: text<Day>(),
      cursor: textOrNull(),
      digest: text(),
      ids: json<readonly TransactionId[]>(),
      staleIds: json<readonly TransactionId[]>(),
    },
    (t) => [
      primaryKey({ columns: [t.updateId, t.position, t.page, t.slice] }),
      index("seen_slice_consent").on(t.consentId),
      foreignKey({ columns: [t.updateId], foreignColumns: [hubUpdate.id], name: "seen_slice_update_fk" }),
    ],
  );
  const bankHabit = table(
    "bank_habit",
    {
      bankId: text<BankId>(),
      names: json<BankHabits["names"]>(),
      lateDays: int(),
      pendingDays: int(),
      datesIgnoredAt: intOrNull(),
    },
    (t) => [primaryKey({ columns: [t.bankId] })],
  );
  return { hubUpdate, updateStep, quarantine, bankCall, seenSlice, bankHabit };
}
