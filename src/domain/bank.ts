import type { BankId } from "./ids.ts";

export const BankStandard = {
  BERLIN_GROUP: "BERLIN_GROUP",
  UK_OPEN_BANKING: "UK_OPEN_BANKING",
  POLISH_API: "POLISH_API",
  STET: "STET",
} as const;
export type BankStandard = keyof typeof BankStandard;

export const Environment = { SANDBOX: "SANDBOX", PRODUCTION: "PRODUCTION" } as const;
export type Environment = keyof typeof Environment;

export const PsuType = { PERSONAL: "PERSONAL", BUSINESS: "BUSINESS" } as const;
export type PsuType = keyof typeof PsuType;

export const ConsentScope = { ACCOUNTS: "ACCOUNTS", BALANCES: "BALANCES", TRANSACTIONS: "TRANSACTIONS", IDENTITY: "IDENTITY" } as const;
export type ConsentScope = keyof typeof ConsentScope;

export type ClientAuthMethod = "client_secret_basic" | "client_secret_post" | "private_key_jwt" | "tls_client_auth";

/** One institution of the directory, as `BANKS_FILE` describes it (design.md section 2). Secrets in `auth` never leave the connector. */
export interface Bank {
  readonly id: BankId;
  readonly name: string;
  /** ISO 3166-1 alpha-2, capitals. */
  readonly country: string;
  readonly bic: string | null;
  readonly nationalBankCode: string | null;
  /** More codes that choose the same institution: of its branches, or of banks that it took over. */
  readonly otherBics?: readonly string[];
  readonly otherNationalBankCodes?: readonly string[];
  readonly logo: string | null;
  readonly standard: BankStandard;
  readonly environment: Environment;
  /** Null for an institution that is listed without a usable endpoint: `connectable` is false. */
  readonly connection: BankConnection | null;
  readonly psuTypes: readonly PsuType[];
  readonly scopes: readonly ConsentScope[];
  readonly maxHistoryDays: number | null;
  readonly maxConsentDays: number | null;
  /** What the bank allows per account and endpoint in 24 hours without the user. */
  readonly unattendedCallsPerDay: number;
  /** IANA zone in which the bank's days are days. */
  readonly timeZone: string;
}

/** What is remembered of a bank for the day when it is no longer in the directory. Nothing secret, nothing to connect with. */
export type BankFacts = Omit<Bank, "connection" | "otherBics" | "otherNationalBankCodes">;

export interface BankConnection {
  /** Up to and excluding the standard's own path (`/v1` in Berlin Group); no slash at the end. */
  readonly baseUrl: string;
  readonly auth: {
    readonly clientId: string;
    readonly clientSecret: string | null;
    readonly method: ClientAuthMethod;
    readonly scope: string | null;
    readonly authorizationUrl: string | null;
    readonly tokenUrl: string | null;
  };
  /** PEM texts for mutual TLS. */
  readonly tls: { readonly cert: string; readonly key: string; readonly ca: string | null } | null;
  /** PEM texts for message signatures; `keyId` null = the standard's default form from the certificate. */
  readonly sign: { readonly cert: string; readonly key: string; readonly keyId: string | null } | null;
  /** A CA to trust for this bank's server certificate where `tls` gives none. */
  readonly profile: Readonly<Record<string, unknown>>;
}
