import { z } from "zod";
import { errorPatterns, oauthRules, pathPrefixRules, psuIp, rateLimit, readOptions, texts } from "../kit/profile-parts.ts";

/** What a call is about: errors read differently on each, and headers may be left out by it. */
const operation = z.enum(["consent-create", "consent", "consent-delete", "authorisation", "accounts", "balances", "transactions", "party"]);
export type Operation = z.infer<typeof operation>;

export type ApiVersion = "3.1" | "4.0";

const requestObject = z.strictObject({
  /** A signed request object (RFC 9101); false = plain parameters, where a bank of the old security profile wants those. @default true */
  enabled: z.boolean().default(true),
  /** `iss`. Null = the client id. @default null */
  issuer: z.string().nullable().default(null),
  /** `aud`. Null = the issuer of the authorisation server. @default null */
  audience: z.string().nullable().default(null),
  /** Seconds until `exp`; the FAPI profile allows an hour at most. @default 300 */
  lifeSeconds: z.int().positive().max(3600).default(300),
  /** `max_age` in seconds; null = not sent. @default null */
  maxAge: z.int().nonnegative().nullable().default(null),
  /** `acr` asked for as an essential claim; [] = not asked. @default the two of the Open Banking security profile */
  acrValues: z.array(z.string()).default(["urn:openbanking:psd2:sca", "urn:openbanking:psd2:ca"]),
  /** Cut the nonce to this many characters. @default null */
  nonceMax: z.int().min(8).nullable().default(null),
  /** Claims added or put in place of ours. @default {} */
  extraClaims: z.record(z.string(), z.unknown()).default({}),
});

const consent = z.strictObject({
  /** Longest access asked for, in days; the entry's `maxConsentDays` counts too. @default null */
  maxValidDays: z.int().positive().nullable().default(null),
  /** Sends no ExpirationDateTime: the bank's consent has no end, the hub's still has. @default false */
  openEnded: z.boolean().default(false),
  /** Permissions asked for besides those of the scopes, e.g. `ReadProducts`. @default [] */
  extraPermissions: z.array(z.string().regex(/^Read[A-Za-z]+$/)).default([]),
  /** Permissions that the bank refuses. @default [] */
  omitPermissions: z.array(z.string()).default([]),
  /** `auto`: a renewal re-authenticates the same ConsentId where that reaches as far as is asked. `never`: always a new one. @default "auto" */
  reauthenticate: z.enum(["auto", "never"]).default("auto"),
});

const profile = z.strictObject({
  /** `auto` = as the base URL says, else 4.0, and 3.1 where the bank has no 4.0. @default "auto" */
  version: z.enum(["auto", "3.1", "4.0"]).default("auto"),
  /** Path between the base URL and the resources. Null = `/open-banking/v<version>/aisp`, as far as the base URL lacks it. @default null */
  apiPath: z
    .string()
    .regex(/^(\/[^/?#]+)*$/, "must be empty or begin with a slash and end without one")
    .nullable()
    .default(null),
  ...oauthRules,
  /** OpenID metadata document. Null = `/.well-known/openid-configuration` of `issuer`, else of the authorization URL's origin. @default null */
  discoveryUrl: z.url().nullable().default(null),
  /** Keys of the bank's id_tokens. Null = as the metadata says. @default null */
  jwksUrl: z.url().nullable().default(null),
  /** Pushed authorisation requests endpoint. Null = as the metadata says. @default null */
  parUrl: z.url().nullable().default(null),
  /** `auto`: pushed where the metadata demands it, or with response type `code` where it is offered. @default "auto" */
  par: z.enum(["auto", "always", "never"]).default("auto"),
  /** `code id_token` (FAPI 1 Advanced hybrid, answer in the fragment) or `code`. @default "code id_token" */
  responseType: z.enum(["code id_token", "code"]).default("code id_token"),
  /** Scope of the client's own token. @default "accounts" */
  applicationScope: z.string().default("accounts"),
  requestObject: requestObject.prefault({}),
  idToken: z
    .strictObject({
      /** Signature algorithms that are believed; FAPI allows these two. @default ["PS256", "ES256"] */
      algorithms: z.array(z.enum(["PS256", "ES256", "RS256"])).default(["PS256", "ES256"]),
      /** Response type `code` only: refuse a token answer without an id_token. @default true */
      required: z.boolean().default(true),
    })
    .prefault({}),
  /** Exactly what is sent. @default "application/json" */
  acceptHeader: z.string().default("application/json"),
  /** Added to every request; values may be secret. @default {} */
  extraHeaders: texts.default({}),
  /** Header names that an operation must not carry. @default {} */
  omitHeaders: z.partialRecord(operation, z.array(z.string())).default({}),
  /** Sends Content-Type on GET too. @default false */
  contentTypeOnGet: z.boolean().default(false),
  /** `x-fapi-financial-id`, which 3.0 and early 3.1 banks want. @default null */
  financialId: z.string().nullable().default(null),
  pathPrefixRules,
  consent: consent.prefault({}),
  psuIp,
  transactions: z
    .strictObject({
      /** Of `fromBookingDateTime`: `local` 2026-01-31T00:00:00, `millis` with .000, `offset` with +00:00. @default "local" */
      dateFormat: z.enum(["local", "millis", "offset"]).default("local"),
      /** Days back when the whole history is asked for. Null = no limit is sent, or the entry's `maxHistoryDays`. @default null */
      defaultDays: z.int().positive().nullable().default(null),
      /** Longest range of one call, in days; longer ones are split. @default null */
      maxRangeDays: z.int().positive().nullable().default(null),
      /** Leaves `toBookingDateTime` out. @default false */
      omitTo: z.boolean().default(false),
    })
    .prefault({}),
  ids: z
    .strictObject({
      /** False: `TransactionId` is dropped. @default true */
      trustTransactionId: z.boolean().default(true),
      /** False: `TransactionReference` is text only. @default true */
      trustTransactionReference: z.boolean().default(true),
    })
    .prefault({}),
  amounts: z
    .strictObject({
      /** Card accounts say Credit for debt and for purchases. @default false */
      cardSignsReversed: z.boolean().default(false),
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
