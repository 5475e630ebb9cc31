import type { BankEntry } from "../kit/sandbox-bank.ts";
import { OAUTH_PATHS } from "../oauth/authorization-server.ts";
import type { ClientRegistration } from "../oauth/client-registration.ts";
import type { TppSeal } from "../pki/tpp-seal.ts";
import type { Settings } from "./options.ts";
import { certificateUrl } from "./signature-check.ts";

export function bankEntry(settings: Settings, origin: string, client: ClientRegistration, seal: TppSeal | undefined): BankEntry {
  return {
    id: settings.id,
    name: settings.name,
    country: settings.country,
    bic: settings.bic,
    standard: "STET",
    baseUrl: origin + settings.prefix,
    environment: "sandbox",
    psuTypes: ["PERSONAL", "BUSINESS"],
    auth: {
      authorizationUrl: origin + OAUTH_PATHS.authorization,
      tokenUrl: origin + OAUTH_PATHS.token,
      clientId: client.clientId,
      clientSecret: client.clientSecret,
      method: client.method,
    },
    ...(seal ? { sign: { cert: seal.cert, key: seal.key, keyId: certificateUrl(origin, seal.cert) } } : {}),
    maxHistoryDays: settings.maxHistoryDays,
    maxConsentDays: settings.consentDays,
    unattendedCallsPerDay: settings.unattendedCallsPerDay,
    timeZone: settings.timeZone,
    ...(settings.revocation ? { profile: { revocationUrl: origin + OAUTH_PATHS.revocation } } : {}),
  };
}
