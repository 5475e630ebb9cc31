import { z } from "zod";
import { BankErrorCode } from "../../domain/failure.ts";
import { FAILURE_CLASSES } from "./verdicts.ts";

/** Options that profiles of several standards share (standards.md 8.12): one spelling and one default everywhere. */

export const regex = z.string().refine((text) => isRegex(text), "is not a regular expression");
export const texts = z.record(z.string(), z.string());

export const tokenRules = z
  .strictObject({
    refreshRotates: z.boolean().default(true).describe("False: a lost refresh may be repeated, the old refresh token stays good."),
    refreshExtraParams: texts.default({}).describe("Form fields added to a refresh."),
    codeExtraParams: texts.default({}).describe("Form fields added to the exchange of a code."),
    invalidGrantPatterns: z.array(regex).default([]).describe("Words of a refused refresh that mean `invalid_grant`."),
    lifeFactor: z.number().gt(0).max(1).default(1).describe("Share of `expires_in` that is believed."),
  })
  .prefault({});

export const oauthRules = {
  issuer: z.string().nullable().default(null).describe("Expected `iss`; null = as the bank's metadata says."),
  oauthAudience: z.string().nullable().default(null).describe("`aud` of a client assertion. Null = the token endpoint."),
  pkce: z.boolean().default(true).describe("Sends a code challenge (S256, RFC 7636)."),
  tokenRules,
};

export interface OAuthRules {
  readonly issuer: string | null;
  readonly oauthAudience: string | null;
  readonly pkce: boolean;
  readonly tokenRules: z.infer<typeof tokenRules>;
}

export const psuIp = z
  .strictObject({
    constant: z
      .string()
      .nullable()
      .default(null)
      .describe(
        "Address sent where the person's is unknown or cannot be sent and one is mandatory (opening a consent). Null = this machine's own, as the standard says.",
      ),
    always: z.boolean().default(false).describe("Sends `constant` with unattended calls too: only where a bank demands it in writing."),
    ipv4Only: z
      .boolean()
      .default(false)
      .describe("An IPv6 address of the person is not sent; `constant` stands in for it while they are there."),
  })
  .refine(({ always, constant }) => !always || constant !== null, {
    path: ["always"],
    message: "needs psuIp.constant: a presence is not to be invented",
  })
  .prefault({});
export type PsuIpRules = z.infer<typeof psuIp>;

export const errorPatterns = z
  .strictObject({
    patterns: z
      .array(
        z.strictObject({
          match: regex,
          status: z.int().optional(),
          failure: z.enum(FAILURE_CLASSES),
          code: z.enum(Object.keys(BankErrorCode) as (keyof typeof BankErrorCode)[]),
        }),
      )
      .default([])
      .describe("Tried in order on the bank's code and text, before every other rule."),
  })
  .prefault({});
export type ErrorPatterns = z.infer<typeof errorPatterns>["patterns"];

export const pathPrefixRules = z
  .array(z.strictObject({ from: z.string(), to: z.string() }))
  .default([])
  .describe("Applied in order to the path of every link of the bank: a leading `from` becomes `to`.");
export type PathPrefixRules = z.infer<typeof pathPrefixRules>;

export const rateLimit = z
  .strictObject({
    concurrency: z.int().positive().default(16).describe("Calls to the bank at the same time."),
  })
  .prefault({});

/** Cavage HTTP signatures: how one bank wants them. */
export interface SigningRules {
  readonly enabled: boolean | null;
  readonly keyIdTemplate: string;
  readonly headers: readonly string[];
  readonly algorithm: string;
  readonly separator: string;
  readonly expiresAfter: number;
  /** Form of the header TPP-Signature-Certificate; `none`: there is none. */
  readonly certificateForm: "none" | "der" | "pem" | "pem-base64";
  /** `body`: a Digest only where there is a body. @default "always" */
  readonly digest?: "always" | "body";
  /** The bank signs and checks `(request-target)` under another path than it is called by. @default [] */
  readonly targetRules?: PathPrefixRules;
}

/** @throws Error naming the bank and every unknown or wrong option */
export function readOptions<T>(schema: z.ZodType<T>, bankId: string, options: Readonly<Record<string, unknown>>): T {
  const read = schema.safeParse(options);
  if (read.success) return read.data;
  const wrong = read.error.issues.map(({ path, message }) => `${["profile", ...path.map(String)].join(".")}: ${message}`);
  throw new Error(`bank "${bankId}": ${wrong.join("; ")}`);
}

function isRegex(text: string): boolean {
  try {
    new RegExp(text, "i");
    return true;
  } catch {
    return false;
  }
}
