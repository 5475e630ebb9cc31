import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { z } from "zod";
import { ConfigError } from "../config/config-error.ts";
import { ConsentScope, PsuType, type Bank, type ClientAuthMethod, type Environment } from "../domain/bank.ts";
import { ENTRY, type Entry } from "./entry.ts";
import { readPem } from "./pem.ts";
import { isTimeZone, timeZoneOf } from "./time-zones.ts";

export interface LoadOptions {
  /** Of the hub: PRODUCTION refuses http. An entry without `environment` takes it too. */
  readonly environment: Environment;
  /** For entries that do not say (`UNATTENDED_CALLS_PER_DAY`). */
  readonly unattendedCallsPerDay: number;
}

/**
 * Reads BANKS_FILE (design.md section 2).
 * @throws ConfigError with every fault of every entry, each with file and JSON path, never with a value that may be secret
 */
export function loadBanks(file: string, options: LoadOptions): readonly Bank[] {
  const name = basename(file);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new ConfigError([`BANKS_FILE ${file} cannot be read (${reason})`]);
  }
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    // V8's message quotes the text around the fault, and secrets stand in this file.
    throw new ConfigError([`${name} is not JSON`]);
  }
  return parseBanks(entries, name, { ...options, folder: dirname(file) });
}

/**
 * Checks entries that came from elsewhere than a file. PEM file names are relative to `folder`.
 * @param source stands before every fault
 * @throws ConfigError
 */
export function parseBanks(entries: unknown, source: string, options: LoadOptions & { readonly folder?: string }): readonly Bank[] {
  if (!Array.isArray(entries)) throw new ConfigError([`${source}: must be a list of banks`]);
  const faults: string[] = [];
  const firstWith = new Map<string, number>();
  const banks = entries.flatMap((entry: unknown, index): Bank[] => {
    const fault = (path: string, message: string): void => void faults.push(`${source}: [${String(index)}]${path}: ${message}`);
    const parsed = ENTRY.safeParse(entry);
    const id: unknown = typeof entry === "object" && entry !== null && "id" in entry ? entry.id : undefined;
    if (typeof id === "string") {
      const first = firstWith.get(id);
      if (first === undefined) firstWith.set(id, index);
      else fault(".id", `${JSON.stringify(id)} is taken by [${String(first)}]`);
    }
    if (!parsed.success) {
      for (const issue of parsed.error.issues) fault(pathText(issue.path), shown(issue));
      return [];
    }
    return [toBank(parsed.data, options, fault)];
  });
  if (faults.length > 0) throw new ConfigError(faults);
  return banks;
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

function toBank(entry: Entry, options: LoadOptions & { readonly folder?: string }, fault: (path: string, message: string) => void): Bank {
  const { auth } = entry;
  if (options.environment === "PRODUCTION") {
    const urls = { baseUrl: entry.baseUrl, "auth.authorizationUrl": auth.authorizationUrl, "auth.tokenUrl": auth.tokenUrl };
    for (const [path, url] of Object.entries(urls))
      if (url?.startsWith("http:") === true) fault(`.${path}`, "must be https with HUB_ENV=production");
  }
  const timeZone = entry.timeZone ?? timeZoneOf(entry.country);
  if (timeZone === null) fault(".timeZone", `is missing: there is no default for ${entry.country}`);
  else if (!isTimeZone(timeZone)) fault(".timeZone", `${JSON.stringify(timeZone)} is no IANA time zone`);
  if (auth.method?.startsWith("client_secret") === true && auth.clientSecret === null)
    fault(".auth.clientSecret", `is missing: ${auth.method} needs it`);
  if (auth.method === "private_key_jwt" && !entry.sign) fault(".sign", "is missing: private_key_jwt needs it");
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
