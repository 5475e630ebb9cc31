import { z } from "zod";
import { errorPatterns, oauthRules, pathPrefixRules, psuIp, rateLimit, readOptions, texts } from "../kit/profile-parts.ts";

const operation = z.enum(["accounts", "consents", "balances", "transactions", "identity", "owners"]);
/** What a request is for: names for `omitHeaders`, and the context in which a refusal is read. */
export type Operation = z.infer<typeof operation> | "token";

const consent = z.strictObject({
  /** `full` (A1): the bank decides, nothing is sent. `mixed` (A2): PUT /consents. `auto`: mixed where the account list links to it. @default "auto" */
  model: z.enum(["auto", "full", "mixed"]).default("auto"),
  /** The field `owners` of 1.5 in the body. `auto`: sent, and left out where the bank refuses it. @default "auto" */
  owners: z.enum(["auto", "always", "never"]).default("auto"),
  /** Adds accounts that appear later to a mixed consent, while the person is there. @default true */
  newAccounts: z.boolean().default(true),
});

const signing = z.strictObject({
  /** Null = whenever the entry has a `sign` certificate. @default null */
  enabled: z.boolean().nullable().default(null),
  /** URL of the certificate: `{fingerprint}` (SHA-256), `{fingerprintSha1}`, `{serial}`, `{serialDecimal}`. The entry's `sign.keyId` wins. @default "{fingerprint}" */
  keyIdTemplate: z.string().default("{fingerprint}"),
  /** Names in signing order; those that a request lacks are left out. `date`, `host`, `(created)` and `(expires)` too. */
  headers: z.array(z.string()).default(["(request-target)", "digest", "psu-ip-address", "x-request-id"]),
  /** As printed in the header. @default "rsa-sha256" */
  algorithm: z.string().default("rsa-sha256"),
  /** Between the parts of the header. @default "," */
  separator: z.string().default(","),
  /** Seconds until `(expires)`. @default 60 */
  expiresAfter: z.int().positive().default(60),
  /** `body`: a Digest only where there is a body; `always`: of the empty text too. @default "always" */
  digest: z.enum(["always", "body"]).default("always"),
  /** Applied to the path that is signed, for banks that check another than they are called by. @default [] */
  targetRules: pathPrefixRules,
  /** Signs requests to the token endpoint too. @default false */
  tokenEndpoint: z.boolean().default(false),
});

const profile = z.strictObject({
  ...oauthRules,
  /** Exactly what is sent. @default "application/hal+json; charset=utf-8" */
  acceptHeader: z.string().default("application/hal+json; charset=utf-8"),
  /** Added to every API request; values may be secret. @default {} */
  extraHeaders: texts.default({}),
  /** Header names that an operation must not carry. @default {} */
  omitHeaders: z.partialRecord(operation, z.array(z.string())).default({}),
  /** Sends Content-Type on GET too. @default false */
  contentTypeOnGet: z.boolean().default(false),
  /** Between the entry's baseUrl and `/accounts`; banks number it by version or leave it out. @default "/v1" */
  versionPath: z
    .string()
    .regex(/^(\/[^/?#]+)*$/, "must be empty or start with a slash and end without one")
    .default("/v1"),
  /** RFC 7009. Null = tokens are forgotten, and a mixed consent is emptied. @default null */
  revocationUrl: z
    .string()
    .refine((text) => URL.canParse(text), "must be an absolute URL")
    .nullable()
    .default(null),
  /** `workspace` of 1.5, for every call. @default null */
  workspace: z.string().nullable().default(null),
  pathPrefixRules,
  consent: consent.prefault({}),
  psuIp,
  accounts: z
    .strictObject({
      /** Takes an account without `_links` as fully readable; by the standard it is not. @default false */
      assumeLinks: z.boolean().default(false),
    })
    .prefault({}),
  identity: z
    .strictObject({
      /** GET /end-user-identity: where the account list links to it, always, or never. @default "link" */
      endUser: z.enum(["link", "always", "never"]).default("link"),
      /** Holders by GET /accounts/{id}/owners (1.5) where there is a link. @default true */
      owners: z.boolean().default(true),
    })
    .prefault({}),
  transactions: z
    .strictObject({
      /**
       * Form of dateFrom and dateTo: with the bank's offset, as day, without zone, without zone with milliseconds. `auto` starts as the standard
       * says and takes the day where that is refused. @default "auto"
       */
      dateFormat: z.enum(["auto", "date-time", "date", "local", "local-ms"]).default("auto"),
      /** `dateType` of 1.5. @default null */
      dateType: z.enum(["bookingDate", "transactionDate"]).nullable().default(null),
      /** False at banks that include the day of dateTo. @default true */
      dateToExclusive: z.boolean().default(true),
      /** Leaves `dateTo` out. @default false */
      omitDateTo: z.boolean().default(false),
      /** Days back when the whole history is asked for. Null = the entry's `maxHistoryDays`, else 730. @default null */
      defaultDays: z.int().positive().nullable().default(null),
      /** Longest range of one call, in days; longer ones are split. @default null */
      maxRangeDays: z.int().positive().nullable().default(null),
      /** Asks by the newest entry reference instead of dates where one is known; the name is 1.4.0's or the later one. @default null */
      entryReference: z.enum(["afterEntryReference", "entryReferenceFrom"]).nullable().default(null),
      /** What status OTHR (deferred card) means. @default "pending" */
      otherStatus: z.enum(["pending", "booked"]).default("pending"),
      /** Whether status FUTR (1.5) is kept, as pending. @default true */
      future: z.boolean().default(true),
      /** False at banks that never list pending rows: their absence then proves nothing. @default true */
      pendingListed: z.boolean().default(true),
    })
    .prefault({}),
  paging: z
    .strictObject({
      /** The last page links to itself. @default false */
      selfIsEnd: z.boolean().default(false),
    })
    .prefault({}),
  signing: signing.prefault({}),
  ids: z
    .strictObject({
      /** False: `resourceId` of transactions is dropped. @default true */
      trustResourceId: z.boolean().default(true),
      /** False: `entryReference` is dropped. @default true */
      trustEntryReference: z.boolean().default(true),
    })
    .prefault({}),
  dates: z
    .strictObject({
      /** Booking and value date are exchanged. @default false */
      swapBookingValue: z.boolean().default(false),
    })
    .prefault({}),
  amounts: z
    .strictObject({
      /** `indicator`: size × creditDebitIndicator. `signed`: the amount's own sign, whatever the indicator says. @default "indicator" */
      signRule: z.enum(["indicator", "signed"]).default("indicator"),
      /** Balances of card accounts print debt positive. @default false */
      cardDebtPositive: z.boolean().default(false),
    })
    .prefault({}),
  errors: errorPatterns,
  /** A 403 to a call without the person means "not so often". @default false */
  unattendedForbiddenIsQuota: z.boolean().default(false),
  rateLimit,
});

/** How one bank departs from the standard (standards.md 8.12): the `profile` of its entry, every option with its default. */
export type Profile = z.infer<typeof profile>;

/** @throws Error naming the bank and every unknown or wrong option */
export function readProfile(bankId: string, options: Readonly<Record<string, unknown>>): Profile {
  return readOptions(profile, bankId, options);
}
