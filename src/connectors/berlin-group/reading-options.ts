import { z } from "zod";
import { BalanceType } from "../../domain/account.ts";
import { fieldPatterns } from "../kit/field-patterns.ts";
import { regex } from "../kit/profile-parts.ts";

/** The options of a profile that change how a bank's rows are read, not what it is asked. */
export const readingOptions = {
  ids: z
    .strictObject({
      trustTransactionId: z.boolean().default(true).describe("False: `transactionId` is dropped."),
      trustEntryReference: z.boolean().default(true).describe("False: `entryReference` is dropped."),
      wellFormed: regex
        .nullable()
        .default(null)
        .describe("Ids of another form are dropped, e.g. those that pending rows carry for the time being."),
    })
    .prefault({}),
  dates: z
    .strictObject({
      swapBookingValue: z.boolean().default(false).describe("Booking and value date are exchanged."),
      bookingOrder: z
        .array(z.enum(["bookingDate", "valueDate", "transactionDate"]))
        .min(1)
        .default(["bookingDate"])
        .describe("Where the day of booking of booked rows stands: the first that is there."),
      purchaseDayFrom: fieldPatterns.describe("Finds the day of a purchase in a text; the first group is the day."),
    })
    .prefault({}),
  amounts: z
    .strictObject({
      signRule: z
        .enum(["signed", "inverted", "counterparty"])
        .default("signed")
        .describe("`signed`: minus = out. `inverted`: the reverse. `counterparty`: unsigned, the named side decides."),
      cardDebtPositive: z
        .boolean()
        .nullable()
        .default(null)
        .describe("`debitAccounting` of card accounts where the bank does not say or says it wrongly."),
      outWhere: fieldPatterns.describe("Rows in which one of these is found are money out, whatever their sign."),
      billedFrom: fieldPatterns.describe(
        "Finds the booked amount in a text where `transactionAmount` is the foreign one: groups `amount` and, unless it is the account's, `currency`.",
      ),
    })
    .prefault({}),
  text: z
    .strictObject({
      cleaners: z
        .array(z.strictObject({ match: regex, replace: z.string() }))
        .default([])
        .describe(
          "Applied in order to every text of a row, letter case aside; `$1` is the first group, a line break in `replace` makes a line.",
        ),
      remittanceFields: z
        .array(z.string())
        .default([])
        .describe("Fields with what the payer wrote: the first that says something. Empty = those of the standard in its order."),
      counterpartyFrom: fieldPatterns.describe(
        "Finds the counterparty's name in a text where no field names one; the first group is the name.",
      ),
    })
    .prefault({}),
  balances: z
    .strictObject({
      types: z
        .record(z.string(), z.enum(Object.keys(BalanceType) as (keyof typeof BalanceType)[]))
        .default({})
        .describe("Types of the bank's balances that mean something else than the standard says, or that it does not know."),
    })
    .prefault({}),
  filters: z
    .strictObject({
      accounts: fieldPatterns.describe("Accounts in which one of these is found are left out."),
      transactions: fieldPatterns.describe("Rows in which one of these is found are left out: declined ones, placeholders."),
    })
    .prefault({}),
};
