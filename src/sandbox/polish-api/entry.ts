import type { BankEntry } from "../kit/sandbox-bank.ts";
import type { BankSeal } from "./jws.ts";
import { servicePath, type Settings } from "./options.ts";

export interface EntryParts {
  readonly settings: Settings;
  readonly origin: string;
  readonly clientId: string;
  readonly seal: BankSeal;
  /** The TPP's own, where the sandbox made it. */
  readonly sign: { readonly cert: string; readonly key: string } | undefined;
}

export function bankEntry({ settings, origin, clientId, seal, sign }: EntryParts): BankEntry {
  const { version, implementation, flow } = settings;
  return {
    id: settings.id,
    name: settings.name,
    country: settings.country,
    bic: settings.bic,
    standard: "POLISH_API",
    baseUrl: origin + settings.prefix,
    environment: "sandbox",
    psuTypes: ["PERSONAL", "BUSINESS"],
    auth: {
      authorizationUrl: origin + servicePath(settings, "auth", "authorize"),
      tokenUrl: origin + servicePath(settings, "auth", "token"),
      clientId,
      method: "tls_client_auth",
    },
    ...(sign ? { sign: { cert: sign.cert, key: sign.key } } : {}),
    maxHistoryDays: settings.maxHistoryDays,
    maxConsentDays: settings.maxConsentDays,
    unattendedCallsPerDay: settings.unattendedCallsPerDay,
    timeZone: settings.timeZone,
    profile: { version, implementation, consent: { flow }, answers: { jwks: [seal.jwk] } },
  };
}
