import { z } from "zod";
import { AccountType } from "../../domain/account.ts";
import { errorPatterns, psuIp, rateLimit, readOptions, texts, tokenRules } from "../kit/profile-parts.ts";
import { LISTS, listName } from "./lists.ts";

const operation = z.enum(["authorize", "token", "deleteConsent", "getAccounts", "getAccount", ...Object.values(LISTS).map((list) => list.operation)]); // prettier-ignore
/** What a request is for: names for `omitHeaders`, and the context in which an error code is read. */
export type Operation = z.infer<typeof operation>;

const path = z.string().regex(/^(\/[^/?#\s]+)*$/, "must be a path like /v3_0.1/accounts/v3_0.1");

const consent = z.strictObject({
  /**
   * `one-step`: scope `ais`, the person picks the accounts at the bank (or `accounts` names them). `exchange`: scope `ais-accounts` first, whose token
   * is then exchanged (`exchange_token`) for one of scope `ais` on all accounts it lists. `two-redirects`: the same with a second authorisation.
   * @default "one-step"
   */
  flow: z.enum(["one-step", "exchange", "two-redirects"]).default("one-step"),
  /** Account numbers known beforehand, for banks where the person cannot pick. @default [] */
  accounts: z.array(z.string().min(1)).default([]),
  /** Longest validity in days, today included; narrower than the entry's `maxConsentDays`. @default null */
  maxValidDays: z.int().positive().nullable().default(null),
  /** `scopeUsageLimit`: multiple, else single. @default true */
  recurring: z.boolean().default(true),
  /** `maxAllowedHistoryLong` of all lists but the done one, 1 to 1460 days. @default 90 */
  otherHistoryDays: z.int().min(1).max(1460).default(90),
  /** The bank gives consents names of its own, which are taken over. Tokens for another person's consent are then not noticed. @default false */
  bankNames: z.boolean().default(false),
});

const signing = z.strictObject({
  /** Null = whenever the entry has a `sign` certificate. @default null */
  enabled: z.boolean().nullable().default(null),
  /** Null = RS256, or ES256 for an EC key. @default null */
  algorithm: z.enum(["RS256", "PS256", "ES256"]).nullable().default(null),
  /** How the JWS header names the certificate; `kid` is the entry's `sign.keyId`. @default ["kid", "x5t#S256"] */
  references: z.array(z.enum(["kid", "x5t#S256", "x5c"])).default(["kid", "x5t#S256"]),
  /** URL of the certificate, for banks that fetch it. @default null */
  x5u: z.url().nullable().default(null),
});

const answers = z.strictObject({
  /** Where the bank publishes its keys (`jwks_uri` of its /register answer). @default null */
  jwksUrl: z.url().nullable().default(null),
  /** The bank's keys as its /register answer or its JWKS holds them. @default [] */
  jwks: z.array(z.record(z.string(), z.unknown())).default([]),
  /** The bank's seal certificates, PEM. @default [] */
  certificates: z.array(z.string()).default([]),
  /** Answers without a good signature are refused. Null = wherever a key of the bank is known. @default null */
  verify: z.boolean().nullable().default(null),
});

const profile = z.strictObject({
  /** Decides the paths, and what a requestHeader holds. @default "3.0" */
  version: z
    .string()
    .regex(/^(2\.1|3\.0)(\.\d+)?$/, "must be 2.1, 2.1.x, 3.0 or 3.0.x")
    .default("3.0"),
  /** The bank's own number behind the version in paths. @default 1 */
  implementation: z.int().positive().default(1),
  /** Path of the authorisation services below `baseUrl`. Null = `/v3_0.1/auth/v3_0.1`, by version. `auth.authorizationUrl` and `tokenUrl` win. @default null */
  authBase: path.nullable().default(null),
  /** Path of the account services. Null = `/v3_0.1/accounts/v3_0.1`, by version. @default null */
  accountsBase: path.nullable().default(null),
  /** Null = `auth.clientId`. @default null */
  tppId: z.string().nullable().default(null),
  /** Accept-Language. @default "pl" */
  language: z.string().default("pl"),
  /** The field of the code in a token request: the standard writes it with a capital. @default "Code" */
  codeField: z.enum(["Code", "code"]).default("Code"),
  /** Added to every request (X-JWS-TPP-ID, X-IBM-Client-Id); values may be secret. @default {} */
  extraHeaders: texts.default({}),
  /** Header names that an operation must not carry. @default {} */
  omitHeaders: z.partialRecord(operation, z.array(z.string())).default({}),
  consent: consent.prefault({}),
  tokenRules,
  psuIp,
  accounts: z
    .strictObject({
      /** Codes (or descriptions) of the bank's dictionary of account types. @default {} */
      types: z.record(z.string(), z.enum(Object.keys(AccountType) as (keyof typeof AccountType)[])).default({}),
    })
    .prefault({}),
  transactions: z
    .strictObject({
      /** `rejected` and `cancelled` are read only to keep their rows out of the others. @default ["done", "pending", "holds"] */
      lists: z.array(listName).default(["done", "pending", "holds"]),
      /** The date that windows are asked by. @default "booking" */
      dateFilter: z.enum(["booking", "transaction"]).default("booking"),
      /** Days back when the whole history is asked for; never more than granted. Null = the entry's `maxHistoryDays`, else as granted. @default null */
      defaultDays: z.int().positive().nullable().default(null),
      /** Longest range of one call, in days; longer ones are split. @default null */
      maxRangeDays: z.int().positive().nullable().default(null),
      /** Rows a page. Null = as the bank likes. @default null */
      perPage: z.int().positive().nullable().default(null),
    })
    .prefault({}),
  signing: signing.prefault({}),
  answers: answers.prefault({}),
  ids: z
    .strictObject({
      /** False: `itemId` is dropped. @default true */
      trustItemId: z.boolean().default(true),
    })
    .prefault({}),
  amounts: z
    .strictObject({
      /** Balances of card and loan accounts print debt positive. @default false */
      cardDebtPositive: z.boolean().default(false),
    })
    .prefault({}),
  errors: errorPatterns,
  rateLimit,
});

/** How one bank departs from the standard (standards.md 5 and 8.12): the `profile` of its entry, every option with its default. */
export type Profile = z.infer<typeof profile>;

/** @throws Error naming the bank and every unknown or wrong option */
export function readProfile(bankId: string, options: Readonly<Record<string, unknown>>): Profile {
  return readOptions(profile, bankId, options);
}
