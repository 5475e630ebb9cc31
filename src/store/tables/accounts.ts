import type { AccountStatus, AccountType, BalanceType, DateRange } from "../../domain/account.ts";
import type { AccountId, BankId, ConsentId, UserId } from "../../domain/ids.ts";
import type { Currency, Decimal } from "../../domain/money.ts";
import type { Day } from "../../domain/time.ts";
import type { Kit } from "../kit.ts";
import type { consentTables } from "./consents.ts";

/** Accounts and what hangs on them, and the identities a consent reports. */
export function accountTables(kit: Kit, { consent }: Pick<ReturnType<typeof consentTables>, "consent">) {
  const { table, text, textOrNull, int, boolOrNull, json, index, primaryKey, foreignKey } = kit;
  const account = table(
    "account",
    {
      id: text<AccountId>(),
      userId: text<UserId>(),
      consentId: text<ConsentId>(),
      bankId: text<BankId>(),
      resourceId: text(),
      connectorData: textOrNull(),
      name: text(),
      ownerName: textOrNull(),
      type: text<AccountType>(),
      product: textOrNull(),
      status: text<AccountStatus>(),
      currency: textOrNull<Currency>(),
      iban: textOrNull(),
      bban: textOrNull(),
      sortCode: textOrNull(),
      accountNumber: textOrNull(),
      maskedPan: textOrNull(),
      bic: textOrNull(),
      coverage: json<readonly DateRange[]>(),
      createdAt: int(),
      updatedAt: int(),
    },
    (t) => [
      primaryKey({ columns: [t.id] }),
      index("account_user").on(t.userId, t.id),
      index("account_consent").on(t.consentId, t.id),
      foreignKey({ columns: [t.consentId], foreignColumns: [consent.id], name: "account_consent_fk" }),
    ],
  );
  const balance = table(
    "balance",
    {
      userId: text<UserId>(),
      accountId: text<AccountId>(),
      position: int(),
      type: text<BalanceType>(),
      amount: text<Decimal>(),
      currency: text<Currency>(),
      creditLimitIncluded: boolOrNull(),
      referenceDate: textOrNull<Day>(),
      fetchedAt: int(),
    },
    (t) => [
      primaryKey({ columns: [t.accountId, t.position] }),
      foreignKey({ columns: [t.accountId], foreignColumns: [account.id], name: "balance_account_fk" }),
    ],
  );
  const identity = table(
    "identity",
    {
      userId: text<UserId>(),
      consentId: text<ConsentId>(),
      bankId: text<BankId>(),
      position: int(),
      fullName: text(),
      birthDate: textOrNull<Day>(),
      addresses: json<readonly string[]>(),
      emails: json<readonly string[]>(),
      phones: json<readonly string[]>(),
      accountIds: json<readonly AccountId[]>(),
      fetchedAt: int(),
    },
    (t) => [
      primaryKey({ columns: [t.consentId, t.position] }),
      index("identity_user").on(t.userId, t.consentId, t.position),
      foreignKey({ columns: [t.consentId], foreignColumns: [consent.id], name: "identity_consent_fk" }),
    ],
  );
  return { account, balance, identity };
}
