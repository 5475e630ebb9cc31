import { z } from "zod";
import { BankStandard, ConsentScope, Environment, PsuType } from "../domain/bank.ts";

/** The shape of one bank in BANKS_FILE, checked field by field; what needs other fields or files is checked in load.ts. */

const text = z.string().trim().min(1, "must not be empty").max(500, "is longer than 500 characters");
const optional = text.nullish().transform((value) => value ?? null);

const url = text.refine((value) => {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, hash, search } = new URL(value);
  return (protocol === "http:" || protocol === "https:") && username + password + hash + search === "";
}, "must be an absolute http or https URL without user, query and fragment");
const optionalUrl = url.nullish().transform((value) => value ?? null);

const days = z.int("must be a whole number").min(1, "must be at least 1").max(36_500, "must be at most 36500");
const optionalDays = days.nullish().transform((value) => value ?? null);

/** `Berlin Group`, `berlin-group` and `BERLIN_GROUP` are one word. */
function oneOf<T extends string>(words: Readonly<Record<T, T>>) {
  const known = Object.values<T>(words);
  return z.string().transform((value, context): T => {
    const wanted = value.trim().toUpperCase().replace(/[^A-Z0-9]+/g, "_"); // prettier-ignore
    const word = known.find((candidate) => candidate === wanted);
    if (word !== undefined) return word;
    context.addIssue({ code: "custom", message: `is ${JSON.stringify(value)}, expected one of ${known.join(", ")}` });
    return z.NEVER;
  });
}

const bic = text.toUpperCase().regex(/^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/, "must be a BIC of 8 or 11 characters");

/** PEM text or a file name: longer than other texts may be. */
const pem = z.string().trim().min(1, "must not be empty").max(100_000, "is longer than 100000 characters");
const pair = { cert: pem, key: pem };

export const ENTRY = z.object({
  id: text.regex(/^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$/, "must be 1 to 64 letters, digits, dots, dashes, underscores or tildes"),
  name: text,
  country: text.toUpperCase().regex(/^[A-Z]{2}$/, "must be a country code of two letters (ISO 3166-1)"),
  bic: bic.nullish().transform((value) => value ?? null),
  nationalBankCode: optional,
  otherBics: z.array(bic).nullish(),
  otherNationalBankCodes: z.array(text).nullish(),
  logo: z
    .string()
    .refine((value) => URL.canParse(value), "must be an absolute URL")
    .nullish()
    .transform((value) => value ?? null),
  standard: oneOf(BankStandard),
  baseUrl: url.transform((value) => value.replace(/\/+$/, "")),
  environment: oneOf(Environment).nullish(),
  psuTypes: z.array(oneOf(PsuType)).min(1, "must name at least one").nullish(),
  scopes: z.array(oneOf(ConsentScope)).min(1, "must name at least one").nullish(),
  auth: z.object({
    authorizationUrl: optionalUrl,
    tokenUrl: optionalUrl,
    clientId: text,
    clientSecret: optional,
    method: z
      .enum(
        ["client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth"],
        "must be client_secret_basic, client_secret_post, private_key_jwt or tls_client_auth",
      ) // prettier-ignore
      .nullish(),
    scope: optional,
  }),
  tls: z.object({ ...pair, ca: pem.nullish() }).nullish(),
  sign: z.object({ ...pair, keyId: text.nullish() }).nullish(),
  maxHistoryDays: optionalDays,
  maxConsentDays: optionalDays,
  unattendedCallsPerDay: z.int("must be a whole number").min(1, "must be at least 1").max(1_000, "must be at most 1000").nullish(),
  timeZone: optional,
  profile: z.record(z.string(), z.unknown()).nullish(),
});

export type Entry = z.output<typeof ENTRY>;
