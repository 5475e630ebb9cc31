import type { z } from "zod";
import { ConfigError } from "../config/config-error.ts";
import { ConsentScope, PsuType, type Bank, type BankStandard, type ClientAuthMethod, type Environment } from "../domain/bank.ts";
import type { BankId } from "../domain/ids.ts";
import { ENTRY, type Entry } from "./entry.ts";
import { readPem } from "./pem.ts";
import { isTimeZone, timeZoneOf } from "./time-zones.ts";

export interface LoadOptions {
  /** Of the hub: PRODUCTION refuses http. An entry without `environment` takes it too. */
  readonly environment: Environment;
  /** For entries that do not say (`UNATTENDED_CALLS_PER_DAY`). */
  readonly unattendedCallsPerDay: number;
  /** What is wrong with the profile of a bank of this standard. @default nothing is looked at */
  readonly profileFaults?: ProfileCheck;
}

/** The standards know their options; this folder knows no standard. */
export type ProfileCheck = (
  standard: BankStandard,
  options: unknown,
) => readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];

export interface ParseOptions extends LoadOptions {
  /** PEM file names are relative to it. @default the working directory */
  readonly folder?: string;
  /** Ids that are in use, each with who has it. */
  readonly taken?: ReadonlyMap<BankId, string>;
}

/** Entries that are right, and what is wrong with the others. */
export interface Parsed {
  readonly banks: readonly Bank[];
  /** Each with source and JSON path, never with a value that may be secret. */
  readonly faults: readonly string[];
  /** The ids of faulty entries; null for one that has none, so that it may be anybody's. */
  readonly faulty: readonly (BankId | null)[];
}

/**
 * Checks every entry by itself: a faulty one is named and left out.
 * @param source stands before every fault
 */
export function parseEntries(entries: readonly unknown[], source: string, options: ParseOptions): Parsed {
  const faults: string[] = [];
  const faulty: (BankId | null)[] = [];
  const owners = new Map(options.taken);
  const banks = entries.flatMap((entry: unknown, index): Bank[] => {
    const before = faults.length;
    const fault = (path: string, message: string): void => void faults.push(`${source}: [${String(index)}]${path}: ${message}`);
    const parsed = ENTRY.safeParse(entry);
    const id = idOf(entry);
    if (id !== null) {
      const owner = owners.get(id);
      if (owner === undefined) owners.set(id, `[${String(index)}]`);
      else fault(".id", `${JSON.stringify(id)} is taken by ${owner}`);
    }
    for (const issue of parsed.error?.issues ?? []) fault(pathText(issue.path), shown(issue));
    const bank = parsed.success ? toBank(parsed.data, options, fault) : null;
    if (bank !== null && faults.length === before) return [bank];
    faulty.push(id);
    return [];
  });
  return { banks, faults, faulty };
}

/** As {@link parseEntries}, for entries that must all be right. @throws ConfigError with every fault */
export function parseBanks(entries: readonly unknown[], source: string, options: ParseOptions): readonly Bank[] {
  const { banks, faults } = parseEntries(entries, source, options);
  if (faults.length > 0) throw new ConfigError(faults);
  return banks;
}

function idOf(entry: unknown): BankId | null {
  const id: unknown = typeof entry === "object" && entry !== null && "id" in entry ? entry.id : null;
  return typeof id === "string" ? id.trim() : null;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map((part) => (typeof part === "number" ? `[${String(part)}]` : `.${String(part)}`)).join("");
}

function shown(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_type") return issue.message;
  // Zod reports a missing key as a type fault; `input` is left out of issues, so the words tell the two apart.
  return /received undefined/.test(issue.message)
    ? "is missing"
    : `must be ${/^[aeiou]/.test(issue.expected) ? "an" : "a"} ${issue.expected}`;
}

function toBank(entry: Entry, options: ParseOptions, fault: (path: string, message: string) => void): Bank {
  const { auth } = entry;
  if (options.environment === "PRODUCTION") {
    const urls = { baseUrl: entry.baseUrl, "auth.authorizationUrl": auth.authorizationUrl, "auth.tokenUrl": auth.tokenUrl };
    for (const [path, url] of Object.entries(urls))
      if (url?.startsWith("http:") === true) fault(`.${path}`, "must be https with HUB_ENV=production");
    if (entry.environment === "SANDBOX") fault(".environment", "must not be SANDBOX with HUB_ENV=production");
  }
  const timeZone = entry.timeZone ?? timeZoneOf(entry.country);
  if (timeZone === null) fault(".timeZone", `is missing: there is no default for ${entry.country}`);
  else if (!isTimeZone(timeZone)) fault(".timeZone", `${JSON.stringify(timeZone)} is no IANA time zone`);
  if (auth.method?.startsWith("client_secret") === true && auth.clientSecret === null)
    fault(".auth.clientSecret", `is missing: ${auth.method} needs it`);
  if (auth.method === "private_key_jwt" && !entry.sign) fault(".sign", "is missing: private_key_jwt needs it");
  for (const { path, message } of options.profileFaults?.(entry.standard, entry.profile ?? {}) ?? [])
    fault(`.profile${pathText(path)}`, message);
  const pem = (path: string, value: string, kind: "certificate" | "private key"): string => {
    const answer = readPem(value, kind, options.folder ?? ".");
    if ("fault" in answer) fault(path, answer.fault);
    return "pem" in answer ? answer.pem : "";
  };
  const { tls, sign } = entry;
  return {
    id: entry.id,
    name: entry.name,
    country: entry.country,
    bic: entry.bic,
    nationalBankCode: entry.nationalBankCode,
    ...(entry.otherBics ? { otherBics: unique(entry.otherBics) } : {}),
    ...(entry.otherNationalBankCodes ? { otherNationalBankCodes: unique(entry.otherNationalBankCodes) } : {}),
    logo: entry.logo,
    standard: entry.standard,
    environment: entry.environment ?? options.environment,
    connection: {
      baseUrl: entry.baseUrl,
      auth: { ...auth, method: auth.method ?? defaultMethod(auth.clientSecret) },
      tls: tls
        ? {
            cert: pem(".tls.cert", tls.cert, "certificate"),
            key: pem(".tls.key", tls.key, "private key"),
            ca: tls.ca == null ? null : pem(".tls.ca", tls.ca, "certificate"),
          }
        : null,
      sign: sign
        ? {
            cert: pem(".sign.cert", sign.cert, "certificate"),
            key: pem(".sign.key", sign.key, "private key"),
            keyId: sign.keyId ?? null,
          }
        : null,
      profile: entry.profile ?? {},
    },
    psuTypes: unique(entry.psuTypes ?? Object.values(PsuType)),
    scopes: unique(entry.scopes ?? Object.values(ConsentScope)),
    maxHistoryDays: entry.maxHistoryDays,
    maxConsentDays: entry.maxConsentDays,
    unattendedCallsPerDay: entry.unattendedCallsPerDay ?? options.unattendedCallsPerDay,
    timeZone: timeZone ?? "UTC", // reached with a fault only, so that one pass reports all
  };
}

// Without a secret the client id alone goes into the body, which is what tls_client_auth does (RFC 8705 section 2).
function defaultMethod(clientSecret: string | null): ClientAuthMethod {
  return clientSecret === null ? "tls_client_auth" : "client_secret_basic";
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
