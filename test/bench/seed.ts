import { newId, type AccountId, type TenantId, type UserId } from "../../src/domain/ids.ts";
import type { Decimal } from "../../src/domain/money.ts";
import type { Day } from "../../src/domain/time.ts";
import { openStore } from "../../src/store/open.ts";
import type { Tx } from "../../src/store/store.ts";
import { account, consent, NOW, step, transaction, update } from "../contracts/store-fixtures.ts";
import { randomOf } from "./random.ts";

const CONSENTS = 2;
const ACCOUNTS = 5;
const UPDATES = 2;
const DAYS = 730;
const AT_A_TIME = 500;

export interface SeedOptions {
  readonly file: string;
  readonly users: number;
  readonly transactions: number;
  readonly bankId: string;
  readonly seed: number;
  onProgress(rows: number): void;
}

/** Fills a hub's database through the store: two consents a user, five accounts each, two finished updates over all of them. */
export async function seedDatabase(options: SeedOptions): Promise<readonly UserId[]> {
  await using store = await openStore({ dialect: "sqlite", file: options.file });
  const [tenant] = await store.tenants();
  if (!tenant) throw new Error("the hub has made no demo tenant");
  const random = randomOf(options.seed);
  const perAccount = Math.max(1, Math.round(options.transactions / (options.users * CONSENTS * ACCOUNTS)));
  const users: UserId[] = [];
  for (let index = 0; index < options.users; index++) {
    users.push(await store.tx((tx) => seedUser(tx, { tenantId: tenant.id, bankId: options.bankId, index, perAccount, random })));
    if ((index + 1) % 100 === 0) options.onProgress((index + 1) * perAccount * CONSENTS * ACCOUNTS);
  }
  return users;
}

interface UserSeed {
  readonly tenantId: TenantId;
  readonly bankId: string;
  readonly index: number;
  readonly perAccount: number;
  readonly random: () => number;
}

async function seedUser(tx: Tx, { tenantId, bankId, index, perAccount, random }: UserSeed): Promise<UserId> {
  const userId = newId("usr", NOW + index);
  await tx.insertUser({ id: userId, tenantId, clientId: `client-${String(index)}`, createdAt: NOW, changeSeq: 0 });
  for (let c = 0; c < CONSENTS; c++) {
    const consentId = newId("con", NOW + c);
    await tx.insertConsent(consent({ id: consentId, userId, tenantId, bankId, validUntil: NOW }), "wrapped");
    const accounts = Array.from({ length: ACCOUNTS }, (_, a) =>
      account({
        id: newId("acc", NOW + c * ACCOUNTS + a),
        userId,
        consentId,
        bankId,
        resourceId: `r${String(a)}`,
        name: `Account ${String(a)}`,
      }),
    );
    await tx.insertAccounts(accounts);
    for (let u = 0; u < UPDATES; u++) {
      const row = update({ id: newId("upd", NOW + u), consentId, userId, tenantId, added: u, finishedAt: NOW });
      await tx.insertUpdate(row);
      await tx.patchUpdate(row.id, null, { status: "COMPLETED" });
      await tx.insertSteps(accounts.map(({ id }, position) => step({ userId, updateId: row.id, position, accountId: id, status: "DONE" })));
    }
    for (const { id, currency } of accounts) {
      await tx.replaceBalances(
        id,
        (["EXPECTED", "INTERIM_BOOKED"] as const).map((type, position) => ({
          userId,
          accountId: id,
          position,
          type,
          amount: "1250.40",
          currency: currency ?? "EUR",
          creditLimitIncluded: null,
          referenceDate: null,
          fetchedAt: NOW,
        })),
      );
      await seedTransactions(tx, { userId, consentId, accountId: id, perAccount, random });
    }
  }
  return userId;
}

async function seedTransactions(
  tx: Tx,
  {
    userId,
    consentId,
    accountId,
    perAccount,
    random,
  }: Pick<UserSeed, "perAccount" | "random"> & {
    readonly userId: UserId;
    readonly consentId: Parameters<typeof transaction>[0]["consentId"];
    readonly accountId: AccountId;
  },
): Promise<void> {
  const rows = Array.from({ length: perAccount }, (_, index) => {
    const date = day(Math.floor(random() * DAYS));
    const cents = Math.floor(random() * 150_000) - 149_000;
    return transaction({
      userId,
      consentId,
      accountId,
      date,
      bookingDate: date,
      amount: (cents / 100).toFixed(2) as Decimal,
      description: `Card payment ${String(index)} at shop ${String(Math.floor(random() * 500))}`,
      counterpartyName: `Shop ${String(Math.floor(random() * 500))}`,
    });
  });
  for (let at = 0; at < rows.length; at += AT_A_TIME) await tx.insertTransactions(rows.slice(at, at + AT_A_TIME));
}

function day(index: number): Day {
  return new Date(Date.UTC(2024, 0, 1) + index * 86_400_000).toISOString().slice(0, 10) as Day;
}
