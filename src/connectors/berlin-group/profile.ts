import { z } from "zod";
import { errorPatterns, oauthRules, pathPrefixRules, psuIp, rateLimit, readOptions, texts } from "../kit/profile-parts.ts";

const operation = z.enum(["consent-create", "consent", "authorisation", "accounts", "balances", "transactions"]);
/** What a request is for: names for `omitHeaders`, and the context in which an error code is read. */
export type Operation = z.infer<typeof operation>;

const consent = z.strictObject({
  /** `auto`: global where balances and transactions are both asked for, else bank-offered with just those lists. @default "auto" */
  model: z.enum(["auto", "global", "bank-offered", "detailed"]).default("auto"),
  /** Accounts of a detailed consent, known beforehand. @default [] */
  accounts: z.array(z.strictObject({ iban: z.string(), currency: z.string().optional() })).default([]),
  /** Longest validity in days, today included; narrower than the entry's `maxConsentDays`. @default null */
  maxValidDays: z.int().positive().nullable().default(null),
  /** 1 to 4. Null = the entry's `unattendedCallsPerDay`, at most 4. @default null */
  frequencyPerDay: z.int().min(1).max(4).nullable().default(null),
  /** False at banks that give the whole history only to one-off consents. @default true */
  recurring: z.boolean().default(true),
});

const signing = z.strictObject({
  /** Null = whenever the entry has a `sign` certificate. @default null */
  enabled: z.boolean().nullable().default(null),
  /** `{serial}` in capital hex, `{serialDecimal}`, `{issuer}` as DN. The entry's `sign.keyId` wins. @default "SN={serial},CA={issuer}" */
  keyIdTemplate: z.string().default("SN={serial},CA={issuer}"),
  /** Names in signing order; those that a request lacks are left out. `(request-target)`, `(created)` and `(expires)` too. */
  headers: z.array(z.string()).default(["digest", "x-request-id", "psu-id", "psu-corporate-id", "date", "tpp-redirect-uri"]),
  /** As printed in the header. @default "rsa-sha256" */
  algorithm: z.string().default("rsa-sha256"),
  /** Between the parts of the header. @default "," */
  separator: z.string().default(","),
  /** Seconds until `(expires)`. @default 60 */
  expiresAfter: z.int().positive().default(60),
  /** TPP-Signature-Certificate: DER in base64, PEM with armour in one line, or the whole PEM in base64. @default "der" */
  certificateForm: z.enum(["der", "pem", "pem-base64"]).default("der"),
});

const profile = z.strictObject({
  /** What is asked for; the bank's answer decides. @default "redirect" */
  scaApproach: z.enum(["redirect", "decoupled"]).default("redirect"),
  /** `integrated`: a token by the `scaOAuth` link of the consent. `pre-step`: a token before the consent. `none`: never a token. @default "integrated" */
  oauthMode: z.enum(["integrated", "pre-step", "none"]).default("integrated"),
  /** Scope of the integrated authorisation request. @default "AIS:{consentId}" */
  oauthScope: z.string().default("AIS:{consentId}"),
  ...oauthRules,
  /** Exactly what is sent. @default "application/json" */
  acceptHeader: z.string().default("application/json"),
  /** Added to every request; values may be secret. @default {} */
  extraHeaders: texts.default({}),
  /** Header names that an operation must not carry. @default {} */
  omitHeaders: z.partialRecord(operation, z.array(z.string())).default({}),
  /** Sends Content-Type on GET too. @default false */
  contentTypeOnGet: z.boolean().default(false),
  /** TPP-Explicit-Authorisation-Preferred. @default false */
  explicitAuthorisation: z.boolean().default(false),
  /** TPP-Brand-Logging-Information. @default null */
  brand: z.string().nullable().default(null),
  /** Redirect parameter that carries the confirmation code. @default "confirmationCode" */
  confirmationParameter: z.string().default("confirmationCode"),
  pathPrefixRules,
  consent: consent.prefault({}),
  psuIp,
  accounts: z
    .strictObject({
      /** Asks for balances together with the account list. @default false */
      withBalance: z.boolean().default(false),
      /** `/card-accounts` too. `auto`: until the bank says that it has none. @default "auto" */
      cards: z.enum(["auto", "always", "never"]).default("auto"),
      /** Takes an account without `_links` as fully readable; by the standard it is not. @default false */
      assumeLinks: z.boolean().default(false),
    })
    .prefault({}),
  transactions: z
    .strictObject({
      /** What is asked for; what comes is read whatever it is. `auto`: JSON, and camt once the bank has refused JSON. @default "auto" */
      format: z.enum(["auto", "json", "camt.052", "camt.053"]).default("auto"),
      /** Accept of transactions alone. Null = by `format`: the profile's own for JSON, else "application/xml". @default null */
      acceptHeader: z.string().nullable().default(null),
      /** `both` in one call, `apart` in two, or `booked` only. `auto` starts with both and learns. @default "auto" */
      bookingStatus: z.enum(["auto", "both", "apart", "booked"]).default("auto"),
      /** Days back when the whole history is asked for. Null = the entry's `maxHistoryDays`, else 730. @default null */
      defaultDays: z.int().positive().nullable().default(null),
      /** Longest range of one call, in days; longer ones are split. @default null */
      maxRangeDays: z.int().positive().nullable().default(null),
      /** Asks by the newest entry reference instead of a date where one is known. @default false */
      entryReferenceFrom: z.boolean().default(false),
      /** Leaves `dateTo` out. @default false */
      omitDateTo: z.boolean().default(false),
    })
    .prefault({}),
  paging: z
    .strictObject({
      /** All pages of one list carry the same X-Request-ID (Redsys). @default false */
      sameRequestId: z.boolean().default(false),
    })
    .prefault({}),
  signing: signing.prefault({}),
  ids: z
    .strictObject({
      /** False: `transactionId` is dropped. @default true */
      trustTransactionId: z.boolean().default(true),
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
      /** `signed`: minus = out. `inverted`: the reverse. `counterparty`: unsigned, the named side decides. @default "signed" */
      signRule: z.enum(["signed", "inverted", "counterparty"]).default("signed"),
      /** `debitAccounting` of card accounts where the bank does not say or says it wrongly. @default null */
      cardDebtPositive: z.boolean().nullable().default(null),
    })
    .prefault({}),
  errors: errorPatterns,
  rateLimit,
});

/** How one bank departs from the standard (standards.md 8.12): the `profile` of its entry, every option with its default. */
export type Profile = z.infer<typeof profile>;

/** @throws Error naming the bank and every unknown or wrong option */
export function readProfile(bankId: string, options: Readonly<Record<string, unknown>>): Profile {
  return readOptions(profile, bankId, options);
}
