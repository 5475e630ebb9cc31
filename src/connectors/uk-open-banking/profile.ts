import { z } from "zod";
import { errorPatterns, oauthRules, pathPrefixRules, psuIp, rateLimit, readOptions, texts } from "../kit/profile-parts.ts";

/** What a call is about: errors read differently on each, and headers may be left out by it. */
const operation = z.enum(["consent-create", "consent", "consent-delete", "authorisation", "accounts", "balances", "transactions", "party"]);
export type Operation = z.infer<typeof operation>;

export type ApiVersion = "3.1" | "4.0";

const requestObject = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe("A signed request object (RFC 9101); false = plain parameters, where a bank of the old security profile wants those."),
  issuer: z.string().nullable().default(null).describe("`iss`. Null = the client id."),
  audience: z.string().nullable().default(null).describe("`aud`. Null = the issuer of the authorisation server."),
  lifeSeconds: z.int().positive().max(3600).default(300).describe("Seconds until `exp`; the FAPI profile allows an hour at most."),
  maxAge: z.int().nonnegative().nullable().default(null).describe("`max_age` in seconds; null = not sent."),
  acrValues: z
    .array(z.string())
    .default(["urn:openbanking:psd2:sca", "urn:openbanking:psd2:ca"])
    .describe("`acr` asked for as an essential claim; [] = not asked."),
  nonceMax: z.int().min(8).nullable().default(null).describe("Cut the nonce to this many characters."),
  extraClaims: z.record(z.string(), z.unknown()).default({}).describe("Claims added or put in place of ours."),
});

const consent = z.strictObject({
  maxValidDays: z
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe("Longest access asked for, in days; the entry's `maxConsentDays` counts too."),
  openEnded: z.boolean().default(false).describe("Sends no ExpirationDateTime: the bank's consent has no end, the hub's still has."),
  extraPermissions: z
    .array(z.string().regex(/^Read[A-Za-z]+$/))
    .default([])
    .describe("Permissions asked for besides those of the scopes, e.g. `ReadProducts`."),
  omitPermissions: z.array(z.string()).default([]).describe("Permissions that the bank refuses."),
  reauthenticate: z
    .enum(["auto", "never"])
    .default("auto")
    .describe("`auto`: a renewal re-authenticates the same ConsentId where that reaches as far as is asked. `never`: always a new one."),
});

const profile = z.strictObject({
  version: z
    .enum(["auto", "3.1", "4.0"])
    .default("auto")
    .describe("`auto` = as the base URL says, else 4.0, and 3.1 where the bank has no 4.0."),
  apiPath: z
    .string()
    .regex(/^(\/[^/?#]+)*$/, "must be empty or begin with a slash and end without one")
    .nullable()
    .default(null)
    .describe("Path between the base URL and the resources. Null = `/open-banking/v<version>/aisp`, as far as the base URL lacks it."),
  ...oauthRules,
  discoveryUrl: z
    .url()
    .nullable()
    .default(null)
    .describe("OpenID metadata document. Null = `/.well-known/openid-configuration` of `issuer`, else of the authorization URL's origin."),
  jwksUrl: z.url().nullable().default(null).describe("Keys of the bank's id_tokens. Null = as the metadata says."),
  parUrl: z.url().nullable().default(null).describe("Pushed authorisation requests endpoint. Null = as the metadata says."),
  par: z
    .enum(["auto", "always", "never"])
    .default("auto")
    .describe("`auto`: pushed where the metadata demands it, or with response type `code` where it is offered."),
  responseType: z
    .enum(["code id_token", "code"])
    .default("code id_token")
    .describe("`code id_token` (FAPI 1 Advanced hybrid, answer in the fragment) or `code`."),
  applicationScope: z.string().default("accounts").describe("Scope of the client's own token."),
  requestObject: requestObject.prefault({}),
  idToken: z
    .strictObject({
      algorithms: z
        .array(z.enum(["PS256", "ES256", "RS256"]))
        .default(["PS256", "ES256"])
        .describe("Signature algorithms that are believed; FAPI allows these two."),
      required: z.boolean().default(true).describe("Response type `code` only: refuse a token answer without an id_token."),
    })
    .prefault({}),
  acceptHeader: z.string().default("application/json").describe("Exactly what is sent."),
  extraHeaders: texts.default({}).describe("Added to every request; values may be secret."),
  omitHeaders: z.partialRecord(operation, z.array(z.string())).default({}).describe("Header names that an operation must not carry."),
  contentTypeOnGet: z.boolean().default(false).describe("Sends Content-Type on GET too."),
  financialId: z.string().nullable().default(null).describe("`x-fapi-financial-id`, which 3.0 and early 3.1 banks want."),
  pathPrefixRules,
  consent: consent.prefault({}),
  psuIp,
  transactions: z
    .strictObject({
      dateFormat: z
        .enum(["local", "millis", "offset"])
        .default("local")
        .describe("Of `fromBookingDateTime`: `local` 2026-01-31T00:00:00, `millis` with .000, `offset` with +00:00."),
      defaultDays: z
        .int()
        .positive()
        .nullable()
        .default(null)
        .describe("Days back when the whole history is asked for. Null = no limit is sent, or the entry's `maxHistoryDays`."),
      maxRangeDays: z.int().positive().nullable().default(null).describe("Longest range of one call, in days; longer ones are split."),
      omitTo: z.boolean().default(false).describe("Leaves `toBookingDateTime` out."),
    })
    .prefault({}),
  ids: z
    .strictObject({
      trustTransactionId: z.boolean().default(true).describe("False: `TransactionId` is dropped."),
      trustTransactionReference: z.boolean().default(true).describe("False: `TransactionReference` is text only."),
    })
    .prefault({}),
  amounts: z
    .strictObject({
      cardSignsReversed: z.boolean().default(false).describe("Card accounts say Credit for debt and for purchases."),
    })
    .prefault({}),
  errors: errorPatterns,
  rateLimit,
});

/** How one bank departs from the standard (standards.md 8.12): the `profile` of its entry; schema/bank-profiles.md lists every option. */
export type Profile = z.infer<typeof profile>;

/** The schema itself: for the check of entries when they are loaded, and for the documentation of its options. */
export const ukOpenBankingProfile = profile;

/** @throws Error naming the bank and every unknown or wrong option */
export function readProfile(bankId: string, options: Readonly<Record<string, unknown>>): Profile {
  return readOptions(profile, bankId, options);
}
