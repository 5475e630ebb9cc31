import { AccountBook } from "./account-book.ts";
import { businessSource } from "./business-account.ts";
import { addDays, monthOf, startOfMonth, utcDate } from "./calendar.ts";
import { cardSource, type CardSeed } from "./card-account.ts";
import type { SandboxClock } from "./clock.ts";
import { currentSource, LANDLORD } from "./current-account.ts";
import { ibanOf } from "./iban.ts";
import { Ledger } from "./ledger.ts";
import type { LedgerAccount, LedgerUser, Owner, StandingOrder } from "./model.ts";
import { dollarSource, savingsSource } from "./small-accounts.ts";

export interface SeedOptions {
  readonly country: string;
  readonly bic: string;
  /** Digits of a BBAN before the account number, e.g. the German Bankleitzahl. */
  readonly bankCode: string;
  /** The whole BBAN for an account number of ten digits, where more than the bank code belongs to it. @default bank code and number */
  readonly bban?: (serial: string) => string;
  /** Of every account but the USD one. @default "EUR" */
  readonly currency?: string;
  /** Entries of the `business` account at the start. @default 20_000 */
  readonly businessCount?: number;
}

const HISTORY_MONTHS = 24;
const DEBIT_CARD = "470610******0815";

/**
 * The standard population. Every password equals the user name.
 * `demo` current, savings, card and USD accounts, 24 months · `anna` a joint account · `business` one account of 20,000 entries ·
 * `empty` one account without entries · `board` a company whose consents need a second signature.
 */
export function seededLedger(clock: SandboxClock, options: SeedOptions): Ledger {
  const ledger = new Ledger(clock);
  const now = clock.nowMs();
  const firstMonth = monthOf(now) - HISTORY_MONTHS;
  const account = accountMaker(options);

  const demo = owner("Demo Muster");
  const current = account({
    id: "demo-current",
    serial: "0532013000",
    name: "Girokonto",
    displayName: "Haushalt",
    product: "Giro Plus",
    owners: demo,
    opening: 684_250n,
  });
  const savings = account({
    id: "demo-savings",
    serial: "0532013018",
    kind: "savings",
    name: "Sparkonto",
    product: "Tagesgeld",
    owners: demo,
    opening: 1_250_000n,
  });
  const card: CardSeed = { accountId: "demo-card", maskedPan: "525412******3241", firstMonth };
  const cardAccount = account({
    id: card.accountId,
    kind: "card",
    maskedPan: card.maskedPan,
    creditLimit: 300_000n,
    name: "Kreditkarte",
    product: "Gold Card",
    owners: demo,
    opening: 0n,
  });
  const dollars = account({
    id: "demo-usd",
    serial: "0532013026",
    currency: "USD",
    name: "Währungskonto USD",
    product: "Fremdwährungskonto",
    owners: demo,
    opening: 420_000n,
  });
  ledger.addUser(user("demo", "Demo Muster"), [
    new AccountBook(
      current,
      currentSource({
        accountId: current.id,
        holder: "Demo Muster",
        salary: 412_560n,
        rent: 118_000n,
        debitCard: DEBIT_CARD,
        savings: { name: "Demo Muster", iban: savings.iban ?? "" },
        creditCard: card,
        firstMonth,
      }),
      [rentOrder(firstMonth, 118_000n), savingsOrder(firstMonth, savings)],
    ),
    new AccountBook(savings, savingsSource(savings.id, { name: "Demo Muster", iban: current.iban ?? "" }, firstMonth)),
    new AccountBook(cardAccount, cardSource(card)),
    new AccountBook(dollars, dollarSource(dollars.id, firstMonth)),
  ]);

  const couple: Owner[] = [...owner("Anna Muster"), ...owner("Max Muster")];
  const joint = account({
    id: "anna-joint",
    serial: "0648489890",
    name: "Gemeinschaftskonto",
    displayName: "Anna & Max",
    product: "Giro Duo",
    owners: couple,
    opening: 796_400n,
  });
  ledger.addUser(user("anna", "Anna Muster"), [
    new AccountBook(
      joint,
      currentSource({
        accountId: joint.id,
        holder: "Anna Muster",
        salary: 389_900n,
        rent: 132_000n,
        debitCard: "470610******4711",
        firstMonth,
      }),
      [rentOrder(firstMonth, 132_000n)],
    ),
  ]);

  const shop = account({
    id: "business-current",
    serial: "0777777700",
    name: "Geschäftskonto",
    product: "Business Giro",
    usage: "business",
    owners: [{ name: "Muster Handels GmbH", role: "owner" }],
    opening: 5_000_000n,
  });
  ledger.addUser(user("business", "Berta Geschäft"), [
    new AccountBook(shop, businessSource({ accountId: shop.id, count: options.businessCount ?? 20_000, historyDays: 728, start: now })),
  ]);

  const bare = account({
    id: "empty-current",
    serial: "0999999900",
    name: "Girokonto",
    product: "Giro Basis",
    owners: owner("Emil Leer"),
    opening: 0n,
  });
  ledger.addUser(user("empty", "Emil Leer"), [new AccountBook(bare, () => [])]);

  const company = account({
    id: "board-current",
    serial: "0888888800",
    name: "Firmenkonto",
    product: "Business Giro",
    usage: "business",
    owners: [{ name: "Vorstand AG", role: "owner" }],
    opening: 750_000n,
  });
  ledger.addUser({ ...user("board", "Bodo Vorstand"), needsSecondSignature: true }, [
    new AccountBook(company, dollarSource(company.id, firstMonth)),
  ]);
  return ledger;
}

function user(name: string, fullName: string): LedgerUser {
  return { name, password: name, fullName, needsSecondSignature: false };
}

function owner(name: string): Owner[] {
  return [{ name, role: "owner" }];
}

type Draft = Pick<LedgerAccount, "id" | "name" | "product" | "owners" | "opening"> & Partial<LedgerAccount> & { readonly serial?: string };

function accountMaker(options: SeedOptions): (draft: Draft) => LedgerAccount {
  return ({ serial, ...draft }) => ({
    kind: "current",
    currency: options.currency ?? "EUR",
    usage: "private",
    status: "enabled",
    ...(serial === undefined
      ? {}
      : { iban: ibanOf(options.country, options.bban?.(serial) ?? options.bankCode + serial), bic: options.bic }),
    ...draft,
  });
}

function rentOrder(firstMonth: number, rent: bigint): StandingOrder {
  return {
    id: "SO-RENT",
    amount: -rent,
    party: LANDLORD,
    remittance: "Miete Whg. 12",
    startDate: utcDate(startOfMonth(firstMonth)),
    dayOfMonth: 1,
  };
}

function savingsOrder(firstMonth: number, savings: LedgerAccount): StandingOrder {
  const startDate = addDays(utcDate(startOfMonth(firstMonth)), 27);
  return {
    id: "SO-SAVE",
    amount: -30_000n,
    party: { name: "Demo Muster", iban: savings.iban ?? "" },
    remittance: "Sparrate",
    startDate,
    dayOfMonth: 28,
  };
}
