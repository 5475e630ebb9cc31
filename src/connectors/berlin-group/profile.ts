import { z } from "zod";
import { errorPatterns, oauthRules, pathPrefixRules, psuIp, rateLimit, readOptions, texts } from "../kit/profile-parts.ts";
import { readingOptions } from "./reading-options.ts";

const operation = z.enum(["consent-create", "consent", "authorisation", "accounts", "balances", "transactions"]);
/** What a request is for: names for `omitHeaders`, and the context in which an error code is read. */
export type Operation = z.infer<typeof operation>;

const consent = z
  .strictObject({
    model: z
      .enum(["auto", "global", "bank-offered", "detailed", "account-list"])
      .default("auto")
      .describe(
        "`auto`: global where balances and transactions are both asked for, else bank-offered with just those lists. `detailed`: for `accounts`. " +
          "`account-list`: a first consent for the list alone, then a detailed one for what is listed (two visits of the user to the bank).",
      ),
    accounts: z
      .array(z.strictObject({ iban: z.string(), currency: z.string().optional() }))
      .default([])
      .describe("Accounts of a detailed consent, known beforehand."),
    maxValidDays: z
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe("Longest validity in days, today included; narrower than the entry's `maxConsentDays`."),
    frequencyPerDay: z.int().min(1).max(4).nullable().default(null).describe("Null = the entry's `unattendedCallsPerDay`, at most 4."),
    recurring: z.boolean().default(true).describe("False at banks that give the whole history only to one-off consents."),
  })
  .refine(({ model, accounts }) => model !== "detailed" || accounts.length > 0, {
    path: ["accounts"],
    message: 'must name the accounts of the model "detailed"; "account-list" finds them',
  });

const signing = z.strictObject({
  enabled: z.boolean().nullable().default(null).describe("Null = whenever the entry has a `sign` certificate."),
  keyIdTemplate: z
    .string()
    .default("SN={serial},CA={issuer}")
    .describe(
      "`{serial}` in capital hex, `{serialDecimal}`, `{issuer}` as DN, `{fingerprint}`, `{fingerprintSha1}`. The entry's `sign.keyId` wins.",
    ),
  headers: z
    .array(z.string())
    .default(["digest", "x-request-id", "psu-id", "psu-corporate-id", "date", "tpp-redirect-uri"])
    .describe("Names in signing order; those that a request lacks are left out. `(request-target)`, `(created)` and `(expires)` too."),
  algorithm: z.string().default("rsa-sha256").describe("As printed in the header."),
  separator: z.string().default(",").describe("Between the parts of the header."),
  expiresAfter: z.int().positive().default(60).describe("Seconds until `(expires)`."),
  certificateForm: z
    .enum(["none", "der", "pem", "pem-base64"])
    .default("der")
    .describe("TPP-Signature-Certificate: DER in base64, PEM with armour in one line, the whole PEM in base64, or no such header."),
  digest: z.enum(["always", "body"]).default("always").describe("`body`: a Digest only where there is a body."),
  targetRules: pathPrefixRules.describe(
    "The bank signs `(request-target)` under another path than it is called by: a leading `from` becomes `to`.",
  ),
});

const transactions = z.strictObject({
  format: z
    .enum(["auto", "json", "camt.052", "camt.053"])
    .default("auto")
    .describe(
      "What is asked for (of cards always JSON); what comes is read whatever it is. `auto`: JSON, and camt once the bank has refused JSON.",
    ),
  acceptHeader: z
    .string()
    .nullable()
    .default(null)
    .describe('Accept of transactions alone. Null = by `format`: the profile\'s own for JSON, else "application/xml".'),
  bookingStatus: z
    .enum(["auto", "both", "apart", "booked"])
    .default("auto")
    .describe("`both` in one call, `apart` in two, or `booked` only. `auto` starts with both and learns."),
  defaultDays: z
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe("Days back when the whole history is asked for. Null = the entry's `maxHistoryDays`, else 730."),
  maxRangeDays: z.int().positive().nullable().default(null).describe("Longest range of one call, in days; longer ones are split."),
  entryReferenceFrom: z.boolean().default(false).describe("Asks by the newest entry reference instead of a date where one is known."),
  omitDateTo: z.boolean().default(false).describe("Leaves `dateTo` out."),
  itemsPerPage: z.int().positive().nullable().default(null).describe("`itemsPerPage` of the first page; null = not sent."),
  noContentIsEmpty: z.boolean().default(false).describe("Takes 204 for an empty list; otherwise it is an answer that cannot be read."),
});

const profile = z.strictObject({
  scaApproach: z.enum(["redirect", "decoupled"]).default("redirect").describe("What is asked for; the bank's answer decides."),
  oauthMode: z
    .enum(["integrated", "pre-step", "none"])
    .default("integrated")
    .describe(
      "`integrated`: a token by the `scaOAuth` link of the consent. `pre-step`: a token before the consent; taken by itself where the bank answers " +
        "401 with a link to its login. `none`: never a token.",
    ),
  oauthScope: z.string().default("AIS:{consentId}").describe("Scope of the integrated authorisation request."),
  authUrlFromError: z
    .string()
    .nullable()
    .default(null)
    .describe("Path of the login page's URL in the body of a 401 to the consent, e.g. `result.url`."),
  authorizeOnServer: z
    .boolean()
    .default(false)
    .describe("The hub calls the authorization URL itself and sends the user where the bank's 302 points to."),
  applicationToken: z
    .boolean()
    .default(false)
    .describe("A token of the application (client credentials, the entry's `auth.scope`) goes with every call that has no person's token."),
  ...oauthRules,
  acceptHeader: z.string().default("application/json").describe("Exactly what is sent."),
  extraHeaders: texts.default({}).describe("Added to every request; values may be secret."),
  omitHeaders: z.partialRecord(operation, z.array(z.string())).default({}).describe("Header names that an operation must not carry."),
  contentTypeOnGet: z.boolean().default(false).describe("Sends Content-Type on GET too."),
  explicitAuthorisation: z.boolean().default(false).describe("TPP-Explicit-Authorisation-Preferred."),
  brand: z.string().nullable().default(null).describe("TPP-Brand-Logging-Information."),
  confirmationParameter: z.string().default("confirmationCode").describe("Redirect parameter that carries the confirmation code."),
  pathPrefixRules,
  consent: consent.prefault({}),
  psuIp,
  accounts: z
    .strictObject({
      withBalance: z.boolean().default(false).describe("Asks for balances together with the account list."),
      cards: z
        .enum(["auto", "always", "never"])
        .default("auto")
        .describe("`/card-accounts` too. `auto`: until the bank says that it has none."),
      assumeLinks: z.boolean().default(false).describe("Takes an account without `_links` as fully readable; by the standard it is not."),
    })
    .prefault({}),
  transactions: transactions.prefault({}),
  paging: z
    .strictObject({
      sameRequestId: z.boolean().default(false).describe("All pages of one list carry the same X-Request-ID (Redsys)."),
    })
    .prefault({}),
  signing: signing.prefault({}),
  ...readingOptions,
  errors: errorPatterns,
  rateLimit,
});

/** How one bank departs from the standard (standards.md 8.12): the `profile` of its entry; schema/bank-profiles.md lists every option. */
export type Profile = z.infer<typeof profile>;

/** The schema itself: for the check of entries when they are loaded, and for the documentation of its options. */
export const berlinGroupProfile = profile;

/** @throws Error naming the bank and every unknown or wrong option */
export function readProfile(bankId: string, options: Readonly<Record<string, unknown>>): Profile {
  return readOptions(profile, bankId, options);
}
