import { z } from "zod";
import { AccountType } from "../../domain/account.ts";
import { errorPatterns, psuIp, rateLimit, readOptions, texts, tokenRules } from "../kit/profile-parts.ts";
import { LISTS, listName } from "./lists.ts";

const operation = z.enum(["authorize", "token", "deleteConsent", "getAccounts", "getAccount", ...Object.values(LISTS).map((list) => list.operation)]); // prettier-ignore
/** What a request is for: names for `omitHeaders`, and the context in which an error code is read. */
export type Operation = z.infer<typeof operation>;

const path = z.string().regex(/^(\/[^/?#\s]+)*$/, "must be a path like /v3_0.1/accounts/v3_0.1");

const consent = z.strictObject({
  flow: z
    .enum(["one-step", "exchange", "two-redirects"])
    .default("one-step")
    .describe(
      "`one-step`: scope `ais`, the person picks the accounts at the bank (or `accounts` names them). `exchange`: scope `ais-accounts` first, whose token is then exchanged (`exchange_token`) for one of scope `ais` on all accounts it lists. `two-redirects`: the same with a second authorisation.",
    ),
  accounts: z.array(z.string().min(1)).default([]).describe("Account numbers known beforehand, for banks where the person cannot pick."),
  maxValidDays: z
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe("Longest validity in days, today included; narrower than the entry's `maxConsentDays`."),
  recurring: z.boolean().default(true).describe("`scopeUsageLimit`: multiple, else single."),
  otherHistoryDays: z.int().min(1).max(1460).default(90).describe("`maxAllowedHistoryLong` of all lists but the done one, 1 to 1460 days."),
  bankNames: z
    .boolean()
    .default(false)
    .describe("The bank gives consents names of its own, which are taken over. Tokens for another person's consent are then not noticed."),
});

const signing = z.strictObject({
  enabled: z.boolean().nullable().default(null).describe("Null = whenever the entry has a `sign` certificate."),
  algorithm: z.enum(["RS256", "PS256", "ES256"]).nullable().default(null).describe("Null = RS256, or ES256 for an EC key."),
  references: z
    .array(z.enum(["kid", "x5t#S256", "x5c"]))
    .default(["kid", "x5t#S256"])
    .describe("How the JWS header names the certificate; `kid` is the entry's `sign.keyId`."),
  x5u: z.url().nullable().default(null).describe("URL of the certificate, for banks that fetch it."),
});

const answers = z.strictObject({
  jwksUrl: z.url().nullable().default(null).describe("Where the bank publishes its keys (`jwks_uri` of its /register answer)."),
  jwks: z.array(z.record(z.string(), z.unknown())).default([]).describe("The bank's keys as its /register answer or its JWKS holds them."),
  certificates: z.array(z.string()).default([]).describe("The bank's seal certificates, PEM."),
  verify: z
    .boolean()
    .nullable()
    .default(null)
    .describe("Answers without a good signature are refused. Null = wherever a key of the bank is known."),
});

const profile = z.strictObject({
  version: z
    .string()
    .regex(/^(2\.1|3\.0)(\.\d+)?$/, "must be 2.1, 2.1.x, 3.0 or 3.0.x")
    .default("3.0")
    .describe("Decides the paths, and what a requestHeader holds."),
  implementation: z.int().positive().default(1).describe("The bank's own number behind the version in paths."),
  authBase: path
    .nullable()
    .default(null)
    .describe(
      "Path of the authorisation services below `baseUrl`. Null = `/v3_0.1/auth/v3_0.1`, by version. `auth.authorizationUrl` and `tokenUrl` win.",
    ),
  accountsBase: path.nullable().default(null).describe("Path of the account services. Null = `/v3_0.1/accounts/v3_0.1`, by version."),
  tppId: z.string().nullable().default(null).describe("Null = `auth.clientId`."),
  language: z.string().default("pl").describe("Accept-Language."),
  codeField: z
    .enum(["Code", "code"])
    .default("Code")
    .describe("The field of the code in a token request: the standard writes it with a capital."),
  extraHeaders: texts.default({}).describe("Added to every request (X-JWS-TPP-ID, X-IBM-Client-Id); values may be secret."),
  omitHeaders: z.partialRecord(operation, z.array(z.string())).default({}).describe("Header names that an operation must not carry."),
  consent: consent.prefault({}),
  tokenRules,
  psuIp,
  accounts: z
    .strictObject({
      types: z
        .record(z.string(), z.enum(Object.keys(AccountType) as (keyof typeof AccountType)[]))
        .default({})
        .describe("Codes (or descriptions) of the bank's dictionary of account types."),
    })
    .prefault({}),
  transactions: z
    .strictObject({
      lists: z
        .array(listName)
        .default(["done", "pending", "holds"])
        .describe("`rejected` and `cancelled` are read only to keep their rows out of the others."),
      dateFilter: z.enum(["booking", "transaction"]).default("booking").describe("The date that windows are asked by."),
      defaultDays: z
        .int()
        .positive()
        .nullable()
        .default(null)
        .describe(
          "Days back when the whole history is asked for; never more than granted. Null = the entry's `maxHistoryDays`, else as granted.",
        ),
      maxRangeDays: z.int().positive().nullable().default(null).describe("Longest range of one call, in days; longer ones are split."),
      perPage: z.int().positive().nullable().default(null).describe("Rows a page. Null = as the bank likes."),
    })
    .prefault({}),
  signing: signing.prefault({}),
  answers: answers.prefault({}),
  ids: z
    .strictObject({
      trustItemId: z.boolean().default(true).describe("False: `itemId` is dropped."),
    })
    .prefault({}),
  amounts: z
    .strictObject({
      cardDebtPositive: z.boolean().default(false).describe("Balances of card and loan accounts print debt positive."),
    })
    .prefault({}),
  errors: errorPatterns,
  rateLimit,
});

/** How one bank departs from the standard (standards.md 5 and 8.12): the `profile` of its entry; schema/bank-profiles.md lists every option. */
export type Profile = z.infer<typeof profile>;

/** The schema itself: for the check of entries when they are loaded, and for the documentation of its options. */
export const polishApiProfile = profile;

/** @throws Error naming the bank and every unknown or wrong option */
export function readProfile(bankId: string, options: Readonly<Record<string, unknown>>): Profile {
  return readOptions(profile, bankId, options);
}
