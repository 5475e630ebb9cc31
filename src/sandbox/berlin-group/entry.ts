import { OAUTH_PATHS } from "../oauth/authorization-server.ts";
import type { ClientRegistration } from "../oauth/client-registration.ts";
import type { Settings } from "./options.ts";

/** One bank as an entry of the hub's BANKS_FILE. */
export interface BankEntry {
  readonly id: string;
  readonly name: string;
  readonly country: string;
  readonly bic: string;
  readonly standard: "BERLIN_GROUP";
  readonly baseUrl: string;
  readonly environment: "sandbox";
  readonly psuTypes: readonly ("PERSONAL" | "BUSINESS")[];
  readonly auth: {
    readonly authorizationUrl: string;
    readonly tokenUrl: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly method: string;
    readonly scope?: string;
  };
  readonly maxHistoryDays: number;
  readonly maxConsentDays: number;
  readonly unattendedCallsPerDay: number;
  readonly timeZone: string;
  /** Only when the bank differs from the default way. */
  readonly profile?: { readonly scaApproach: "redirect" | "decoupled"; readonly oauthMode: "pre-step" | "none" };
}

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
