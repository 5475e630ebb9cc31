import { sql } from "drizzle-orm";
import type { ConsentScope, PsuType } from "../../domain/bank.ts";
import type { AuthorizationStatus, ConsentAttention, ConsentStatus, ConsentStatusReason, GrantStatus } from "../../domain/consent.ts";
import type { AuthorizationId, BankId, ConsentId, GrantId, TenantId, UserId } from "../../domain/ids.ts";
import type { Kit } from "../kit.ts";
import type { tenantTables } from "./tenants.ts";

/** Consents, their keys, the grants at the bank and the attempts of the user. */
export function consentTables(kit: Kit, { hubUser }: Pick<ReturnType<typeof tenantTables>, "hubUser">) {
  const { table, text, textOrNull, int, intOrNull, bool, json, index, uniqueIndex, primaryKey, foreignKey } = kit;
  const consent = table(
    "consent",
    {
      id: text<ConsentId>(),
      userId: text<UserId>(),
      tenantId: text<TenantId>(),
      bankId: text<BankId>(),
      status: text<ConsentStatus>(),
      statusReason: textOrNull<ConsentStatusReason>(),
      statusChangedAt: int(),
      attention: text<ConsentAttention>(),
      scopes: json<readonly ConsentScope[]>(),
      psuType: text<PsuType>(),
      redirectUrl: text(),
      givenAt: intOrNull(),
      validUntil: intOrNull(),
      currentGrantId: textOrNull<GrantId>(),
      startUpdate: bool(),
      timesPerDay: int(),
      nextRunAt: intOrNull(),
      idempotencyKey: textOrNull(),
      createdAt: int(),
      version: int(),
    },
    (t) => [
      primaryKey({ columns: [t.id] }),
      index("consent_user").on(t.userId, t.id),
      uniqueIndex("consent_idempotency").on(t.userId, t.idempotencyKey),
      index("consent_ending")
        .on(t.validUntil)
        .where(sql`status = 'GIVEN'`),
      index("consent_due")
        .on(t.nextRunAt)
        .where(sql`status = 'GIVEN' and times_per_day > 0`),
      foreignKey({ columns: [t.userId], foreignColumns: [hubUser.id], name: "consent_user_fk" }),
    ],
  );
  const consentKey = table("consent_key", { consentId: text<ConsentId>(), userId: text<UserId>(), wrappedKey: text() }, (t) => [
    primaryKey({ columns: [t.consentId] }),
    foreignKey({ columns: [t.consentId], foreignColumns: [consent.id], name: "consent_key_consent_fk" }),
  ]);
  const bankGrant = table(
    "bank_grant",
    {
      id: text<GrantId>(),
      userId: text<UserId>(),
      consentId: text<ConsentId>(),
      status: text<GrantStatus>(),
      sealedHandle: textOrNull(),
      accessExpiresAt: intOrNull(),
      validUntil: intOrNull(),
      authorizedAt: intOrNull(),
      refreshOwner: textOrNull(),
      refreshUntil: intOrNull(),
      createdAt: int(),
      endedAt: intOrNull(),
    },
    (t) => [
      primaryKey({ columns: [t.id] }),
      index("bank_grant_consent").on(t.consentId, t.id),
      index("bank_grant_opening")
        .on(t.createdAt)
        .where(sql`status = 'OPENING'`),
      foreignKey({ columns: [t.consentId], foreignColumns: [consent.id], name: "bank_grant_consent_fk" }),
    ],
  );
  const authorizationAttempt = table(
    "authorization_attempt",
    {
      id: text<AuthorizationId>(),
      userId: text<UserId>(),
      consentId: text<ConsentId>(),
      grantId: text<GrantId>(),
      bankId: text<BankId>(),
      stateHash: text(),
      sealed: text(),
      redirectUrl: text(),
      status: text<AuthorizationStatus>(),
      expiresAt: int(),
      createdAt: int(),
      returnedAt: intOrNull(),
      finishedAt: intOrNull(),
    },
    (t) => [
      primaryKey({ columns: [t.id] }),
      index("authorization_attempt_consent").on(t.consentId, t.id),
      uniqueIndex("authorization_attempt_state").on(t.stateHash),
      index("authorization_attempt_open")
        .on(t.expiresAt)
        .where(sql`status = 'OPEN'`),
      foreignKey({ columns: [t.consentId], foreignColumns: [consent.id], name: "authorization_attempt_consent_fk" }),
    ],
  );
  return { consent, consentKey, bankGrant, authorizationAttempt };
}
