import type { BankEntry } from "../kit/sandbox-bank.ts";
import { OAUTH_PATHS } from "../oauth/authorization-server.ts";
import type { ClientRegistration } from "../oauth/client-registration.ts";
import type { Settings } from "./options.ts";

export function bankEntry(settings: Settings, origin: string, client: ClientRegistration): BankEntry {
  const { sca } = settings;
  const profile =
    sca === "oauth-integrated"
      ? {}
      : {
          profile: {
            scaApproach: sca === "decoupled" ? ("decoupled" as const) : ("redirect" as const),
            oauthMode: sca === "oauth-pre-step" ? ("pre-step" as const) : ("none" as const),
          },
        };
  return {
    id: settings.id,
    name: settings.name,
    country: settings.country,
    bic: settings.bic,
    standard: "BERLIN_GROUP",
    baseUrl: origin + settings.prefix,
    environment: "sandbox",
    psuTypes: ["PERSONAL", "BUSINESS"],
    auth: {
      authorizationUrl: origin + OAUTH_PATHS.authorization,
      tokenUrl: origin + OAUTH_PATHS.token,
      clientId: client.clientId,
      clientSecret: client.clientSecret,
      method: client.method,
      ...(sca === "oauth-pre-step" ? { scope: "AISP" } : {}),
    },
    maxHistoryDays: settings.maxHistoryDays,
    maxConsentDays: settings.maxConsentDays,
    unattendedCallsPerDay: 4,
    timeZone: settings.timeZone,
    ...profile,
  };
}
