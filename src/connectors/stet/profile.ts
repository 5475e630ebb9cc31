import { z } from "zod";
import { errorPatterns, oauthRules, pathPrefixRules, psuIp, rateLimit, readOptions, texts } from "../kit/profile-parts.ts";

const operation = z.enum(["accounts", "consents", "balances", "transactions", "identity", "owners"]);
/** What a request is for: names for `omitHeaders`, and the context in which a refusal is read. */
export type Operation = z.infer<typeof operation> | "token";

const consent = z.strictObject({
  model: z
    .enum(["auto", "full", "mixed"])
    .default("auto")
    .describe(
      "`full` (A1): the bank decides, nothing is sent. `mixed` (A2): PUT /consents. `auto`: mixed where the account list links to it.",
    ),
  owners: z
    .enum(["auto", "always", "never"])
    .default("auto")
    .describe("The field `owners` of 1.5 in the body. `auto`: sent, and left out where the bank refuses it."),
  newAccounts: z.boolean().default(true).describe("Adds accounts that appear later to a mixed consent, while the person is there."),
});

const signing = z.strictObject({
  enabled: z.boolean().nullable().default(null).describe("Null = whenever the entry has a `sign` certificate."),
  keyIdTemplate: z
    .string()
    .default("{fingerprint}")
    .describe(
      "URL of the certificate: `{fingerprint}` (SHA-256), `{fingerprintSha1}`, `{serial}`, `{serialDecimal}`. The entry's `sign.keyId` wins.",
    ),
  headers: z
    .array(z.string())
    .default(["(request-target)", "digest", "psu-ip-address", "x-request-id"])
    .describe("Names in signing order; those that a request lacks are left out. `date`, `host`, `(created)` and `(expires)` too."),
  algorithm: z.string().default("rsa-sha256").describe("As printed in the header."),
  separator: z.string().default(",").describe("Between the parts of the header."),
  expiresAfter: z.int().positive().default(60).describe("Seconds until `(expires)`."),
  digest: z
    .enum(["always", "body"])
    .default("always")
    .describe("`body`: a Digest only where there is a body; `always`: of the empty text too."),
  targetRules: pathPrefixRules.describe("Applied to the path that is signed, for banks that check another than they are called by."),
  tokenEndpoint: z.boolean().default(false).describe("Signs requests to the token endpoint too."),
});

const profile = z.strictObject({
  ...oauthRules,
  acceptHeader: z.string().default("application/hal+json; charset=utf-8").describe("Exactly what is sent."),
  extraHeaders: texts.default({}).describe("Added to every API request; values may be secret."),
  omitHeaders: z.partialRecord(operation, z.array(z.string())).default({}).describe("Header names that an operation must not carry."),
  contentTypeOnGet: z.boolean().default(false).describe("Sends Content-Type on GET too."),
  versionPath: z
    .string()
    .regex(/^(\/[^/?#]+)*$/, "must be empty or start with a slash and end without one")
    .default("/v1")
    .describe("Between the entry's baseUrl and `/accounts`; banks number it by version or leave it out."),
  revocationUrl: z
    .string()
    .refine((text) => URL.canParse(text), "must be an absolute URL")
    .nullable()
    .default(null)
    .describe("RFC 7009. Null = tokens are forgotten, and a mixed consent is emptied."),
  workspace: z.string().nullable().default(null).describe("`workspace` of 1.5, for every call."),
  pathPrefixRules,
  consent: consent.prefault({}),
  psuIp,
  accounts: z
    .strictObject({
      assumeLinks: z.boolean().default(false).describe("Takes an account without `_links` as fully readable; by the standard it is not."),
    })
    .prefault({}),
  identity: z
    .strictObject({
      endUser: z
        .enum(["link", "always", "never"])
        .default("link")
        .describe("GET /end-user-identity: where the account list links to it, always, or never."),
      owners: z.boolean().default(true).describe("Holders by GET /accounts/{id}/owners (1.5) where there is a link."),
    })
    .prefault({}),
  transactions: z
    .strictObject({
      dateFormat: z
        .enum(["auto", "date-time", "date", "local", "local-ms"])
        .default("auto")
        .describe(
          "Form of dateFrom and dateTo: with the bank's offset, as day, without zone, without zone with milliseconds. `auto` starts as the standard says and takes the day where that is refused.",
        ),
      dateType: z.enum(["bookingDate", "transactionDate"]).nullable().default(null).describe("`dateType` of 1.5."),
      dateToExclusive: z.boolean().default(true).describe("False at banks that include the day of dateTo."),
      omitDateTo: z.boolean().default(false).describe("Leaves `dateTo` out."),
      defaultDays: z
        .int()
        .positive()
        .nullable()
        .default(null)
        .describe("Days back when the whole history is asked for. Null = the entry's `maxHistoryDays`, else 730."),
      maxRangeDays: z.int().positive().nullable().default(null).describe("Longest range of one call, in days; longer ones are split."),
      entryReference: z
        .enum(["afterEntryReference", "entryReferenceFrom"])
        .nullable()
        .default(null)
        .describe("Asks by the newest entry reference instead of dates where one is known; the name is 1.4.0's or the later one."),
      otherStatus: z.enum(["pending", "booked"]).default("pending").describe("What status OTHR (deferred card) means."),
      future: z.boolean().default(true).describe("Whether status FUTR (1.5) is kept, as pending."),
      pendingListed: z.boolean().default(true).describe("False at banks that never list pending rows: their absence then proves nothing."),
    })
    .prefault({}),
  paging: z
    .strictObject({
      selfIsEnd: z.boolean().default(false).describe("The last page links to itself."),
    })
    .prefault({}),
  signing: signing.prefault({}),
  ids: z
    .strictObject({
      trustResourceId: z.boolean().default(true).describe("False: `resourceId` of transactions is dropped."),
      trustEntryReference: z.boolean().default(true).describe("False: `entryReference` is dropped."),
    })
    .prefault({}),
  dates: z
    .strictObject({
      swapBookingValue: z.boolean().default(false).describe("Booking and value date are exchanged."),
    })
    .prefault({}),
  amounts: z
    .strictObject({
      signRule: z
        .enum(["indicator", "signed"])
        .default("indicator")
        .describe("`indicator`: size × creditDebitIndicator. `signed`: the amount's own sign, whatever the indicator says."),
      cardDebtPositive: z.boolean().default(false).describe("Balances of card accounts print debt positive."),
    })
    .prefault({}),
  errors: errorPatterns,
  unattendedForbiddenIsQuota: z.boolean().default(false).describe('A 403 to a call without the person means "not so often".'),
  rateLimit,
});

/** How one bank departs from the standard (standards.md 8.12): the `profile` of its entry; schema/bank-profiles.md lists every option. */
export type Profile = z.infer<typeof profile>;

/** The schema itself: for the check of entries when they are loaded, and for the documentation of its options. */
export const stetProfile = profile;

/** @throws Error naming the bank and every unknown or wrong option */
export function readProfile(bankId: string, options: Readonly<Record<string, unknown>>): Profile {
  return readOptions(profile, bankId, options);
}
