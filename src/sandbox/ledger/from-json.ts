import { z } from "zod";
import { AccountBook } from "./account-book.ts";
import { utcDate } from "./calendar.ts";
import type { Ledger } from "./ledger.ts";
import type { LedgerAccount, LedgerTransaction } from "./model.ts";
import { parseMinor } from "./money.ts";

const partySchema = z.object({ name: z.string(), iban: z.string().optional(), bic: z.string().optional() });

/** `bookedAt` absent: booked at `enteredAt`. Give a later `bookedAt` for a pending entry. Instants are ISO 8601. */
export const transactionSchema = z.strictObject({
  id: z.string(),
  reference: z.string().optional(),
  amount: z.string(),
  enteredAt: z.iso.datetime({ offset: true }),
  bookedAt: z.iso.datetime({ offset: true }).optional(),
  valueDate: z.iso.date().optional(),
  code: z.string().optional(),
  party: partySchema.optional(),
  remittance: z.array(z.string()).optional(),
  structuredReference: z.string().optional(),
  endToEndId: z.string().optional(),
  mandateId: z.string().optional(),
  creditorId: z.string().optional(),
});

const accountSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(["current", "savings", "card"]).default("current"),
  currency: z.string().default("EUR"),
  iban: z.string().optional(),
  bban: z.string().optional(),
  maskedPan: z.string().optional(),
  name: z.string().default("Konto"),
  product: z.string().default("Test"),
  owners: z.array(z.string()).optional(),
  usage: z.enum(["private", "business"]).default("private"),
  opening: z.string().default("0"),
  creditLimit: z.string().optional(),
  transactions: z.array(transactionSchema).default([]),
});

export const userSchema = z.strictObject({
  name: z.string(),
  password: z.string().optional(),
  fullName: z.string().optional(),
  needsSecondSignature: z.boolean().default(false),
  accounts: z.array(accountSchema),
});

export type UserJson = z.input<typeof userSchema>;
export type TransactionJson = z.input<typeof transactionSchema>;

/** Adds a user from JSON (admin API, tests). An existing user of that name is replaced. Throws a ZodError on a wrong shape. */
export function addUserFromJson(ledger: Ledger, input: unknown): { readonly name: string } {
  const user = userSchema.parse(input);
  const fullName = user.fullName ?? user.name;
  const books = user.accounts.map(({ transactions, owners, opening, creditLimit, ...rest }) => {
    const account: LedgerAccount = withoutUndefined({
      ...rest,
      status: "enabled" as const,
      owners: (owners ?? [fullName]).map((name) => ({ name, role: "owner" as const })),
      opening: parseMinor(opening, rest.currency),
      creditLimit: creditLimit === undefined ? undefined : parseMinor(creditLimit, rest.currency),
    });
    const book = new AccountBook(account, () => []);
    book.add(...transactions.map((row) => transactionFromJson(row, account.currency)));
    return book;
  });
  ledger.addUser(
    { name: user.name, password: user.password ?? user.name, fullName, needsSecondSignature: user.needsSecondSignature },
    books,
  );
  return { name: user.name };
}

export function transactionFromJson(input: TransactionJson, currency: string): LedgerTransaction {
  const enteredAt = Date.parse(input.enteredAt);
  const bookedAt = input.bookedAt === undefined ? enteredAt : Date.parse(input.bookedAt);
  return withoutUndefined({
    ...input,
    reference: input.reference ?? `REF-${input.id}`.slice(0, 35),
    amount: parseMinor(input.amount, currency),
    enteredAt,
    bookedAt,
    valueDate: input.valueDate ?? utcDate(bookedAt),
    code: input.code ?? "PMNT-ICDT-ESCT",
    remittance: input.remittance ?? [],
    party: input.party && withoutUndefined(input.party),
  });
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** exactOptionalPropertyTypes: an absent key, not a key that holds undefined. */
function withoutUndefined<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Present<T>;
}
