import type { AccountBook } from "../ledger/account-book.ts";
import { formatMinor } from "../ledger/money.ts";
import type { LedgerAccount } from "../ledger/model.ts";
import type { BankContext } from "./context.ts";
import type { Settings } from "./options.ts";

const TYPES = { current: ["CACC", "current account"], savings: ["SVGS", "savings account"], card: ["CARD", "card account"] } as const;
const RELATIONS = [{ typeOfRelation: "Owner", stake: 100 }];

/** AccountBaseInfo: what the list of accounts shows. */
export function wireAccountBase(account: LedgerAccount, number: string): object {
  return { accountNumber: number, accountTypeName: account.name.slice(0, 32), accountType: typeOf(account), psuRelations: RELATIONS };
}

/** AccountInfo. */
export function wireAccount(book: AccountBook, number: string, { ledger, settings }: BankContext): object {
  const { account } = book;
  const { booked, expected } = book.balance(ledger.clock.nowMs());
  const available = expected + (account.creditLimit ?? 0n);
  return {
    accountNumber: number,
    nameAddress: { value: holderLines(account, settings) },
    accountType: typeOf(account),
    accountTypeName: account.name.slice(0, 32),
    accountHolderType: account.usage === "business" ? "corporation" : "individual",
    ...(account.displayName === undefined ? {} : { accountNameClient: account.displayName.slice(0, 32) }),
    currency: account.currency,
    // Nobody can spend less than nothing: the standard has no sign here.
    availableBalance: twoDecimals(available < 0n ? 0n : available, account.currency),
    bookingBalance: twoDecimals(booked, account.currency),
    bank: { bicOrSwift: settings.bic.slice(0, 8), name: settings.name, address: bankAddress(settings) },
    psuRelations: RELATIONS,
    auxData: {},
  };
}

/** The standard prints two decimals for every currency; one with three keeps its third, which no two can hold. */
export function twoDecimals(minor: bigint, currency: string): string {
  const text = formatMinor(minor, currency);
  return text.includes(".") ? text : `${text}.00`;
}

function typeOf({ kind }: LedgerAccount): object {
  const [code, description] = TYPES[kind];
  return { code, description };
}

/** Up to four lines: holders, then street and city. 2.x cuts a line at 35 characters and goes on in the next. */
function holderLines({ owners }: LedgerAccount, settings: Settings): string[] {
  const names = owners.flatMap(({ name }) => wrapped(name, settings)).slice(0, 2);
  return [...names, "ul. Testowa 1/2", "00-001 Warszawa"];
}

export function wrapped(text: string, { version }: Pick<Settings, "version">): string[] {
  if (version === "3.0") return [text];
  return Array.from({ length: Math.ceil(text.length / 35) }, (_, line) => text.slice(line * 35, (line + 1) * 35)).slice(0, 4);
}

function bankAddress({ version }: Settings): unknown {
  return version === "3.0" ? { value: ["00-001 Warszawa"] } : ["00-001 Warszawa"];
}
