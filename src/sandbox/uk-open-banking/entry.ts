import type { BankEntry } from "../kit/sandbox-bank.ts";
import type { ClientRegistration } from "../oauth/client-registration.ts";
import { FAPI_PATHS } from "../oauth/fapi-configuration.ts";
import type { Settings } from "./options.ts";
import type { TppKey } from "./tpp-key.ts";

export function bankEntry(settings: Settings, origin: string, client: ClientRegistration, key: TppKey): BankEntry {
  return {
    id: settings.id,
    name: settings.name,
    country: settings.country,
    bic: settings.bic,
    standard: "UK_OPEN_BANKING",
    baseUrl: origin + settings.prefix,
    environment: "sandbox",
    psuTypes: ["PERSONAL", "BUSINESS"],
    auth: {
      authorizationUrl: origin + FAPI_PATHS.authorization,
      tokenUrl: origin + FAPI_PATHS.token,
      clientId: client.clientId,
      ...(client.method.startsWith("client_secret") ? { clientSecret: client.clientSecret } : {}),
      method: client.method,
    },
    sign: { cert: key.cert, key: key.key, keyId: key.keyId },
    maxHistoryDays: settings.maxHistoryDays,
    maxConsentDays: settings.maxConsentDays,
    unattendedCallsPerDay: settings.unattendedCallsPerDay,
    timeZone: settings.timeZone,
    profile: { version: settings.version, ...(settings.flow === "par" ? { responseType: "code" } : {}) },
  };
}
